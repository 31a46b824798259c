"""How much one client may take: how often it asks, and how much of the server a request of its may hold.

Comes in: a request: who asks for what. Goes out: the same with its whole body in hand, when it is its turn; or when to come back,
or a problem, where it asks too often, the body is too much, or too many of the same client wait. Refuses to keep anyone's address,
and to look into the body. The counting is the library's, ``limits``, a sliding window for each client and kind of route, in memory,
under a salted hash; the keys, the headers and the refusal are ours. Who asks for one thing over many connections takes turns with
itself, not with others.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

from limits import RateLimitItemPerSecond
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.clients import network_of
from bot.http.counting import Counting
from bot.http.middleware.route_kinds import Bounds, RouteKind, kind_of
from bot.http.options import Rate
from bot.http.problems import problem

MOST_COUNTERS = 20_000  # of clients, kinds and windows; about 10 MB
# Beyond it clients share so many counters, until the counters of the flood have run out: memory and the time to tidy up stay bounded.
SHARED = 1024
MOST_WAITING = 64  # of one client for one kind: an office behind one address that loads pages at the same moment
_BUSY = "Too many of your requests are waiting already. Come back in a second."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may still do."""

    left: int
    reset: int  # seconds until more is free again
    wait: int  # seconds to wait; 0 where it may go on


class RateLimiter:
    """Counts the requests of each client."""

    def __init__(self, rate: Rate, name: str = "", storage: Counting | None = None) -> None:
        """Allow each client ``rate``; limiters of different names may count in one ``storage``."""
        self.rate = rate
        self.storage = storage or Counting()
        self._counting = SlidingWindowCounterRateLimiter(self.storage)
        self._item = RateLimitItemPerSecond(rate.requests, max(1, math.ceil(rate.seconds)), namespace=name)

    def take(self, client: str) -> Allowance:
        """Count one request of ``client``, an address; a refused one does not count."""
        key = self._key(network_of(client))
        allowed = self._counting.hit(self._item, key)
        stats = self._counting.get_window_stats(self._item, key)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Allowance(stats.remaining, reset, 0 if allowed else reset)

    def _key(self, client: str) -> str:
        digest = hashlib.blake2b(client.encode(), key=self.storage.key, digest_size=16)
        if len(self.storage.expirations) < MOST_COUNTERS:
            return digest.hexdigest()
        return f"shared{int.from_bytes(digest.digest()) % SHARED}"


class RateLimit:
    """ASGI middleware that limits how often each client asks for each kind of route."""

    def __init__(self, app: ASGIApp, bounds: Mapping[RouteKind, Bounds], counting: Counting) -> None:
        """Guard ``app``; requests are counted in ``counting``."""
        self._app = app
        self._limiters = {kind: RateLimiter(bound.rate, kind.value, counting) for kind, bound in bounds.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limiter = self._limiters[kind_in(scope)]
        allowance = limiter.take(client_of(scope))
        headers = _headers(limiter.rate, allowance)
        if allowance.wait:
            refused_with, body = _refusal(allowance.wait, scope.get("root_path", ""))
            await send({"type": "http.response.start", "status": 429, "headers": [*refused_with, *headers]})
            await send({"type": "http.response.body", "body": body})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def client_of(scope: Scope) -> str:
    """Return who asks: the address that the server saw, or that a trusted proxy forwarded."""
    return scope["client"][0] if scope.get("client") else "unknown"


def kind_in(scope: Scope) -> RouteKind:
    """Return the kind of the route that a request asks for, wherever a proxy serves it."""
    return kind_of(scope["path"].removeprefix(scope.get("root_path", "")), bool(scope["query_string"]))


def _headers(rate: Rate, allowance: Allowance) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-policy", f'"default";q={rate.requests};w={rate.seconds:g}'.encode()),
        (b"ratelimit", f'"default";r={allowance.left};t={allowance.reset}'.encode()),
    ]


@lru_cache
def _refusal(wait: int, base: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of a 429: made once for each wait, because who is refused asks most."""
    sentence = f"That was a lot of requests. Come back in {wait} second{'' if wait == 1 else 's'}."
    made = problem(HTTPStatus.TOO_MANY_REQUESTS, sentence, {"Retry-After": str(wait), "Cache-Control": "no-store"}, base)
    return made.raw_headers, bytes(made.body)


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
        except HTTPException as refused:
            refusal = problem(HTTPStatus(refused.status_code), refused.detail, base=_base_of(scope))
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
                # Nobody is there to read this; but half a form must not be taken for the whole.
                raise HTTPException(HTTPStatus.BAD_REQUEST, "The body broke off before its end.")
            chunks.append(message.get("body", b""))
            length += len(chunks[-1])
            if length > self._most_bytes:
                too_long = f"The body is longer than {self._most_bytes:,} bytes."
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long)
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
