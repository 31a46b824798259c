"""How often one client may ask: a leaking bucket for each, in memory, under a salted hash.

Comes in: who asks and when. Goes out: whether it may go on, and when to come back. Refuses to keep anyone's address.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.options import Rate
from bot.http.problems import problem

MOST_CLIENTS = 20_000  # beyond it the client that asked longest ago is forgotten


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may still do."""

    left: int
    reset: int  # seconds until the bucket is empty again
    wait: int  # seconds to wait; 0 where it may go on


class RateLimiter:
    """One bucket a client; each request fills it by one, and it leaks evenly."""

    def __init__(self, rate: Rate, now: Callable[[], float] = monotonic) -> None:
        """Allow each client ``rate``; ``now`` tells the time in seconds."""
        self.rate = rate
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # client to (level, when)

    def take(self, client: str) -> Allowance:
        """Count one request of ``client``."""
        key = hashlib.blake2b(client.encode(), key=self._salt, digest_size=16).digest()
        now = self._now()
        level, when = self._buckets.pop(key, (0.0, now))
        level = max(0.0, level - (now - when) * self._leak)
        allowed = level + 1 <= self.rate.requests
        level += allowed
        self._buckets[key] = (level, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        wait = 0 if allowed else math.ceil((level + 1 - self.rate.requests) / self._leak)
        return Allowance(int(self.rate.requests - level), math.ceil(level / self._leak), wait)

    @property
    def _leak(self) -> float:
        """Requests a second that leave the bucket."""
        return self.rate.requests / self.rate.seconds


class RateLimit:
    """ASGI middleware that limits what costs work: questions and pictures. Everything else passes."""

    def __init__(self, app: ASGIApp, asking: Rate, drawing: Rate) -> None:
        """Guard ``app``."""
        self._app = app
        self._asking = RateLimiter(asking)
        self._drawing = RateLimiter(drawing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        limiter = self._limiter_of(scope) if scope["type"] == "http" else None
        if limiter is None:
            await self._app(scope, receive, send)
            return
        allowance = limiter.take(client_of(scope))
        headers = {
            "RateLimit-Policy": f'"default";q={limiter.rate.requests};w={limiter.rate.seconds:g}',
            "RateLimit": f'"default";r={allowance.left};t={allowance.reset}',
        }
        if allowance.wait:
            refusal = problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"That was a lot of requests. Come back in {allowance.wait} seconds.",
                {**headers, "Retry-After": str(allowance.wait)},
            )
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                message = {**message, "headers": [*message["headers"], *raw]}
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _limiter_of(self, scope: Scope) -> RateLimiter | None:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.endswith("/picture"):
            return self._drawing
        asks = path in ("/api/ask", "/api/feedback", "/feedback") or (path == "/" and scope["query_string"])
        return self._asking if asks else None


def client_of(scope: Scope) -> str:
    """Return who asks: the address that the server saw, or that a trusted proxy forwarded."""
    return scope["client"][0] if scope.get("client") else "unknown"
