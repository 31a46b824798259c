"""Who may see and change what is the operator's: whoever brings the token, or the cookie of a session that it opened.

Comes in: a request. Goes out: nothing, or a refusal. Refuses to know what is asked for, and to exist where no token is set.
"""

import base64
import binascii
import hmac
import logging
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.http.admission.senders import SESSION_SECONDS, Ended, EndedFolder, Sessions, WrongTries, check_sender
from bot.http.options import HttpOptions
from bot.settings import Place
from bot.state.databases.opening import open_store
from bot.state.facts import EndedNames

log = logging.getLogger(__name__)

COOKIE = "localism_session"
LOGIN = "/admin/login"
ENDED_FOLDER = ".ended-sessions"


class Admission:
    """The door to the operator's pages. One for each process: it counts wrong tries."""

    def __init__(self, token: str, public_url: str = "", base_path: str = "", keeps: Place | None = None) -> None:
        """Guard with ``token``, without which there is no door; ``keeps`` is where ended sessions are noted."""
        self.token = token
        self.public_url = public_url
        self.base_path = base_path
        self._sessions = Sessions(token, _ended(keeps) if keeps and token else None)
        self._tries = WrongTries()

    async def check(self, request: Request) -> None:
        """Let a request pass that brings the token or a session, and that no other site sent. A dependency of routes.

        Raises:
            HTTPException: 404 where no token is set, 401 where none or a wrong one came (a browser is sent to the log-in page), 429
                where too many wrong ones came before, 403 where another site sent it.
        """
        self.check_exists()
        if not await run_in_threadpool(self.has_session, request):
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
            OSError, StoreFault: it cannot be noted that the session has ended.
        """
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response.delete_cookie(
            COOKIE, path=self.base_path or "/", secure=self._is_secure(request), httponly=True, samesite="strict"
        )

    def close(self) -> None:
        """Let go of where ended sessions are noted."""
        self._sessions.close()

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


def _ended(keeps: Place) -> Ended:
    return EndedFolder(keeps / ENDED_FOLDER) if isinstance(keeps, Path) else EndedNames(open_store(keeps))


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
