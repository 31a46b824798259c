"""Put the HTTP surface together.

Comes in: the answer service and the operator's choices. Goes out: an ASGI application. Refuses to read settings and to open builds.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from bot.answering.answer_source import AnswerSource
from bot.http.admin.login import login_routes
from bot.http.admin.reports import admin_routes
from bot.http.admin.upload_address import UPLOADS
from bot.http.admission.admission import Admission, door
from bot.http.api.ask import ask_routes
from bot.http.api.feedback import feedback_routes
from bot.http.api.health import health_routes
from bot.http.api.library import document_routes, passage_routes
from bot.http.api.openapi import describe
from bot.http.api.pictures import picture_routes
from bot.http.gateway import Gateway
from bot.http.http_state import HttpState, set_up
from bot.http.middleware.body_limit import BodyLimit
from bot.http.middleware.outer import Outer
from bot.http.middleware.places import Places
from bot.http.middleware.rate_limit import RateLimit
from bot.http.middleware.route_kinds import bounds_of
from bot.http.middleware.slashes import NoSlashAtEnd
from bot.http.options import HttpOptions
from bot.http.pages.ask import page_routes
from bot.http.pages.library import library_pages
from bot.http.pages.plain import plain_pages
from bot.http.problems import add_problem_handlers
from bot.http.templates import STATIC, Templates, edition_of

GZIP_FROM = 1000  # bytes; smaller answers fit in one packet anyway
GZIP_LEVEL = 4  # level 9 takes four times as long for 3 % fewer bytes
READABLE_HEADERS = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After")


def create_app(
    service: AnswerSource, options: HttpOptions, gateway: Gateway | None = None, admission: Admission | None = None
) -> FastAPI:
    """Return the application that answers over HTTP from ``service``; health shows ``gateway``, the connection to Discord, too.

    ``admission`` is the door to the operator's pages, where others share it.
    """
    state = set_up(service, options, edition_of(options), gateway, admission or door(options))
    templates = Templates(options)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        state.close()

    app = FastAPI(
        title="Localism",
        summary="Answers questions about localism in England with passages quoted word for word.",
        version="1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from other sites; /api is ours
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the client named; see bot.http.middleware.slashes
        lifespan=lifespan,
        # No traces, ever: the address of a request holds the question.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    describe(app)
    add_problem_handlers(app, templates.page_of_problem)
    _add_routes(app, state, templates)
    _add_middleware(app, state)
    return app


def _add_routes(app: FastAPI, state: HttpState, templates: Templates) -> None:
    # Looked through in this order for every request: what is asked for most stands first.
    for routes in (
        ask_routes(state),
        page_routes(state, templates),
        document_routes(state),
        passage_routes(state),
        picture_routes(state),
        feedback_routes(state, templates),
        health_routes(state),
        admin_routes(state, templates),
        login_routes(state.admission, templates),
        library_pages(state, templates),
        plain_pages(app, templates),
    ):
        # Put in as they are: in an included router each request is matched three times.
        app.router.routes.extend(routes.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _add_middleware(app: FastAPI, state: HttpState) -> None:
    """Add what surrounds the routes, the innermost first."""
    options = state.options
    bounds = bounds_of(options)
    app.add_middleware(Places, bounds=bounds)  # within the limit of bodies: who sends slowly holds no place meanwhile
    app.add_middleware(BodyLimit, most_bytes=options.most_body_bytes, seconds=options.body_seconds, apart=UPLOADS)
    app.add_middleware(NoSlashAtEnd)
    app.add_middleware(RateLimit, bounds=bounds)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    if options.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Content-Type", "If-None-Match"),
            expose_headers=READABLE_HEADERS,
        )
    app.add_middleware(
        Outer, metrics=state.metrics, base_path=options.base_path, secure=options.public_url.startswith("https://")
    )
