"""Take the port before anything else is done.

Comes in: host, port and how many processes will listen. Goes out: sockets, or one sentence why not. Refuses to know who listens.
"""

import errno
import socket
import sys
from collections.abc import Sequence

from bot.errors import SettingsError

# On Linux each process gets a socket of its own on the same port, and the kernel spreads connections over them. With one socket for
# all, the process that wakes first takes every connection that waits. Elsewhere the kernel does not spread: there all share one.
APART = sys.platform == "linux"
_Place = tuple[socket.AddressFamily, str]


def listen(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    """Return for each of ``processes`` its sockets on ``host`` and ``port``, one for each address of the host.

    Port 0 takes a free one.

    Raises:
        SettingsError: the host is unknown or the port cannot be had.
    """
    try:
        places = _places(host)
        # Sockets that share a port would also share it with a second server of ours that runs already: look first.
        first = [_bound(places[0], port, shared=False)]
        port = first[0].getsockname()[1]
        first += [_bound(place, port, shared=False) for place in places[1:]]
        if processes == 1 or not APART:
            return [first] * processes
        for probe in first:
            probe.close()
        return [[_bound(place, port, shared=True) for place in places] for _ in range(processes)]
    except OSError as error:
        raise SettingsError(_sentence(error, host, port)) from error


def address_of(sockets: Sequence[socket.socket]) -> str:
    """Return the address of the page on the first of ``sockets``."""
    host, port = sockets[0].getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _places(host: str) -> list[_Place]:
    found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _bound(place: _Place, port: int, shared: bool) -> socket.socket:
    family, address = place
    # Named as TCP, because asyncio sends small answers at once (TCP_NODELAY) only on sockets that say so; else each waits 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def _sentence(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no host {host!r} to listen on. Correct LOCALISM_HOST or --host, and start again."
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program. Stop it, or choose another port with LOCALISM_PORT or --port."
        )
    reason = error.strerror or str(error)
    return f"The server may not listen on port {port} of {host} ({reason}). Choose another with LOCALISM_PORT or --port."
