"""Who sends a request: somebody who has logged in, a page of ours or another site's, an address that tries tokens.

Comes in: the operator's token, once; a request that would change something; an address and that its try was wrong. Goes out: the
value of a cookie, and whether one holds; nothing, or a refusal; the seconds until it may try again. Refuses to know what would be
changed, and to keep an address in a form that could be read back.

A session is a signed cookie that every process of the server can check. Its key is derived from the token, so a cookie holds in
every process and after a restart, and another token ends all. What was ended stands where all processes read it until it would have
expired anyway: as an empty file in a folder, or in the store of several machines.

A browser names the page that sends a form or a script's request in ``Origin``, also over plain http, and on https and loopback in
``Sec-Fetch-Site`` as well. It sends a session's cookie along whoever makes it ask, so a request that names neither is refused too:
programs name one themselves, and lose nothing by it.
"""

import hashlib
import hmac
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from time import monotonic, time
from typing import Protocol
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
SESSION_SECONDS = 8 * 60 * 60  # a working day, from the log-in on
_PURPOSE = b"localism session, 1"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


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


class Ended(Protocol):
    """Where ended sessions are noted."""

    def end(self, name: str, until: float) -> None:
        """Note that ``name`` was ended, which would have expired at ``until`` (Unix seconds)."""

    def was_ended(self, name: str) -> bool:
        """Tell whether ``name`` was ended."""

    def close(self) -> None:
        """Let go of it."""


class EndedFolder:
    """Ended sessions as empty files of one folder."""

    def __init__(self, folder: Path, now: Callable[[], float] = time) -> None:
        """Note them in ``folder``, made with the first; ``now`` in Unix seconds."""
        self._folder = folder
        self._now = now

    def end(self, name: str, until: float) -> None:
        """Note that ``name`` was ended, and forget what has expired; when it expires stands in its name.

        Raises:
            OSError: it cannot be noted.
        """
        self._folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
        for one in self._folder.iterdir():
            expiry = one.name.partition("-")[0]
            if expiry.isdecimal() and int(expiry) <= self._now():
                one.unlink(missing_ok=True)
        (self._folder / name).touch(_PRIVATE_FILE)

    def was_ended(self, name: str) -> bool:
        """Tell whether ``name`` was ended."""
        return (self._folder / name).exists()

    def close(self) -> None:
        """Do nothing: no file is open."""


class Sessions:
    """The sessions of one token."""

    def __init__(self, token: str, ended: Ended | None, now: Callable[[], float] = time) -> None:
        """Note in ``ended`` what was ended; without it that holds in this process only. ``now`` in Unix seconds."""
        self._key = hmac.digest(token.encode(), _PURPOSE, "sha256")
        self._ended = ended
        self._ended_here: set[str] = set()
        self._now = now

    def begin(self) -> str:
        """Return the value of a new session's cookie."""
        name = f"{int(self._now()) + SESSION_SECONDS}-{secrets.token_hex(16)}"
        return f"{name}.{self._signature(name)}"

    def holds(self, cookie: str) -> bool:
        """Tell whether ``cookie`` is of a session that has neither expired nor been ended."""
        name = self._name_of(cookie)
        return bool(name) and _expiry(name) > self._now() and not self._was_ended(name)

    def end(self, cookie: str) -> None:
        """End a session in every process.

        Raises:
            OSError, StoreFault: it cannot be noted; it is ended in this process only.
        """
        name = self._name_of(cookie)
        if not name:
            return
        self._ended_here = {one for one in self._ended_here if _expiry(one) > self._now()} | {name}
        if self._ended is not None:
            self._ended.end(name, _expiry(name))

    def close(self) -> None:
        """Let go of where ended sessions are noted."""
        if self._ended is not None:
            self._ended.close()

    def _name_of(self, cookie: str) -> str:
        """Return the name of the session, empty where we did not sign it."""
        name, _, signature = cookie.partition(".")
        return name if hmac.compare_digest(signature.encode(), self._signature(name).encode()) else ""

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()

    def _was_ended(self, name: str) -> bool:
        return name in self._ended_here or (self._ended is not None and self._ended.was_ended(name))


def _expiry(name: str) -> int:
    return int(name.partition("-")[0])
