"""Who sends a request: a page of ours or another site's, and an address that tries one token after the other.

Comes in: a request that would change something; an address and that its try was wrong. Goes out: nothing, or a refusal; the seconds
until it may try again. Refuses to know what would be changed, to know the token, and to keep an address in a form that could be
read back.

A browser names the page that sends a form or a script's request in ``Origin``, also over plain http, and on https and loopback in
``Sec-Fetch-Site`` as well. It sends a session's cookie along whoever makes it ask, so a request that names neither is refused too:
programs name one themselves, and lose nothing by it.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

from bot.http.clients import network_of

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_OWN_SITE = {"same-origin", "none"}  # none: a person did it, by the address bar or a bookmark
_PORTS = {"http": 80, "https": 443}
_Origin = tuple[str, str, int]
_FOREIGN = "This request came from another site. Open the page of this server and do it there."
_PROXY = (
    " If this is the page of this server, a proxy stands before it: set LOCALISM_PUBLIC_URL to the address that people type."
)
_UNNAMED = (
    "A request that changes something must say where it comes from: a browser does so by itself, "
    "a program adds the header “Sec-Fetch-Site: none”."
)
FREE_TRIES = 3  # a person mistypes
LONGEST_WAIT = 15 * 60  # seconds
FORGET_AFTER = 60 * 60  # seconds without a wrong try
MOST_ADDRESSES = 20_000  # beyond it the one that tried longest ago is forgotten


def check_sender(request: Request, public_url: str) -> None:
    """Let a request pass that changes nothing, or that our own page or a program sent.

    Raises:
        HTTPException: 403 where another site sent it, or nothing says who did.
    """
    if request.method in SAFE_METHODS:
        return
    origin, site = request.headers.getlist("origin"), request.headers.getlist("sec-fetch-site")
    if not origin and not site:
        raise HTTPException(HTTPStatus.FORBIDDEN, _UNNAMED)
    ours = {_origin_of(public_url), _origin_of(f"{request.url.scheme}://{request.headers.get('host', '')}")} - {None}
    if any(_origin_of(one) not in ours for one in origin):
        raise HTTPException(HTTPStatus.FORBIDDEN, _FOREIGN + _PROXY)
    if any(one.lower() not in _OWN_SITE for one in site):
        raise HTTPException(HTTPStatus.FORBIDDEN, _FOREIGN)


def _origin_of(address: str) -> _Origin | None:
    """Return scheme, host and port of an address, None where it has none ("null" among them)."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


class WrongTries:
    """The wrong tries of each address, in the memory of this process."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Know of none; ``now`` in seconds."""
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._tries: OrderedDict[bytes, tuple[int, float]] = OrderedDict()  # address to (how many, when the last)

    def wait(self, address: str) -> int:
        """Return the seconds that ``address`` has to wait; 0 where it may try."""
        count, last = self._known(self._key(address))
        pause = min(2 ** (count - FREE_TRIES), LONGEST_WAIT) if count >= FREE_TRIES else 0
        return max(0, math.ceil(last + pause - self._now()))

    def note(self, address: str) -> None:
        """Count one wrong try of ``address``."""
        key = self._key(address)
        count, _ = self._known(key)
        self._tries.pop(key, None)
        self._tries[key] = (min(count + 1, 32), self._now())
        if len(self._tries) > MOST_ADDRESSES:
            self._tries.popitem(last=False)

    def _known(self, key: bytes) -> tuple[int, float]:
        count, last = self._tries.get(key, (0, 0.0))
        return (count, last) if self._now() - last < FORGET_AFTER else (0, 0.0)

    def _key(self, address: str) -> bytes:
        return hashlib.blake2b(network_of(address).encode(), key=self._salt, digest_size=16).digest()
