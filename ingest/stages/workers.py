"""Read files in worker processes with limits of time and memory, so that one bad file never stops a run.

Comes in: paths. Goes out: what was read, or why not, in the order in which it is ready. Refuses to let a file's reader run in this
process, and to know what it is read for.

A worker reads one file at a time and goes on to the next; one that hangs is killed, one that dies is replaced, and after some files
each is replaced anyway, so that nothing leaks from file to file.

Plain text and Markdown are read right here: nothing beneath their readers can hang or crash, and starting a worker would take
longer than reading them.
"""

import gc
import importlib.util
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection, wait
from pathlib import Path

from index.errors import CatalogueError, UnreadableDocument
from index.processors import usable_processors
from ingest.readers.media_types import media_type_of
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.readers.read_file import read_file
from ingest.readers.registry import FORMATS

_FILES_PER_WORKER = 50
# Each takes up to 100 MB, beside 800 MB for the making of a light encoder: the whole tree must fit into a small machine however many
# processors it has, and embedding, not reading, is what a build takes its time for.
MOST_WORKERS = 3
_SIGN_OF_LIFE = 60.0  # seconds, at most, until a worker is ready
TEXT_TYPES = {one.media_type for one in FORMATS if one.is_harmless}
MOST_TEXT_BYTES = 4 * 2**20  # a larger text file is read by a worker too


class FailureKind(Enum):
    """Why a file was not read."""

    UNREADABLE = "unreadable"  # a reader said why
    BROKEN_NOTE = "broken note"  # a text of our own has a mistake in its header or sources
    TOO_SLOW = "too slow"
    TOO_LARGE = "too large"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A file that was not read."""

    kind: FailureKind
    reason: str


Outcome = tuple[Path, ReadDocument | ReadFailure]
Read = Callable[[Path, ReadingOptions], ReadDocument]


def read_files(paths: Sequence[Path], options: ReadingOptions, most_workers: int = 0) -> Iterator[Outcome]:
    """Yield every path with what was read from it or why nothing was, as it becomes ready.

    ``most_workers`` is as many as there are processors, where 0, and never more than ``MOST_WORKERS``. Closing the iterator stops
    the workers.
    """
    waiting = deque(paths)
    count = min(most_workers or usable_processors(), MOST_WORKERS, len(waiting))
    workers = [_Worker(options) for _ in range(count)]
    try:
        for worker in workers:
            worker.give(waiting.popleft())
        while busy := [worker for worker in workers if worker.path is not None]:
            for worker in _ready(busy):
                yield worker.take()
                if waiting:
                    worker.give(waiting.popleft())
    finally:
        for worker in workers:
            worker.stop()


def _ready(busy: Sequence["_Worker"]) -> list["_Worker"]:
    """Wait until a worker has answered, died or run out of time, and return those."""
    nearest = min(worker.deadline for worker in busy)
    answered = wait([worker.connection for worker in busy], timeout=max(0.0, nearest - time.monotonic()))
    now = time.monotonic()
    return [worker for worker in busy if worker.connection in answered or worker.deadline <= now]


class _Worker:
    """One worker process and the file that it reads."""

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._files = 0
        self.path: Path | None = None
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        # A fresh interpreter, not a fork: libraries with threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._options), daemon=True)
        self._process.start()
        theirs.close()
        self._files = 0

    def give(self, path: Path) -> None:
        """Let the worker read a file; one that has read many or has died is replaced first."""
        if self._files >= _FILES_PER_WORKER or not self._process.is_alive():
            self.stop()
            self._start()
        # One that dies before it has the file is found out when its answer is taken.
        with suppress(EOFError, OSError):
            if self._files == 0 and self.connection.poll(_SIGN_OF_LIFE):
                self.connection.recv()  # the worker is ready; the time to start it is not the file's
            self.connection.send(path)
        self._files += 1
        self.path = path
        self.deadline = time.monotonic() + self._options.limits.seconds

    def take(self) -> Outcome:
        """Return the answer about the file, or why there is none; the worker is free again."""
        path = self.path
        if path is None:
            raise ValueError("the worker has no file")
        self.path = None
        if not self.connection.poll():
            self.stop()
            seconds = self._options.limits.seconds
            return path, ReadFailure(FailureKind.TOO_SLOW, f"reading it took longer than {seconds:g} seconds")
        try:
            answer: ReadDocument | ReadFailure = self.connection.recv()
        except (EOFError, OSError):
            self._process.join(5)
            return path, _death(self._process.exitcode)
        return path, answer

    def stop(self) -> None:
        """End the worker process."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _death(exit_code: int | None) -> ReadFailure:
    return ReadFailure(
        FailureKind.CRASHED, f"its reader crashed (exit code {exit_code}): the file is damaged or needs too much memory"
    )


def _serve(connection: Connection, options: ReadingOptions) -> None:
    """Read the files that are asked for, in the worker process, until the other side closes."""
    _hush()
    _limit_memory(options.limits.memory_bytes)
    gc.freeze()  # what is loaded stays; without it every search for rubbish goes through that too
    connection.send(True)
    while True:
        try:
            path = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(answer(path, options))


def _hush() -> None:
    """Send to nowhere what C libraries complain of on standard error: what is wrong with a file is told by its outcome."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory(memory_bytes: int) -> None:
    if importlib.util.find_spec("resource") is None:
        return  # Windows has no such limits; the limit of time holds there too
    import resource

    statm = Path("/proc/self/statm")
    taken = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(path: Path, options: ReadingOptions, read: Read = read_file) -> ReadDocument | ReadFailure:
    """Return what ``read`` makes of a file, or why nothing was read, whatever it raises."""
    try:
        return read(path, options)
    except UnreadableDocument as error:
        return ReadFailure(FailureKind.UNREADABLE, str(error))
    except CatalogueError as error:
        return ReadFailure(FailureKind.BROKEN_NOTE, str(error))
    except MemoryError:
        return ReadFailure(FailureKind.TOO_LARGE, "reading it takes more memory than is allowed")
    except RecursionError:
        return ReadFailure(FailureKind.UNREADABLE, "the file is nested too deeply to be read")
    except Exception as error:  # noqa: BLE001  a mistake of a reader must cost one file, not the run; it is reported by name
        return ReadFailure(FailureKind.CRASHED, f"its reader failed: {type(error).__name__}: {error}")


def read_each(paths: Sequence[Path], options: ReadingOptions, most_workers: int = 0) -> Generator[Outcome, None, None]:
    """Yield each of ``paths`` with what was read from it, or why nothing was, as it becomes ready.

    Between two of them the workers read on; there are at most ``most_workers``, as many as processors where 0.
    """
    plain = [path for path in paths if _is_plain(path)]
    for path in plain:
        yield path, answer(path, options, read_file)
    others = [path for path in paths if path not in plain]
    if others:
        yield from read_files(others, options, most_workers)


def _is_plain(path: Path) -> bool:
    try:
        return media_type_of(path) in TEXT_TYPES and path.stat().st_size <= MOST_TEXT_BYTES
    except (OSError, UnreadableDocument):
        return False
