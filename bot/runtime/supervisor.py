"""Several processes of the server: kept running and ended together, and the one number board that they share.

Comes in: how many, and how one is begun; once a second, how the connection to Discord is, from the one process that holds it. Goes
out: an exit code, once all have ended; the same numbers in the other processes. Refuses to know what the processes do, to know
Discord, and to wait for anyone: the numbers are written one by one, and may be of two moments.
"""

import asyncio
import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import cast

from bot.discord_bot.state.health import GatewayHealth

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
PLACES = 7
RESTART_SECONDS = 1.0  # until a process that ended is begun again: one that ends at once must not keep the machine busy
STOP_SECONDS = 15.0  # longer than a process lets answers in flight finish
Begin = Callable[[int, Connection], BaseProcess]


def _shared() -> MutableSequence[float]:
    # Without a lock: only one process writes. Times of time.monotonic mean the same in every process of a machine.
    return cast("MutableSequence[float]", multiprocessing.get_context("spawn").Array("d", PLACES, lock=False))


@dataclass(frozen=True, slots=True)
class SharedHealth:
    """Numbers that all processes of one server see."""

    _numbers: MutableSequence[float] = field(default_factory=_shared)

    async def keep_posting(self, health: GatewayHealth) -> None:
        """Write ``health`` down once a second until cancelled."""
        while True:
            self.post(health)
            await asyncio.sleep(EVERY_SECONDS)

    async def keep_reading(self, health: GatewayHealth) -> None:
        """Make ``health`` what was written down, once a second until cancelled."""
        while True:
            self.read(health)
            await asyncio.sleep(EVERY_SECONDS)

    def post(self, health: GatewayHealth) -> None:
        """Write down what ``health`` says at this moment."""
        counts = (health.connects, health.disconnects, health.resumes)
        self._numbers[:] = [float(health.connected), float(health.elsewhere), health.latency, health.last_event, *counts]

    def read(self, health: GatewayHealth) -> None:
        """Make ``health`` what was written down last: not connected where nothing was."""
        connected, elsewhere, health.latency, health.last_event, *counts = self._numbers[:]
        health.connected, health.elsewhere = bool(connected), bool(elsewhere)
        health.connects, health.disconnects, health.resumes = map(int, counts)


@dataclass(slots=True)
class _Worker:
    number: int
    process: BaseProcess
    hears: Connection | None  # says once that the process is ready; None when it did


class Supervisor:
    """Begins processes, begins those anew that end, and ends all when it is told to stop."""

    def __init__(self, count: int, begin: Begin, on_ready: Callable[[], None], hopeless: int) -> None:
        """Keep ``count`` processes.

        Args:
            count: at least 1.
            begin: begins the process of a number from 0, which says through the connection that it is ready.
            on_ready: called when the first is ready for the first time.
            hopeless: exit code of a process that would only end again.
        """
        self._count = count
        self._begin = begin
        self._on_ready = on_ready
        self._hopeless = hopeless
        self._workers: list[_Worker] = []
        self._stopping = False
        self._woken, self._wake = Pipe(duplex=False)

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; returns 0, or the code of a process where it makes no sense to begin that again."""
        code = None
        with self._signals():
            # One alone first: it has the machine to itself until it answers, and a fault that all would have is said once.
            self._workers = [self._new(0)]
            while not self._stopping and code is None:
                code = self._look()
            self._end_all()
        return code or 0

    def _look(self) -> int | None:
        """Wait for something to happen and see to it; returns an exit code where nothing more can be done."""
        hears = [worker.hears for worker in self._workers if worker.hears]
        happened = wait([self._woken, *hears, *(worker.process.sentinel for worker in self._workers)])
        for worker in list(self._workers):
            if worker.process.sentinel in happened:
                worker.process.join()  # its end is seen a moment before its code is known
                if self._is_the_end(worker):
                    return max(worker.process.exitcode or 1, 1)
                self._replace(worker)
            elif worker.hears and worker.hears in happened:
                self._hear(worker, worker.hears)
        return None

    def _is_the_end(self, worker: _Worker) -> bool:
        """Tell whether nothing is left to do now that ``worker`` ended: the first was never ready, or would only end again."""
        return len(self._workers) < self._count or worker.process.exitcode == self._hopeless

    def _hear(self, worker: _Worker, hears: Connection) -> None:
        worker.hears = None
        try:
            hears.recv()
        except EOFError:  # it ended before it was ready
            return
        self._ready(worker)

    def _ready(self, worker: _Worker) -> None:
        log.info("process %d of %d is ready", worker.number + 1, self._count)
        if len(self._workers) < self._count:
            self._on_ready()
            self._workers += [self._new(number) for number in range(1, self._count)]

    def _replace(self, worker: _Worker) -> None:
        log.warning("process %d ended with code %s and is begun again", worker.number + 1, worker.process.exitcode)
        if not self._woken.poll(RESTART_SECONDS):
            self._workers[worker.number] = self._new(worker.number)

    def _new(self, number: int) -> _Worker:
        hears, says = Pipe(duplex=False)
        with says:  # the process has its own end of it
            return _Worker(number, self._begin(number, says), hears)

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.process.join(max(deadline - time.monotonic(), 0.0))
            if worker.process.is_alive():
                log.warning("process %d did not stop and is ended", worker.number + 1)
                worker.process.kill()
                worker.process.join()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(*_: object) -> None:
            self._stopping = True
            self._wake.send(None)

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
