"""One run at a time may change what lies in the folder of the builds.

Comes in: the folder and the name of the work. Goes out: a held lock, or a sentence that names who holds it. Refuses to know the
work itself. Holding is the library's, ``filelock``.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexLocked, NotWritten

LOCK_FILE = ".lock"
_LOOK_AGAIN_SECONDS = 0.2


@contextmanager
def builds_lock(builds: Path, work: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of ``builds`` while ``work`` is done, waiting for it at most ``wait_seconds``.

    The system frees the lock however the process ends, and readers that it starts do not inherit it.

    Raises:
        IndexLocked: another run holds it; the message says which.
        NotWritten: nothing may be written there.
    """
    path = builds / LOCK_FILE
    # The file stays: it says who holds the lock, and removing it would let two runs hold two files of one name.
    lock = FileLock(
        path, wait_seconds, poll_interval=_LOOK_AGAIN_SECONDS, preserve_lock_file=True, on_acquired=partial(_name, work)
    )
    _take(lock, path)
    try:
        yield
        os.truncate(path, 0)
    finally:
        lock.release()


def _take(lock: FileLock, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise IndexLocked(_sentence(path)) from None
    except OSError as error:
        raise NotWritten(
            f"{path.parent} cannot be written to: {error.strerror}. Give this user the right to write there, or name another "
            "folder: --index DIR"
        ) from error


def _name(work: str, handle: int) -> None:
    """Write who holds the lock into its open file."""
    os.ftruncate(handle, 0)
    holder = {"work": work, "pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
    with suppress(OSError):  # on a full disk the lock holds without saying who holds it
        os.pwrite(handle, json.dumps(holder).encode(), 0)


def _sentence(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"“{holder['work']}” (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another run"
    return (
        f"{who} is changing {path.parent} at this moment. Wait until it is done, or let this run wait for it: --wait SECONDS"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
