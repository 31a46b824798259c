"""A way to a server that can be cut and that can fall silent, as the way between two machines can.

Comes in: a port of this machine. Goes out: another that leads there. Refuses to understand what passes.
"""

import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from typing_extensions import override

from tests.serving import served
from tests.waiting import wait_for

_LOOKS_EVERY = 0.01  # seconds
_AT_ONCE = struct.pack("ii", 1, 0)  # a connection closed like this is broken for the other side, not ended


class Relay(ThreadingTCPServer):
    """A server that passes on what it hears; what becomes of its connections concerns those that there are, not later ones."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        """Lead to ``port``."""
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = ("127.0.0.1", port)
        self.port = int(self.server_address[1])
        self.cut_before, self.silent_before, self.made = 0, 0, 0  # numbers of connections
        self.standing: set[int] = set()

    def cut(self) -> None:
        """Break all connections."""
        self.cut_before = self.made
        wait_for(lambda: all(number >= self.cut_before for number in self.standing))

    def fall_silent(self) -> None:
        """Pass nothing on any more, and keep all connections."""
        self.silent_before = self.made


class _Passing(BaseRequestHandler):
    server: Relay

    @override
    def handle(self) -> None:
        number, self.server.made = self.server.made, self.server.made + 1
        self.server.standing.add(number)
        try:
            with socket.create_connection(self.server.target) as there:
                self._pass(number, {self.request: there, there: self.request})
        finally:
            self.server.standing.discard(number)

    def _pass(self, number: int, ways: dict[Any, Any]) -> None:
        while number >= self.server.cut_before:
            for one in select.select(ways, [], [], _LOOKS_EVERY)[0]:
                said = one.recv(2**16)
                if not said:
                    return
                if number >= self.server.silent_before:
                    ways[one].sendall(said)
        for one in ways:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """Lead to ``port`` until the end of the block."""
    relay = Relay(port)
    with served(relay):
        yield relay
