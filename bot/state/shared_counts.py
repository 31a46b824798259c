"""How often each client asked, counted by all processes of all machines together.

Comes in: what this process counted since the last time. Goes out: what the others counted meanwhile. Refuses to know who a client is:
names are digests under a key that lies in two places, the database and its password, and a count is gone two minutes later.

Each process counts by itself and they tell each other four times a second: nobody's request waits for a database, and where that is
away each goes on by itself. A client may get through, at each process, what it asks there within a quarter of a second too much.
"""

import hashlib
import logging
import secrets
import threading
from collections import Counter

from bot.state.databases.store import Room, Store
from bot.state.facts import Facts
from index.errors import LocalismError

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.25
_KEY = "key of counts"
_MOST = 20_000  # names of which something is remembered: those of a flood are forgotten first


class SharedCounts:
    """The counts of one store. Safe to use from several threads; only ``exchange`` waits for the database."""

    def __init__(self, store: Store, secret: str) -> None:
        """Count in ``store``; ``secret`` is what all machines know and the database does not hold in the clear."""
        self._database = store.open(Room.TOGETHER)
        self._facts = Facts(store)
        self._secret = secret
        self._lock = threading.Lock()
        self._here: Counter[str] = Counter()  # not told to the others yet
        self._until: dict[str, float] = {}  # seconds that each of them is to be kept for
        self._known: dict[str, int] = {}  # what all have counted, as far as it was told here
        self._failed = False

    def key(self) -> bytes:
        """Return the key under which clients become names: the same in all processes.

        Raises:
            StoreFault: it cannot be found out now.
        """
        kept = self._facts.first(_KEY, secrets.token_hex(32))
        return hashlib.blake2b(self._secret.encode(), key=bytes.fromhex(kept), digest_size=32).digest()

    def add(self, name: str, seconds: float) -> None:
        """Count one of ``name``, to be kept for ``seconds``; the others hear of it with the next exchange."""
        with self._lock:
            if len(self._here) < _MOST:
                self._here[name] += 1
                self._until[name] = seconds

    def exchange(self) -> dict[str, int]:
        """Tell what was counted here and return what the others have counted of the same names since the last time."""
        with self._lock:
            here, self._here = self._here, Counter()
            until, self._until = self._until, {}
        if not here:
            return {}
        try:
            told = self._told(here, until)
        except LocalismError as error:
            self._say_once(error)
            return {}
        self._failed = False
        return {name: more for name, times in told.items() if (more := self._news(name, times, here[name])) > 0}

    def sweep(self) -> None:
        """Remove what has run out.

        Raises:
            StoreFault: it cannot be removed now.
        """
        self._database.ask(f"DELETE FROM hits WHERE until < {self._database.now}")  # noqa: S608  # ours

    def close(self) -> None:
        """Let go of the database."""
        self._facts.close()
        self._database.close()

    def _told(self, here: Counter[str], until: dict[str, float]) -> dict[str, int]:
        now = self._database.now
        rows = self._database.ask_many(
            f"INSERT INTO hits VALUES (?, ?, {now} + ?) "  # noqa: S608  # ours
            "ON CONFLICT (name) DO UPDATE SET times = hits.times + excluded.times RETURNING name, times",
            [(name, times, until[name]) for name, times in here.items()],
        )
        return {name: int(times) for name, times in rows}

    def _news(self, name: str, times: int, mine: int) -> int:
        before = self._known.pop(name, 0)
        self._known[name] = times
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return times - before - mine

    def _say_once(self, error: LocalismError) -> None:
        if not self._failed:
            log.warning("requests are counted by each process for itself at this moment: %s", error)
        self._failed = True
