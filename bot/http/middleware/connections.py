"""How many connections may be open: so many of one client, so many in all. Who comes too many takes the place of one that is idle.

Comes in: connections as they open and close. Goes out: whether one may stay. Refuses to know HTTP, and to keep an address of which no
connection is open. A person's browser keeps connections that it does not use and opens new ones without a word where they are gone; so
an office of hundreds behind one address is served, and five hundred idle connections of one address leave room for everybody.
"""

from typing import Protocol

from bot.http.clients import Proxies, network_of

MOST_OF_ONE = 100
MOST_IN_ALL = 800  # below the 1024 open files that many systems allow a process


class Connection(Protocol):
    """What may be cut."""

    @property
    def idle(self) -> bool:
        """Whether nothing is being done for it."""

    def cut(self) -> None:
        """Close it at once, whatever has not been sent."""


class Connections:
    """The open connections of one process, by client."""

    def __init__(self, proxies: Proxies, most_of_one: int = MOST_OF_ONE, most_in_all: int = MOST_IN_ALL) -> None:
        """Have none; connections of ``proxies`` count in all only."""
        self._proxies = proxies
        self._most_of_one = most_of_one
        self._most_in_all = most_in_all
        self._open: dict[str, dict[Connection, None]] = {}  # of each client, the oldest first
        self.count = 0

    def enter(self, connection: Connection, address: str) -> bool:
        """Count ``connection`` from ``address``; False where there is no room for it."""
        client = network_of(address)
        if len(self._open.get(client, ())) >= self._most_of_one and address not in self._proxies and not self._cut(client):
            return False
        if self.count >= self._most_in_all and not self._cut(max(self._open, key=lambda name: len(self._open[name]))):
            return False
        self._open.setdefault(client, {})[connection] = None
        self.count += 1
        return True

    def leave(self, connection: Connection, address: str) -> None:
        """Count ``connection`` no more; nothing where it is not counted."""
        client = network_of(address)
        group = self._open.get(client, {})
        if connection in group:
            del group[connection]
            self.count -= 1
            if not group:
                del self._open[client]

    def _cut(self, client: str) -> bool:
        """Cut the oldest idle connection of ``client``; False where all are in use."""
        for connection in self._open[client]:
            if connection.idle:
                self.leave(connection, client)
                connection.cut()
                return True
        return False
