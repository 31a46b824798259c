"""How many questions a minute one person and one channel may ask, and what was dealt with already.

Comes in: who asks where, as ids. Goes out: how long to wait. Refuses to keep anything on disk: a minute later it is forgotten.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

WINDOW = 60.0  # seconds
_MOST_REMEMBERED = 10_000  # of people and channels, and of things dealt with: the memory of a busy day


class Pace:
    """Counts questions in a sliding window of one minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the time in seconds from ``clock``."""
        self._clock = clock
        self._asked: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def wait(self, who: Hashable, per_minute: int) -> float:
        """Return how many seconds ``who`` has to wait; 0 means that the question is counted and may be asked now."""
        now = self._clock()
        times = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(times) >= per_minute:
            return times[0] + WINDOW - now
        times.append(now)
        while len(self._asked) > _MOST_REMEMBERED:
            self._asked.popitem(last=False)
        return 0.0


class Once:
    """Remembers what was dealt with, so that nothing is answered twice when Discord sends it again."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def first(self, what: Hashable) -> bool:
        """Return whether ``what`` comes for the first time."""
        if what in self._seen:
            return False
        self._seen[what] = None
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True
