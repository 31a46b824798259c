"""Answer questions in turns: on the event loop itself while they are quick, off it while they are slow.

Comes in: a function and its arguments. Goes out: what it returns, or TooBusy at once when too many wait already. Refuses to know what
the work is. Handing a question to a thread and taking its answer back cost a tenth of the whole question: both threads want the one
interpreter, and what one core has in its caches the other must fetch. A question of a few milliseconds keeps nobody waiting as long
as the loop looks at its connections after each of them.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from bot.worker_thread import OffLoop, Places

QUICK_SECONDS = 0.02  # a probe of health waits for one answer at most, and should not wait 50 ms
LATEST_COUNTS = 0.25  # share of the last answer in what is taken for the usual time

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")


class Turns:
    """One answer at a time, in the order of asking."""

    def __init__(self, off_loop: OffLoop, most_waiting: int) -> None:
        """Answer on the thread of ``off_loop`` until answers have proved to be quick."""
        self._off_loop = off_loop
        self._places = Places(most_waiting)
        self._usual = 2 * QUICK_SECONDS
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many questions wait or are answered."""
        return self._places.taken

    def close(self) -> None:
        """Finish what runs on the thread, drop what waits for it."""
        self._off_loop.close()

    async def run(
        self, function: Callable[_Arguments, _Value], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Value:
        """Return what ``function`` returns.

        Raises:
            TooBusy: as many calls as allowed are waiting.
        """
        work = partial(function, *arguments, **named)
        with self._places.one():
            if self._usual > QUICK_SECONDS:
                return await self._off_loop.run(self._timed, work)
            await self._turn.acquire()
            # Not before the loop has come round: the next question waits until the connections have been looked at.
            asyncio.get_running_loop().call_soon(self._turn.release)
            return self._timed(work)

    def _timed(self, work: Callable[[], _Value]) -> _Value:
        started = time.perf_counter()
        try:
            return work()
        finally:
            self._usual += LATEST_COUNTS * (time.perf_counter() - started - self._usual)
