"""Take blocking work off the event loop: the one visible call through which it leaves.

Comes in: a function and its arguments. Goes out: what it returns, or TooBusy at once when too many wait already.
Refuses to know what the work is.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from bot.errors import TooBusy

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")


class Places:
    """So many calls may wait, and no more."""

    def __init__(self, most: int) -> None:
        """Have ``most`` places, all free."""
        self._most = most
        self.taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take one place for as long as the context lasts.

        Raises:
            TooBusy: all are taken.
        """
        if self.taken >= self._most:
            raise TooBusy("Too many questions are waiting at this moment. Try again in a few seconds.")
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


class OffLoop:
    """One thread with a bounded queue.

    One thread is enough: the encoder is quick and single-threaded, and a second one would only take turns with it.
    """

    def __init__(self, name: str, most_waiting: int) -> None:
        """Start no thread yet; the first call does."""
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._places = Places(most_waiting)

    @property
    def waiting(self) -> int:
        """How many calls wait or run."""
        return self._places.taken

    async def run(
        self, function: Callable[_Arguments, _Value], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Value:
        """Return what ``function`` returns, run on the thread.

        Raises:
            TooBusy: as many calls as allowed are waiting.
        """
        with self._places.one():
            return await asyncio.get_running_loop().run_in_executor(self._executor, partial(function, *arguments, **named))

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._executor.shutdown(wait=True, cancel_futures=True)
