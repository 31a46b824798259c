"""Who of several processes and machines does what only one may do: by a lease, for a few seconds, and again and again.

Comes in: the name of the work and of who wants it; the operator's jobs of this machine. Goes out: whether they have it; the jobs of
the other machines, of which no two take a file in at the same moment. Refuses to know the work, the clocks of the machines, only
the database's counts, and to act on a job of another machine: its files lie there.
"""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from bot.errors import StoreFault
from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.databases.store import Room, Store
from bot.state.job_board import Claimed, JobBoard
from index.errors import LocalismError

_LEASE = "begin a job"
_LEASE_SECONDS = 20.0
POST_SECONDS = 5.0


class Leases:
    """The leases of one store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Open what ``store`` keeps of them."""
        self._database = store.open(Room.LEASES)

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Give ``name`` to ``holder`` for ``seconds`` from now, if it is free, has run out, or is theirs already; tells whether it is.

        Raises:
            StoreFault: that cannot be found out.
        """
        now = self._database.now
        return bool(
            self._database.ask(
                f"INSERT INTO leases VALUES (?, ?, {now} + ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, "  # noqa: S608  # ours
                f"until = excluded.until WHERE leases.holder = excluded.holder OR leases.until < {now} RETURNING holder",
                name,
                holder,
                seconds,
            )
        )

    def give_back(self, name: str, holder: str) -> None:
        """Free ``name`` where ``holder`` has it.

        Raises:
            StoreFault: it cannot be freed now, and runs out by itself.
        """
        self._database.ask("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder)

    def holder(self, name: str) -> str:
        """Return who has ``name`` at this moment, empty where nobody has.

        Raises:
            StoreFault: that cannot be found out.
        """
        statement = f"SELECT holder FROM leases WHERE name = ? AND until >= {self._database.now}"  # noqa: S608  # ours
        return "".join(holder for (holder,) in self._database.ask(statement, name))

    @contextmanager
    def held(self, name: str, holder: str, seconds: float) -> Iterator[bool]:
        """Take ``name`` and keep it until the context ends, however long that is; yields whether it was free.

        Raises:
            StoreFault: that cannot be found out.
        """
        if not self.take(name, holder, seconds):
            yield False
            return
        done = threading.Event()
        renewing = threading.Thread(target=self._keep, args=(name, holder, seconds, done), daemon=True)
        renewing.start()
        try:
            yield True
        finally:
            done.set()
            renewing.join()
            with suppress(StoreFault):
                self.give_back(name, holder)

    def _keep(self, name: str, holder: str, seconds: float, done: threading.Event) -> None:
        while not done.wait(seconds / 4):
            with suppress(StoreFault):  # tried again before it has run out
                self.take(name, holder, seconds)

    def close(self) -> None:
        """Let go of the database; what is held runs out."""
        self._database.close()


class OtherMachines:
    """The other machines of an installation; none where everything is kept in files of one."""

    def __init__(self, place: Place | None, machine: str = "") -> None:
        """Know them through the store at ``place``; ``machine`` is what the others call this one."""
        store = open_store(place) if place is not None else None
        self.machine = machine or socket.gethostname()
        shared = store is not None and store.shared
        self._board = JobBoard(store, self.machine) if store is not None and shared else None
        self._leases = Leases(store) if store is not None and shared else None

    @property
    def any(self) -> bool:
        """Whether there may be others."""
        return self._board is not None

    def post(self, jobs: list[dict[str, Any]]) -> None:
        """Show ``jobs`` to the others.

        Raises:
            StoreFault: they cannot be shown now.
        """
        if self._board is not None:
            self._board.post(jobs)

    def jobs(self) -> list[dict[str, Any]]:
        """Return their jobs, the newest first, each with its "machine".

        Raises:
            StoreFault: they cannot be read now.
        """
        return self._board.others() if self._board is not None else []

    def busy(self) -> bool:
        """Tell whether an upload is at work on one of them, was interrupted, or waits for a person; raises as ``jobs`` does."""
        return any(
            job["what"] == "add" and not job["silent"] and (job["waiting"] or job["state"] != "done") for job in self.jobs()
        )

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Let no other machine begin a job meanwhile.

        Raises:
            Claimed: one is about to.
            StoreFault: that cannot be found out now.
        """
        if self._leases is None:
            yield
            return
        with self._leases.held(_LEASE, self.machine, _LEASE_SECONDS) as held:
            if not held:
                raise Claimed
            yield

    async def keep_posting(self, jobs: Callable[[], list[dict[str, Any]]]) -> None:
        """Show the others what ``jobs`` returns, every few seconds until cancelled."""
        while self._board is not None:
            with suppress(LocalismError, OSError):  # shown with the next
                await asyncio.to_thread(lambda: self.post(jobs()))
            await asyncio.sleep(POST_SECONDS)

    @asynccontextmanager
    async def open_until_the_end(self) -> AsyncIterator[None]:
        """Let go of the database when the server stops."""
        yield
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        for one in (self._board, self._leases):
            if one is not None:
                one.close()
