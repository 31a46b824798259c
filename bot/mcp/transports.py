"""How programs reach us by MCP: at ``/mcp``, a route of another application; or one over standard input and output.

Comes in: a desk and what sites may send from, or an answer service. Goes out: a route, and what has to run while it is served; or
nothing, until the program closes the input. Refuses to keep sessions: each request stands for itself, so any process of any machine
may answer it; and to write anything else to the output.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer
from bot.mcp.server import Desk, make_server
from bot.worker_thread import OffLoop

PATH = "/mcp"
MOST_BODY_BYTES = 64 * 1024
_OWN = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_WAITING = 64


class Mounted:
    """The route, and its life."""

    def __init__(self, desk: Desk, origins: tuple[str, ...]) -> None:
        """Answer from ``desk``; pages of ``origins`` may ask from a browser, "*" for all."""
        server = make_server(desk)
        app = server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            max_request_body_size=MOST_BODY_BYTES,
            host="0.0.0.0",  # noqa: S104  # nothing is bound: it keeps the SDK from its own check, ours is below
        )
        (inner,) = [route for route in app.routes if isinstance(route, Route)]
        self.route = Route(PATH, endpoint=FromKnownSites(inner.endpoint, origins), methods=None)
        self._manager = server.session_manager

    def running(self) -> AbstractAsyncContextManager[None]:
        """Return what has to run while the route is served, once."""
        return self._manager.run()


class FromKnownSites:
    """ASGI application that refuses what a browser sends for a site that is not known; a program names no origin."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        """Guard ``app``."""
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        origin = Headers(scope=scope).get("origin", "")
        if origin and "*" not in self._origins and origin not in self._origins and urlsplit(origin).hostname not in _OWN:
            refusal = PlainTextResponse("Pages of that site may not ask here: see LOCALISM_ALLOWED_ORIGINS.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def serve_stdio(service: AnswerSource, public: str) -> None:
    """Answer from ``service`` until the input ends; ``public`` is the address of the page for people, or empty."""
    off_loop = OffLoop("mcp", _MOST_WAITING)

    async def ask(question: str, limit: int, documents: tuple[str, ...] | None) -> Answer:
        return await off_loop.run(service.answer, question, limit, None, (), documents)

    server = make_server(Desk(service, ask, off_loop, lambda _: 0, public))
    try:
        asyncio.run(server.run_stdio_async())
    finally:
        off_loop.close()
