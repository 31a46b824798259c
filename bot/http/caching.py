"""Tell a client that it has the answer already.

Comes in: a request and the build that would answer it. Goes out: an ETag, or an empty 304. Refuses to answer.
"""

import hashlib

from fastapi import Request, Response

from bot.http.http_state import HttpState

NO_STORE = {"Cache-Control": "no-store"}  # of what is true at this moment only, or is the operator's
PRIVATE = "private, no-cache"  # a shared cache must not keep what a person asked; a browser asks whether it is still true


def etag_of(state: HttpState, request: Request) -> str:
    """Return the ETag of the response to ``request``: made of build, edition, path and query, so no work is needed to know it.

    Weak, because the same answer may come packed or not.
    """
    place = request.scope["path"].encode() + b"\0" + request.scope["query_string"]
    key = f"{state.build.id}\0{state.edition}\0".encode() + place
    return f'W/"{hashlib.sha256(key).hexdigest()[:24]}"'


def not_modified(request: Request, etag: str) -> Response | None:
    """Return a 304 where the client holds what ``etag`` names, else None."""
    held = ",".join(request.headers.getlist("if-none-match"))
    # Weak comparison (RFC 9110, 13.1.2): a proxy may have dropped or added the mark; "*" stands for whatever there is.
    names = {name.strip().removeprefix("W/") for name in held.split(",")}
    return Response(status_code=304, headers=cache_headers(etag)) if names & {"*", etag.removeprefix("W/")} else None


def cache_headers(etag: str, policy: str = PRIVATE) -> dict[str, str]:
    """Return the headers that let a client keep a response."""
    return {"ETag": etag, "Cache-Control": policy}
