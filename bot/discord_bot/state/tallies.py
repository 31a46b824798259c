"""How many questions came to what on each server today, for the log of its moderators.

Comes in: a server and what came of a question. Goes out: the counts of a day that is over. Held in memory alone, until a restart;
refuses to know questions and people.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum


class Outcome(Enum):
    """What came of a question."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not_found"
    REFUSED = "refused"  # empty, too long, too many
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Day:
    """The counts of one day on one server."""

    day: date  # UTC
    counts: Counter[Outcome]


def today() -> date:
    """Return the day that it is, UTC."""
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Tallies:
    """The counts of all servers."""

    today: Callable[[], date] = today
    _days: dict[int, Day] = field(default_factory=dict)

    def count(self, server: int | None, outcome: Outcome) -> Day | None:
        """Count one question; return the counts of the last day with questions where this is the first one after it."""
        if server is None:
            return None
        day, over = self.today(), None
        if server not in self._days or self._days[server].day != day:
            over = self._days.get(server)
            self._days[server] = Day(day, Counter())
        self._days[server].counts[outcome] += 1
        return over

    def forget(self, server: int) -> None:
        """Let go of a server."""
        self._days.pop(server, None)
