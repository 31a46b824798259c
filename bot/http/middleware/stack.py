"""Everything that a request passes before its route, and a response after it; what is small of that stands here.

Comes in: an application, its metrics and the operator's choices. Goes out: the same application, surrounded: safe headers, HEAD,
the count of every response, no address with a slash too many. Refuses to know the routes, to look into a body, and to name a host:
the one in the request is whatever the client likes, and a cache between would send others there.
"""

import time
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.admin.upload_address import UPLOADS
from bot.http.api_version import unversioned
from bot.http.counting import Counting
from bot.http.metrics import Metrics
from bot.http.middleware.rate_limit import BodyLimit, Places, RateLimit
from bot.http.middleware.route_kinds import bounds_of
from bot.http.options import HttpOptions

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = "max-age=31536000"
GZIP_FROM = 1000  # bytes; smaller answers fit in one packet anyway
GZIP_LEVEL = 4  # level 9 takes four times as long for 3 % fewer bytes
READABLE_HEADERS = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After")


class Outer:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, metrics: Metrics, base_path: str, secure: bool) -> None:
        """Surround ``app``; ``base_path`` is where a proxy serves it, ``secure`` says that people reach it by https only."""
        self._app = app
        self._metrics = metrics
        self._base_path = base_path
        headers = {**SAFE_HEADERS, "Strict-Transport-Security": A_YEAR} if secure else SAFE_HEADERS
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        head = scope["method"] == "HEAD"
        scope = {**scope, **self._place(scope["path"]), "method": "GET" if head else scope["method"]}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                safe = [header for header in self._headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *safe]}
                self._metrics.responded(_route_of(scope), message["status"], time.perf_counter() - started)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, send_on)

    def _place(self, path: str) -> dict[str, str]:
        """Return path and root path as ASGI wants them, whether the proxy has stripped the base path or not, and no version."""
        below = path.removeprefix(self._base_path) if path.startswith(f"{self._base_path}/") else path
        return {"root_path": self._base_path, "path": self._base_path + unversioned(below)}


def _route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered, never the address: that holds the question."""
    return getattr(scope.get("route"), "path", "other")


class NoSlashAtEnd:
    """ASGI middleware in front of the routes, none of which ends with a slash but the first page."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or scope["method"] != "GET" or path == "/" or not path.endswith("/"):
            await self._app(scope, receive, send)
            return
        # One slash in front and none doubled by a backslash: "//host" would be another server to a browser.
        there = scope.get("root_path", "") + "/" + quote(path.strip("/"))
        query = scope["query_string"].decode("latin-1")
        # The address may hold a question: no cache keeps it.
        redirect = RedirectResponse(
            f"{there}?{query}" if query else there, HTTPStatus.PERMANENT_REDIRECT, {"Cache-Control": "no-store"}
        )
        await redirect(scope, receive, send)


def add_middleware(app: FastAPI, metrics: Metrics, options: HttpOptions, counting: Counting) -> None:
    """Add what surrounds the routes, the innermost first."""
    bounds = bounds_of(options)
    app.add_middleware(Places, bounds=bounds)  # within the limit of bodies: who sends slowly holds no place meanwhile
    app.add_middleware(BodyLimit, most_bytes=options.most_body_bytes, seconds=options.body_seconds, apart=UPLOADS)
    app.add_middleware(NoSlashAtEnd)
    app.add_middleware(RateLimit, bounds=bounds, counting=counting)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    if options.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Content-Type", "If-None-Match"),
            expose_headers=READABLE_HEADERS,
        )
    app.add_middleware(Outer, metrics=metrics, base_path=options.base_path, secure=options.public_url.startswith("https://"))
