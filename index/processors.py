"""How many processors this process may use. Asked by whatever shares work among them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_most = 0  # that were asked for; 0 where nobody asked for fewer than there are


def usable_processors() -> int:
    """Return the number of processors that this process may use, at least 1; all there are where the system does not tell."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(there, _most) if _most else there


@contextmanager
def at_most(processors: int) -> Iterator[None]:
    """Have whatever asks meanwhile use no more than so many ``processors``, in all threads of this process; 0 is all there are."""
    global _most  # threads that share the work do not inherit what a context variable says
    before, _most = _most, processors
    try:
        yield
    finally:
        _most = before
