"""One run at a time may change what lies in the folder of the builds.

Comes in: the folder and the name of the work. Goes out: a held lock, or a sentence that names who holds it. Refuses to know the
work itself.
"""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index.errors import IndexLocked, NotWritten

LOCK_FILE = ".lock"
_LOOK_AGAIN_SECONDS = 0.2


@contextmanager
def builds_lock(builds: Path, work: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of ``builds`` while ``work`` is done, waiting for it at most ``wait_seconds``.

    The lock belongs to the process: the system frees it however the process ends, and forked readers do not inherit it.

    Raises:
        IndexLocked: another process holds it; the message says which.
        NotWritten: nothing may be written there.
    """
    handle = _opened(builds)
    try:
        _take(handle, builds, wait_seconds)
        os.ftruncate(handle, 0)
        holder = {"work": work, "pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
        with suppress(OSError):  # on a full disk the lock holds without saying who holds it
            os.pwrite(handle, json.dumps(holder).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _opened(builds: Path) -> int:
    try:
        builds.mkdir(parents=True, exist_ok=True)
        return os.open(builds / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise NotWritten(
            f"{builds} cannot be written to: {error.strerror}. Give this user the right to write there, or name another folder: "
            "--index DIR"
        ) from error


def _take(handle: int, builds: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= deadline:
                raise IndexLocked(_sentence(handle, builds)) from None
            time.sleep(_LOOK_AGAIN_SECONDS)


def _sentence(handle: int, builds: Path) -> str:
    try:
        holder = json.loads(os.pread(handle, 1000, 0))
        who = f"“{holder['work']}” (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        who = "another run"
    return f"{who} is changing {builds} at this moment. Wait until it is done, or let this run wait for it: --wait SECONDS"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
