"""Wait for what must happen, with a deadline: the one place of the tests that sleeps.

Comes in: a look at the world. Goes out: what it saw, as soon as that is true. Refuses to wait for time to pass: a test
that hopes that a moment is enough fails on a busy machine, and one that waits longer to be sure is slow on every other.
"""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import uvicorn

_Seen = TypeVar("_Seen")

PATIENCE = 90.0  # seconds: nothing takes a tenth of it, on a busy machine neither


def wait_for(look: Callable[[], _Seen], seconds: float = PATIENCE, every: float = 0.02) -> _Seen:
    """Return the first true value that ``look`` gives, looking each ``every`` seconds.

    Raises:
        AssertionError: it gave none within ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"it did not happen in {seconds:g} seconds"
        time.sleep(every)
    return seen


# Below those that the system lends to clients (from 32768), so that no connection takes one before the server does; where tests run in
# several processes, each has its own.
_PORTS = itertools.count(20_000 + os.getpid() % 120 * 100)


def free_port() -> int:
    """Return a port of this machine that nothing listens on, another one each time."""
    while True:
        port = next(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def serving(server: uvicorn.Server) -> Iterator[int]:
    """Run ``server`` on a thread until the end of the block; gives its port."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started or not thread.is_alive())
        assert server.started, "the server ended before it had begun"
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(15)
    assert not thread.is_alive(), "the server stops when it is asked to"
