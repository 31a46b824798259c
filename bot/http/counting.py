"""Where requests are counted: in the memory of this process, and together with all others where several machines share a store.

Comes in: what was counted here. Goes out: what others counted of the same clients. Refuses to make a request wait for a database.
"""

import asyncio
import secrets
import time
from contextlib import suppress

from limits.storage import MemoryStorage
from typing_extensions import override

from bot.state.shared_counts import EVERY_SECONDS, SharedCounts
from bot.worker_thread import OffLoop
from index.errors import LocalismError

_SWEEP_SECONDS = 60.0
_KEPT_SECONDS = 120  # of what others counted of a client whom this process has forgotten meanwhile


class Counting(MemoryStorage):
    """The counters of one process."""

    def __init__(self, shared: SharedCounts | None = None) -> None:
        """Count here, and with all others through ``shared``."""
        super().__init__()
        self.key = secrets.token_bytes(16)  # under which a client becomes a name; that of all, once it is known
        self.shared = shared
        self._knows_key = False

    @override
    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        counted = super().acquire_sliding_window_entry(key, limit, expiry, amount)
        if counted and self.shared is not None:
            _, current = self.sliding_window_keys(key, expiry, time.time())
            self.shared.add(current, 2 * expiry)
        return counted

    def exchange(self) -> dict[str, int]:
        """Tell the others what was counted here and return what they counted; blocking."""
        if self.shared is None:
            return {}
        if not self._knows_key:
            with suppress(LocalismError):  # not known now: each process counts under a key of its own
                self.key, self._knows_key = self.shared.key(), True
        return self.shared.exchange()

    def take_in(self, news: dict[str, int]) -> None:
        """Count what others counted."""
        for name, times in news.items():
            self.incr(name, _KEPT_SECONDS, times)


async def keep_exchanging(counting: Counting) -> None:
    """Exchange four times a second until cancelled; where nobody asks, nothing is exchanged."""
    off_loop, swept = OffLoop("counts", 2), time.monotonic()
    try:
        while counting.shared is not None:
            counting.take_in(await off_loop.run(counting.exchange))
            if time.monotonic() - swept > _SWEEP_SECONDS:
                swept = time.monotonic()
                with suppress(LocalismError):
                    await off_loop.run(counting.shared.sweep)
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        off_loop.close()
