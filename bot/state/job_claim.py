"""Who may begin a job at this moment: one at a time, in all processes of a server.

Comes in: the folder of the jobs. Goes out: the right to look for other jobs and begin one. Refuses to know what a job is.

What comes in for a job is not one yet, so others cannot see it: two that look in the same instant would both find nobody at work.
A lock on the folder itself: the system frees it however its process ends, and it leaves nothing that somebody would have to sweep.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Claimed(Exception):
    """Somebody else is about to begin a job."""


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Let nobody else begin a job in ``folder`` meanwhile; makes the folder where there is none.

    Raises:
        Claimed: somebody else is at it.
        OSError: the folder cannot be made or opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        _lock_at_once(opened)
        yield
    finally:
        os.close(opened)


def _lock_at_once(opened: int) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Claimed from None
