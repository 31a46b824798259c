"""Refuse a request body that is too long or takes too long, before anything reads it.

Comes in: a request. Goes out: the request with its whole body in hand, or a problem. Refuses to look into the body.
"""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.problems import problem


class BodyTooLongError(Exception):
    """More bytes came than are allowed."""


class BodyLimit:
    """ASGI middleware that gathers the body within its limits; requests without a body pass untouched."""

    def __init__(self, app: ASGIApp, most_bytes: int, seconds: float, apart: str) -> None:
        """Guard ``app``, but for the address ``apart``, which takes far more and sees to its limits itself."""
        self._app = app
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._scope_margin = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not _has_body(scope) or self._is_apart(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._gathered(receive), self._seconds)
        except BodyTooLongError:
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {self._most_bytes:,} bytes.")
        except TimeoutError:
            refusal = problem(HTTPStatus.REQUEST_TIMEOUT, f"The body took longer than {self._seconds:g} seconds.")
        else:
            await self._app(scope, _replayed(body, receive), send)
            return
        # What was not read is still on its way: the connection cannot be used for another request.
        refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)

    def _is_apart(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return path == self._scope_margin

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
