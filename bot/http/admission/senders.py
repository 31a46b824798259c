"""Which page made a browser send a request: ours, or another site's.

Comes in: a request that would change something. Goes out: nothing, or a refusal. Refuses to know what it would change.

A browser names the page that sends a form or a script's request in ``Origin``, also over plain http, and on https and loopback in
``Sec-Fetch-Site`` as well. It sends a session's cookie along whoever makes it ask, so a request that names neither is refused too:
programs name one themselves, and lose nothing by it.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

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
