"""All routes of the HTTP surface, in the order in which they are looked through; and those that are the same whatever was asked.

Comes in: what every route needs. Goes out: an application that has them: help, privacy, how to embed, and the files that browsers
fetch beside the pages among them. Refuses to know what surrounds them.
"""

from http import HTTPStatus

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from bot.answering.wording import EXPLANATIONS, HEADLINES
from bot.http.admin.pages import admin_routes, login_routes
from bot.http.api.ask import ask_routes, feedback_routes
from bot.http.api.health import health_routes
from bot.http.api.library import document_routes, passage_routes
from bot.http.api.openapi import api_pages
from bot.http.api.passages import picture_routes
from bot.http.http_state import HttpState
from bot.http.options import HttpOptions
from bot.http.pages.ask import page_routes
from bot.http.pages.library import library_pages
from bot.http.templates import STATIC, Templates

_FOR_ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}


def add_routes(app: FastAPI, state: HttpState, templates: Templates) -> None:
    """Add every route to ``app``."""
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
        api_pages(app, state, templates),
        plain_pages(state.options, templates),
    ):
        # Put in as they are: in an included router each request is matched three times.
        app.router.routes.extend(routes.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def plain_pages(options: HttpOptions, templates: Templates) -> APIRouter:
    """Return the routes of the pages about this site, and of what browsers fetch beside the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/help", response_class=HTMLResponse)
    async def help_page() -> Response:
        headlines = {status.value: text for status, text in HEADLINES.items()}
        explanations = {status.value: text for status, text in EXPLANATIONS.items()}
        return templates.page("help.html", {"here": "/help", "headlines": headlines, "explanations": explanations})

    @routes.get("/privacy", response_class=HTMLResponse)
    async def privacy_page() -> Response:
        return templates.page("privacy.html", {})

    @routes.get("/embed", response_class=HTMLResponse)
    async def embed_page() -> Response:
        return templates.page("embed.html", {})

    @routes.get("/manifest.webmanifest")
    async def manifest() -> Response:
        return templates.text("manifest.webmanifest", "application/manifest+json")

    @routes.get("/opensearch.xml")
    async def opensearch() -> Response:
        # A browser that keeps the description needs whole addresses, and the host that a request names is not believed.
        if not options.public_url:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return templates.text("opensearch.xml", "application/opensearchdescription+xml")

    @routes.get("/widget.js")
    async def widget() -> Response:
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=_FOR_ANY_SITE)

    return routes
