"""How many questions a minute one person and one channel may ask, and what was dealt with already.

Comes in: who asks where, as ids. Goes out: how long to wait. Refuses to keep anything on disk: a minute later it is forgotten.
The counting is the library's, ``limits``.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable

from limits.storage import MemoryStorage

WINDOW = 60  # seconds
_MOST_REMEMBERED = 10_000  # of people and channels, and of things dealt with: the memory of a busy day


class Pace:
    """Counts questions in a sliding window of one minute."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._asked = MemoryStorage()

    def wait(self, who: Hashable, per_minute: int) -> float:
        """Return how many seconds ``who`` has to wait; 0 means that the question is counted and may be asked now.

        The limit may differ from call to call: servers choose their own, and a person's questions count on all of them together.
        """
        if len(self._asked.events) >= _MOST_REMEMBERED:
            self._forget()
        key = str(who)
        if self._asked.acquire_entry(key, per_minute, WINDOW):
            return 0.0
        oldest, _ = self._asked.get_moving_window(key, per_minute, WINDOW)
        return max(oldest + WINDOW - time.time(), 0.001)

    def _forget(self) -> None:
        """Let go of who has not asked for a minute: the library forgets when they asked, and keeps that they did."""
        for key in [key for key, times in self._asked.events.items() if not times]:
            self._asked.clear(key)


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
