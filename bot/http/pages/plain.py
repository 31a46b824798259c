"""Pages that say the same to everyone: help, privacy, API, and how to put the box on another site; and the widget's script.

Comes in: an address. Goes out: HTML, or the script. Refuses to know the build.
"""

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse

from bot.answering.wording import EXPLANATIONS, HEADLINES
from bot.http.templates import STATIC, Templates

_FOR_ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}


def plain_pages(app: FastAPI, templates: Templates) -> APIRouter:
    """Return the routes of the pages that do not depend on the build; ``app`` is described on the API page."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/help")
    async def help_page() -> Response:
        headlines = {status.value: text for status, text in HEADLINES.items()}
        explanations = {status.value: text for status, text in EXPLANATIONS.items()}
        return templates.page("help.html", {"here": "/help", "headlines": headlines, "explanations": explanations})

    @routes.get("/privacy")
    async def privacy_page() -> Response:
        return templates.page("privacy.html", {})

    @routes.get("/embed")
    async def embed_page() -> Response:
        return templates.page("embed.html", {})

    @routes.get("/api")
    async def api_page() -> Response:
        return templates.page("api.html", {"operations": operations_of(app)})

    @routes.get("/widget.js")
    async def widget() -> Response:
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=_FOR_ANY_SITE)

    return routes


def operations_of(app: FastAPI) -> list[tuple[str, str, str]]:
    """Return method, path and one sentence for each operation that ``app`` describes."""
    return [
        (method.upper(), path, operation["description"])
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    ]
