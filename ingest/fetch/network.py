"""Reach a web server that anybody may reach: https, and no address inside the house.

Comes in: an address from the catalogue. Goes out: an open connection, or the reason why not; how large a file is, where the server
says so. Refuses to know what is downloaded, and to decide whether a size is too large.

The catalogue is edited by volunteers, so an address in it could point into the network of whoever runs the command (a router, a
cloud's metadata service). The name is therefore resolved here, every address it has must be public, and the connection goes to the
address that was checked, so that a second answer of the name server cannot change it.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import urljoin, urlsplit

from ingest.errors import FetchRefused

HTTPS_PORT = 443

Resolve: TypeAlias = Callable[[str, int], list[str]]

# The only part of IPv6 that is handed out to the internet (RFC 4291, 2.4). Everything before it wraps an IPv4 address of any kind
# (::a.b.c.d, NAT64) or is not routed; Python calls some of that global.
_HANDED_OUT = ipaddress.ip_network("2000::/3")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")  # RFC 9637, younger than the Pythons that we run on
_RELAYS = ipaddress.ip_network("192.88.99.0/24")  # 6to4 relays (RFC 7526): whoever is nearest answers
_ISATAP = {0x00005EFE, 0x02005EFE}  # RFC 5214: the second half of the address, before the IPv4 address that it ends with
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_AGENT = "localism-ingest (asks for the size of documents that a maintainer may want)"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An https address, taken apart."""

    host: str
    target: str  # path and query, as the server is asked for it

    @classmethod
    def from_url(cls, url: str) -> "WebAddress":
        """Take ``url`` apart.

        Raises:
            FetchRefused: it is not https, names a port or a user, or is not an address at all.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise FetchRefused(f"{url!r} is not an address ({error}).") from error
        if parts.scheme != "https" or not parts.hostname:
            raise FetchRefused(f"{url!r} is not an https address; only https is fetched.")
        if port not in (None, HTTPS_PORT) or parts.username is not None:
            raise FetchRefused(f"{url!r} names a port or a user; only plain https addresses are fetched.")
        target = parts.path or "/"
        return cls(parts.hostname, f"{target}?{parts.query}" if parts.query else target)


class Network(Protocol):
    """What fetching needs of a network."""

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        """Return a connection to ``host``; ``timeout`` in seconds is for every wait on it."""


class PublicNetwork:
    """The internet, and nothing that is not part of it."""

    def __init__(
        self,
        resolve: Resolve | None = None,
        allowed: Callable[[str], bool] | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = HTTPS_PORT,
    ) -> None:
        """Reach public addresses only; the arguments stand in for the name server, the rule, the trusted roots and the port."""
        self._resolve = resolve or _resolve
        self._allowed = allowed or is_public
        self._tls = tls or ssl.create_default_context()
        self._port = port

    def connect(self, host: str, timeout: float) -> http.client.HTTPConnection:
        """Return a connection to ``host``.

        Raises:
            FetchRefused: the name is unknown, or one of its addresses is not public.
            OSError: the server cannot be reached, or its certificate is not to be trusted.
        """
        addresses = self._resolve(host, self._port)
        inside = [address for address in addresses if not self._allowed(address)]
        if inside or not addresses:
            raise FetchRefused(f"{host} leads to {', '.join(inside) or 'no address'}, which is not a public address.")
        connection = http.client.HTTPSConnection(host, self._port, timeout=timeout, context=self._tls)
        plain = socket.create_connection((addresses[0], self._port), timeout)
        # The socket is given, so that the library neither looks the name up again nor connects a second time.
        connection.sock = self._tls.wrap_socket(plain, server_hostname=host)
        connection.auto_open = 0
        return connection


def is_public(address: str) -> bool:
    """Return whether ``address`` is an IP address that anybody on the internet can reach, also where IPv6 wraps an IPv4 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and ip not in _RELAYS
    if ip.ipv4_mapped is not None:
        return is_public(str(ip.ipv4_mapped))
    if ip not in _HANDED_OUT or ip in _DOCUMENTATION or not ip.is_global:
        return False
    return all(is_public(str(wrapped)) for wrapped in _wrapped(ip))


def _wrapped(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that a tunnel would send to what goes to ``ip``."""
    found = [ip.sixtofour, *(ip.teredo or ())]
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchRefused(f"{host} cannot be found ({error}). Check the address and the network.") from error
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def announced_size(url: str, network: Network, wait: float = 10.0) -> int | None:
    """Return the bytes of the file at ``url``; None where the server gives no size or will not be asked so.

    Args:
        url: https.
        network: where servers are reached.
        wait: seconds without an answer.

    Raises:
        FetchRefused: the address may not be fetched from, or its server has no public address.
        OSError: the server cannot be reached.
        http.client.HTTPException: it answers with something that is not HTTP.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        address = WebAddress.from_url(url)
        connection = network.connect(address.host, wait)
        try:
            connection.request("HEAD", address.target, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            if answer.status not in _REDIRECTS:
                return _size_of(answer)
            url = urljoin(url, answer.getheader("Location") or "")
        finally:
            connection.close()
    return None


def _size_of(answer: http.client.HTTPResponse) -> int | None:
    # The length that the library keeps is 0 for every answer to HEAD.
    said = answer.getheader("Content-Length") or ""
    return int(said) if answer.status == http.client.OK and said.isdecimal() else None
