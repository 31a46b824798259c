"""Lead an address with a slash too many to the one without: "/sources/" to "/sources".

Comes in: a request. Goes out: the request, or a redirect to a path. Refuses to name a host: the one in the request is whatever the
client likes, and a cache between would send others there.
"""

from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


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
