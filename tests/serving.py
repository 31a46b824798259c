"""A small HTTP server beside a test, on a thread of its own, gone at the end of the block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer

_LOOKS_EVERY = 0.01  # seconds: how soon a server sees that it is to end


@contextmanager
def served(server: TCPServer) -> Iterator[str]:
    """Serve ``server``, which listens on the loopback already; yields its place, ``127.0.0.1:PORT``."""
    thread = threading.Thread(target=server.serve_forever, args=(_LOOKS_EVERY,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
