"""Have pages drawn by a process that is ended when it takes too long.

Comes in: a page to draw. Goes out: its PNG, or an error at once where the same page has failed lately. Refuses to know pdfium and
builds. The process begins with the first picture, draws one page after the other, and ends when there was none for a while.
"""

import logging
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from bot.errors import PageNotDrawn
from bot.pictures.drawing_jobs import FAILED, NO_SUCH_PAGE, PICTURE, READY, Job
from index.errors import UnknownPassage
from index.installation import full_name

log = logging.getLogger(__name__)

DRAW_SECONDS = 5.0  # a page of a usual document takes 0.05
START_SECONDS = 30.0  # of the process, on a small machine that is busy
IDLE_SECONDS = 60.0  # after which the process ends and its 40 MB are free
FORGET_SECONDS = 600.0  # until a page that failed is tried again
MOST_REMEMBERED = 1000  # pages that failed
MEMORY_MB = 256  # for one page, beyond what the process takes itself; the largest picture takes 70
MOST_BYTES = 64 * 2**20  # of a picture; more says that the process is not itself
_Page = tuple[Path, int]


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    jobs: Connection


class DrawingProcess:
    """Draws pages one at a time, whoever asks, from any thread; nothing runs before the first."""

    def __init__(
        self,
        seconds: float = DRAW_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Give each page ``seconds``; ``now`` tells the time by which failures are forgotten, in seconds."""
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._now = now
        self._turn = threading.Lock()
        self._running: _Running | None = None
        self._idle: threading.Timer | None = None
        self._failed: OrderedDict[_Page, float] = OrderedDict()  # when

    @property
    def pid(self) -> int | None:
        """The process that draws; None where none runs."""
        running = self._running
        return running.process.pid if running else None

    def draw(self, job: Job) -> bytes:
        """Return the picture as PNG; blocking.

        Raises:
            UnknownPassage: the file has no such page.
            PageNotDrawn: it took too long or too much memory, or cannot be read; now, or the last time it was tried.
        """
        page = (job.path, job.number)
        self._refuse_what_failed(page)
        with self._turn:
            self._refuse_what_failed(page)  # while this one waited
            self._stop_waiting_idly()
            said = self._answer(job)
            self._end_when_idle()
            if said[:1] not in (PICTURE, NO_SUCH_PAGE):
                self._remember(page)
        if said[:1] == NO_SUCH_PAGE:
            raise UnknownPassage(f"The document has {int(said[1:])} pages; there is no page {job.number}.")
        self._refuse_what_failed(page)
        return said[1:]

    def failed_lately(self, path: Path, number: int) -> bool:
        """Tell whether a page could not be drawn, not long ago."""
        when = self._failed.get((path, number))
        return when is not None and self._now() - when < FORGET_SECONDS

    def close(self) -> None:
        """End the process where one runs; a later picture begins another."""
        with self._turn:
            self._stop_waiting_idly()
            self._end()

    def _refuse_what_failed(self, page: _Page) -> None:
        if self.failed_lately(*page):
            raise PageNotDrawn(f"Page {page[1]} of this document cannot be drawn: its quotes are shown without a picture.")

    def _remember(self, page: _Page) -> None:
        self._failed.pop(page, None)
        self._failed[page] = self._now()
        if len(self._failed) > MOST_REMEMBERED:
            self._failed.popitem(last=False)

    def _answer(self, job: Job) -> bytes:
        """Return what the process says of ``job``; where it says nothing in time or ends, that it failed."""
        try:
            running = self._running = self._alive() or _start(self._seconds)
            running.jobs.send(job)
            said = _within(running.jobs, self._seconds)
        except (EOFError, OSError) as error:
            code = self._end()
            log.warning("A page could not be drawn (%s, process ended with %s)", str(error) or type(error).__name__, code)
            return FAILED
        if said[:1] == FAILED:
            log.warning("A page could not be drawn (%s)", said[1:80].decode("ascii", "replace"))
        return said

    def _alive(self) -> _Running | None:
        """Return the process where it runs; one that the system has ended since is no fault of the next page."""
        if self._running is not None and self._running.process.poll() is not None:
            self._end()
        return self._running

    def _end(self) -> int | None:
        running, self._running = self._running, None
        if running is None:
            return None
        running.jobs.close()
        running.process.kill()
        return running.process.wait()

    def _end_when_idle(self) -> None:
        self._idle = threading.Timer(self._idle_seconds, self.close)
        self._idle.daemon = True
        self._idle.start()

    def _stop_waiting_idly(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


@cache
def shared_drawing() -> DrawingProcess:
    """Return the one of this process, made when it is first asked for: page, API and Discord bot draw in turns."""
    return DrawingProcess()


def _start(seconds: float) -> _Running:
    """Begin a process.

    Raises:
        EOFError: it ended at once.
        TimeoutError: it did not begin in time.
    """
    ours, theirs = Pipe()
    numbers = (str(theirs.fileno()), str(seconds + 1), str(MEMORY_MB))
    with theirs:
        process = subprocess.Popen(  # noqa: S603  # nothing of this comes from outside
            (sys.executable, "-m", full_name("bot.pictures.page_drawing"), *numbers),
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    running = _Running(process, ours)
    try:
        if _within(ours, START_SECONDS) != READY:
            raise EOFError
    except (EOFError, OSError):
        ours.close()
        process.kill()
        process.wait()
        raise
    return running


def _within(jobs: Connection, seconds: float) -> bytes:
    """Return what comes next.

    Raises:
        EOFError: the process has ended.
        TimeoutError: nothing came in time.
    """
    if not jobs.poll(seconds):
        raise TimeoutError(f"more than {seconds:g} seconds")
    return jobs.recv_bytes(MOST_BYTES)
