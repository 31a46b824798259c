"""What an operator does on other machines: their jobs, and that no two machines take a file in at the same moment.

Comes in: the jobs of this machine. Goes out: those of the others. Refuses to act on a job of another machine: its files lie there.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.job_board import Claimed, JobBoard
from bot.state.leases import Leases
from index.errors import LocalismError

_LEASE = "begin a job"
_LEASE_SECONDS = 20.0
POST_SECONDS = 5.0


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
