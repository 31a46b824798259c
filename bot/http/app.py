"""Put the HTTP surface together.

Comes in: the answer service and the operator's choices. Goes out: an ASGI application. Refuses to read settings and to open builds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from bot.answering.answer_source import AnswerSource
from bot.http.admission.admission import Admission, door
from bot.http.api.openapi import describe
from bot.http.counting import keep_exchanging
from bot.http.http_state import set_up
from bot.http.metrics import Gateway
from bot.http.middleware.stack import add_middleware
from bot.http.options import HttpOptions
from bot.http.problems import add_problem_handlers
from bot.http.routes import add_routes
from bot.http.templates import Templates, edition_of


def create_app(
    service: AnswerSource, options: HttpOptions, gateway: Gateway | None = None, admission: Admission | None = None
) -> FastAPI:
    """Return the application that answers over HTTP from ``service``; health shows ``gateway``, the connection to Discord, too.

    ``admission`` is the door to the operator's pages, where others share it.
    """
    state = set_up(service, options, edition_of(options), gateway, admission or door(options))
    templates = Templates(options)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        together = asyncio.create_task(keep_exchanging(state.counting))
        async with AsyncExitStack() as beside:
            for running in app.state.beside:
                await beside.enter_async_context(running())
            yield
        together.cancel()
        await asyncio.gather(together, return_exceptions=True)
        state.close()

    app = FastAPI(
        title="Localism",
        summary="Answers questions with passages quoted word for word.",
        version="1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from other sites; /api is ours
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the client named; see bot.http.middleware.stack
        lifespan=lifespan,
        # No traces, ever: the address of a request holds the question.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.state.http = state
    app.state.beside = []  # what others who add routes have running meanwhile: functions that give asynchronous contexts
    describe(app, options.public_url.rstrip("/") + options.base_path)
    add_problem_handlers(app, templates.page_of_problem)
    add_routes(app, state, templates)
    add_middleware(app, state.metrics, options, state.counting)
    return app
