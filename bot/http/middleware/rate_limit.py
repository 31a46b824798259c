"""How often one client may ask: a sliding window for each client and kind of route, in memory, under a salted hash.

Comes in: who asks for what. Goes out: whether it may go on, and when to come back. Refuses to keep anyone's address. The counting is
the library's, ``limits``; the keys, the headers and the refusal are ours.
"""

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from limits import RateLimitItemPerSecond
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.clients import network_of
from bot.http.counting import Counting
from bot.http.middleware.route_kinds import Bounds, RouteKind, kind_of
from bot.http.options import Rate
from bot.http.problems import problem

MOST_COUNTERS = 20_000  # of clients, kinds and windows; about 10 MB
# Beyond it clients share so many counters, until the counters of the flood have run out: memory and the time to tidy up stay bounded.
SHARED = 1024


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
