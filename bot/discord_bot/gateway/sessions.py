"""Where the sessions with Discord stood a moment ago, so that whoever takes over can fetch what was missed.

Comes in: session ids and numbers of events, once a second. Goes out: the same, as they were some seconds ago. Refuses to know events.

What is kept lags behind: an event that was being answered when its process died is fetched once more, and the nonce of the
answer makes Discord take the second one for the first.
"""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from bot.state.facts import Facts

_FACT = "discord sessions"
LAG = 3  # renewals of the lease, a second each: longer than an answer takes


@dataclass(frozen=True, slots=True)
class Session:
    """A session with Discord, of one shard."""

    id: str
    sequence: int  # of the last event
    address: str  # at which it is resumed


class Sessions:
    """What is known of the sessions, here and in the store."""

    def __init__(self, facts: Facts) -> None:
        """Keep them in ``facts``."""
        self._facts = facts
        self._seen: deque[tuple[Session, ...]] = deque(maxlen=LAG)
        self._written = ""

    def note(self, sessions: Iterable[Session]) -> None:
        """Keep ``sessions`` as they were a few calls ago; blocking.

        Raises:
            StoreFault: they cannot be kept.
        """
        self._seen.append(tuple(sessions))
        text = json.dumps([asdict(session) for session in self._seen[0]])
        if text != self._written:
            self._facts.put(_FACT, text)
            self._written = text

    def kept(self) -> list[Session]:
        """Return those that were kept last, by whichever process; blocking.

        Raises:
            StoreFault: they cannot be read.
        """
        return [Session(**fields) for fields in json.loads(self._facts.get(_FACT) or "[]")]

    def begin(self) -> None:
        """Forget what was seen here: another connection begins."""
        self._seen.clear()
