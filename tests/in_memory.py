"""Lets tests write into memory instead of onto a disk: ``python -m pytest -p tests.in_memory``, as ``make test`` does.

Comes in: pytest's own call. Goes out: the place of its temporary folders, where memory has a file system with room. Refuses to know
what is written. Thousands of small files are made and removed, and SQLite waits for a disk at each step of a build: on the wall a
build in memory takes two thirds of the time. What is given up, that a test outlives the machine, no test needs.
"""

import os
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes folders of its own in it, which nobody else may enter
ROOM = 4 * 2**30  # bytes; a run takes an eighth of it at a time
NO_PROGRAMS = 8  # ST_NOEXEC, which has a name on Linux only
PLACE = "PYTEST_DEBUG_TEMPROOT"  # pytest's own name


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Choose memory, unless somebody has chosen a place, before anything is written."""
    if PLACE not in os.environ and takes(MEMORY):
        os.environ[PLACE] = str(MEMORY)


def takes(folder: Path, room: int = ROOM) -> bool:
    """Tell whether ``folder`` may be written to, has that many bytes free, and lets run what is written there."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize >= room and not there.f_flag & NO_PROGRAMS
