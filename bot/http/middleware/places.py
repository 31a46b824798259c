"""How many requests of one kind are at work at once: so many of each client, so many in all. The others wait.

Comes in: a request whose body is there. Goes out: the same when it is its turn, or a 503 where too many of the same client wait.
Refuses to know how often anybody asks. Who asks for one thing over many connections takes turns with itself, not with others.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.http.clients import network_of
from bot.http.middleware.rate_limit import client_of, kind_in
from bot.http.middleware.route_kinds import Bounds, RouteKind
from bot.http.problems import problem

MOST_WAITING = 64  # of one client for one kind: an office behind one address that loads pages at the same moment
_BUSY = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many of your requests are waiting already. Come back in a second.",
    {"Retry-After": "1"},
)


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
            await _BUSY(scope, receive, send)
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
