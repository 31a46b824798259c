"""Who counts as one client.

Comes in: an address as text. Goes out: the address, or the network of it, that limits count by. Refuses to keep or log either.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

HOUSEHOLD_BITS = 64  # what one customer of an IPv6 provider is given at least: all addresses in it may be the same person


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
