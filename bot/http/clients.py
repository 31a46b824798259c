"""Who counts as one client, and how many connections may be open: so many of one client, so many in all.

Comes in: an address as text; connections as they open and close. Goes out: the address, or the network of it, that limits count by;
whether a connection may stay. Refuses to know HTTP, to log an address, and to keep one of which no connection is open.

Who comes too many takes the place of one that is idle. A person's browser keeps connections that it does not use and opens new ones
without a word where they are gone; so an office of hundreds behind one address is served, and five hundred idle connections of one
address leave room for everybody.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

HOUSEHOLD_BITS = 64  # what one customer of an IPv6 provider is given at least: all addresses in it may be the same person
MOST_OF_ONE = 100
MOST_IN_ALL = 800  # below the 1024 open files that many systems allow a process


def network_of(address: str) -> str:
    """Return what stands for one client: an IPv4 address (written as IPv6 too), the /64 of an IPv6 address, else the text itself."""
    if ":" not in address:
        return address  # the usual case, without the cost of reading it
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), HOUSEHOLD_BITS), strict=False))
    return address if found is None else str(found)


class Proxies:
    """The proxies whose connections carry many clients each."""

    def __init__(self, addresses: Iterable[str]) -> None:
        """Know ``addresses``: addresses or networks of addresses.

        Raises:
            ValueError: one of them is neither.
        """
        self._networks = [ip_network(address) for address in addresses]

    def __contains__(self, address: str) -> bool:
        """Tell whether ``address`` is one of them."""
        found = _read(address) if self._networks else None
        return found is not None and any(found in network for network in self._networks)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


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
