"""Take blocking work off the event loop: the one visible call through which it leaves.

Comes in: a function and its arguments. Goes out: what it returns, or TooBusy at once when too many wait already.
Refuses to know what the work is.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from bot.errors import TooBusy

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")


class OffLoop:
    """One thread with a bounded queue.

    One thread is enough: the encoder is quick and single-threaded, and a second one would only take turns with it.
    """

    def __init__(self, name: str, most_waiting: int) -> None:
        """Start no thread yet; the first call does."""
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._most_waiting = most_waiting
        self.waiting = 0

    async def run(
        self, function: Callable[_Arguments, _Value], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Value:
        """Return what ``function`` returns, run on the thread.

        Raises:
            TooBusy: as many calls as allowed are waiting.
        """
        if self.waiting >= self._most_waiting:
            raise TooBusy("Too many questions are waiting at this moment. Try again in a few seconds.")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, partial(function, *arguments, **named))
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._executor.shutdown(wait=True, cancel_futures=True)
