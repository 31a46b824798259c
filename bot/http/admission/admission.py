"""Who may see and change what is the operator's: whoever brings the token, or the cookie of a session that it opened.

Comes in: a request. Goes out: nothing, or a refusal. Refuses to know what is asked for, and to exist where no token is set.

The cookie is signed, and every process of the server can check it: the key is derived from the token, so a cookie holds in every
process and after a restart, and another token ends all. What was ended stands as an empty file in a folder that all processes read,
until it would have expired anyway.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from time import time
from typing import NoReturn
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.http.admission.senders import WrongTries, check_sender
from bot.http.options import HttpOptions

SESSION_SECONDS = 8 * 60 * 60  # a working day, from the log-in on
_PURPOSE = b"localism session, 1"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
log = logging.getLogger(__name__)

COOKIE = "localism_session"
LOGIN = "/admin/login"
ENDED_FOLDER = ".ended-sessions"


class Sessions:
    """The sessions of one token."""

    def __init__(self, token: str, ended: Path | None, now: Callable[[], float] = time) -> None:
        """Note in the folder ``ended`` what was ended; without one it is ended in this process only. ``now`` in Unix seconds."""
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
        return bool(name) and int(name.partition("-")[0]) > self._now() and not self._was_ended(name)

    def end(self, cookie: str) -> None:
        """End a session in every process.

        Raises:
            OSError: it cannot be noted; it is ended in this process only.
        """
        name = self._name_of(cookie)
        if not name:
            return
        self._ended_here.add(name)
        if self._ended is not None:
            self._sweep(self._ended)
            (self._ended / name).touch(_PRIVATE_FILE)

    def _name_of(self, cookie: str) -> str:
        """Return the name of the session, empty where we did not sign it."""
        name, _, signature = cookie.partition(".")
        return name if hmac.compare_digest(signature.encode(), self._signature(name).encode()) else ""

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()

    def _was_ended(self, name: str) -> bool:
        return name in self._ended_here or (self._ended is not None and (self._ended / name).exists())

    def _sweep(self, folder: Path) -> None:
        """Make the folder, and forget in it what has expired."""
        folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
        for one in folder.iterdir():
            expiry = one.name.partition("-")[0]
            if expiry.isdecimal() and int(expiry) <= self._now():
                one.unlink(missing_ok=True)
        self._ended_here = {name for name in self._ended_here if int(name.partition("-")[0]) > self._now()}


class Admission:
    """The door to the operator's pages. One for each process: it counts wrong tries."""

    def __init__(self, token: str, public_url: str = "", base_path: str = "", keeps: Path | None = None) -> None:
        """Guard with ``token``, without which there is no door; ``keeps`` is the folder in which ended sessions are noted."""
        self.token = token
        self.public_url = public_url
        self.base_path = base_path
        self._sessions = Sessions(token, keeps / ENDED_FOLDER if keeps else None)
        self._tries = WrongTries()

    async def check(self, request: Request) -> None:
        """Let a request pass that brings the token or a session, and that no other site sent. A dependency of routes.

        Raises:
            HTTPException: 404 where no token is set, 401 where none or a wrong one came (a browser is sent to the log-in page), 429
                where too many wrong ones came before, 403 where another site sent it.
        """
        self.check_exists()
        if not self.has_session(request):
            offered = _offered(request)
            if not offered or not self.is_right(request, offered):
                self._refuse(request)
        check_sender(request, self.public_url)

    def check_exists(self) -> None:
        """Answer 404 where no token is set."""
        if not self.token:
            raise HTTPException(HTTPStatus.NOT_FOUND)

    def has_session(self, request: Request) -> bool:
        """Tell whether ``request`` brings the cookie of a session."""
        return self._sessions.holds(request.cookies.get(COOKIE, ""))

    def is_right(self, request: Request, offered: str) -> bool:
        """Tell whether ``offered`` is the token; a wrong one is noted, and written into the log without the token.

        Raises:
            HTTPException: 429 where the address has to wait; the token is not looked at.
        """
        address = _address_of(request)
        if wait := self._tries.wait(address):
            sentence = f"There were too many wrong tries from your address. Try again in {wait} seconds."
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, sentence, {"Retry-After": str(wait)})
        # Compared as bytes in constant time: how long a wrong one takes says nothing about the right one.
        if hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), self.token.encode()):
            return True
        self._tries.note(address)
        # Read by deploy/fail2ban/filter.d/localism.conf: change both together.
        log.warning("wrong admin token from %s", address)
        return False

    def open_session(self, request: Request, response: Response) -> None:
        """Give ``response`` the cookie of a new session."""
        response.set_cookie(
            COOKIE,
            self._sessions.begin(),
            max_age=SESSION_SECONDS,
            path=self.base_path or "/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="strict",
        )

    def end_session(self, request: Request, response: Response) -> None:
        """End the session of ``request`` for good, and have the browser forget its cookie.

        Raises:
            OSError: it cannot be noted that the session has ended.
        """
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response.delete_cookie(
            COOKIE, path=self.base_path or "/", secure=self._is_secure(request), httponly=True, samesite="strict"
        )

    def _is_secure(self, request: Request) -> bool:
        addresses = (request.url.scheme, self.public_url, request.headers.get("origin", ""))
        return any(address.startswith("https") for address in addresses)

    def _refuse(self, request: Request) -> NoReturn:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            there = request.url.path.removeprefix(self.base_path)
            location = f"{self.base_path}{LOGIN}?to={quote(there, safe='/')}"
            raise HTTPException(HTTPStatus.SEE_OTHER, "Log in first.", {"Location": location, "Cache-Control": "no-store"})
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "The token is needed for this: “Authorization: Bearer …”, or log in at /admin/login.",
            {"WWW-Authenticate": 'Bearer realm="Localism"'},
        )


def door(options: HttpOptions, keeps: Path | None = None) -> Admission:
    """Return the door that ``options`` describe; ended sessions are noted in the state folder, or else in ``keeps``."""
    return Admission(options.admin_token, options.public_url, options.base_path, options.state or keeps)


def _offered(request: Request) -> str:
    """Return the token that comes as a bearer token, or as the password of a program that knows names and passwords only."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _address_of(request: Request) -> str:
    """Return the client's address; a proxy may forward what is none, and a log that others read takes nothing else."""
    try:
        return str(ip_address(request.client.host if request.client else ""))
    except ValueError:
        return "unknown"
