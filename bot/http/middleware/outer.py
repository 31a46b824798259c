"""What surrounds every response: safe headers, HEAD, and the count of it.

Comes in: a request and its response on the way out. Goes out: the same with headers. Refuses to look into either body.
"""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.metrics import Metrics

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
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
        """Return path and root path as ASGI wants them, whether the proxy has stripped the base path or not."""
        below = path.startswith(f"{self._base_path}/")
        return {"root_path": self._base_path, "path": path if below else self._base_path + path}


def _route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered, never the address: that holds the question."""
    return getattr(scope.get("route"), "path", "other")
