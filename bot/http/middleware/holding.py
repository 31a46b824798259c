"""How much of the server a request may hold: a body only so long and so slow, and a place among those of its kind at work.

Comes in: a request. Goes out: the same with its whole body in hand, when it is its turn; or a problem, where the body is too much
or too many of the same client wait. Refuses to look into the body, and to know how often anybody asks. Who asks for one thing over
many connections takes turns with itself, not with others.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.clients import network_of
from bot.http.middleware.rate_limit import client_of, kind_in
from bot.http.middleware.route_kinds import Bounds, RouteKind
from bot.http.problems import problem

MOST_WAITING = 64  # of one client for one kind: an office behind one address that loads pages at the same moment
_BUSY = "Too many of your requests are waiting already. Come back in a second."


class BodyTooLongError(Exception):
    """More bytes came than are allowed."""


class BodyLimit:
    """ASGI middleware that gathers the body within its limits; requests without a body pass untouched."""

    def __init__(self, app: ASGIApp, most_bytes: int, seconds: float, apart: str) -> None:
        """Guard ``app``, but for the address ``apart``, which takes far more and sees to its limits itself."""
        self._app = app
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._elsewhere = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not _has_body(scope) or self._is_apart(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._gathered(receive), self._seconds)
        except BodyTooLongError:
            too_long = f"The body is longer than {self._most_bytes:,} bytes."
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long, base=_base_of(scope))
        except TimeoutError:
            too_slow = f"The body took longer than {self._seconds:g} second{'' if self._seconds == 1 else 's'}."
            refusal = problem(HTTPStatus.REQUEST_TIMEOUT, too_slow, base=_base_of(scope))
        else:
            await self._app(scope, _replayed(body, receive), send)
            return
        # What was not read is still on its way: the connection cannot be used for another request.
        refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)

    def _is_apart(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return path == self._elsewhere

    async def _gathered(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(chunks)
            chunks.append(message.get("body", b""))
            length += len(chunks[-1])
            if length > self._most_bytes:
                raise BodyTooLongError
            if not message.get("more_body", False):
                return b"".join(chunks)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in scope["headers"]
    )


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives ``body`` at once and then whatever comes (a disconnect)."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _base_of(scope: Scope) -> str:
    return str(scope.get("root_path", ""))


@dataclass(slots=True)
class _Client:
    places: asyncio.Semaphore
    here: int = 0  # requests that wait or are at work


@dataclass(slots=True)
class _Room:
    """The places of one kind."""

    at_once: int
    places: asyncio.Semaphore
    clients: dict[str, _Client] = field(default_factory=dict)  # those that are here


class Places:
    """ASGI middleware that gives each kind of route places of its own."""

    def __init__(self, app: ASGIApp, bounds: Mapping[RouteKind, Bounds]) -> None:
        """Guard ``app``."""
        self._app = app
        self._rooms = {kind: _Room(bound.at_once, asyncio.Semaphore(bound.in_all)) for kind, bound in bounds.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        room, name = self._rooms[kind_in(scope)], network_of(client_of(scope))
        client = room.clients.setdefault(name, _Client(asyncio.Semaphore(room.at_once)))
        if client.here >= room.at_once + MOST_WAITING:
            busy = problem(HTTPStatus.SERVICE_UNAVAILABLE, _BUSY, {"Retry-After": "1"}, _base_of(scope))
            await busy(scope, receive, send)
            return
        client.here += 1
        try:
            # First one of its own places: while it waits for that it takes none from others.
            async with client.places:
                async with room.places:
                    await self._app(scope, receive, send)
                # Not before the loop has come round: what is answered at one go would else be followed by all that wait.
                await asyncio.sleep(0)
        finally:
            client.here -= 1
            if not client.here:
                del room.clients[name]
