"""A route for what reads its request itself and gives a finished response.

Comes in: a function from a request to a response. Goes out: a route that FastAPI describes and that does nothing else around it.
Refuses to know what the function does. FastAPI's own way to a function (dependencies, parameters, places to clean up) costs as much as
all the rest of HTTP, whether any of it is used or not.
"""

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send
from typing_extensions import override


class PlainRoute(APIRoute):
    """Calls its function with the request and sends what it returns; errors go to the handlers of problems as from any route."""

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)
