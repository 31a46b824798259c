"""How many processors this process may use. Asked by whatever shares work among them."""

import os


def usable_processors() -> int:
    """Return the number of processors that this process may use, at least 1; all there are where the system does not tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
