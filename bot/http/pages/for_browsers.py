"""What is the same whatever was asked: help, privacy, how to embed; and the files that browsers fetch beside the pages.

Comes in: an address. Goes out: HTML, or a file that may be held for an hour. Refuses to know the build.
"""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

from bot.answering.wording import EXPLANATIONS, HEADLINES
from bot.http.options import HttpOptions
from bot.http.templates import STATIC, Templates

_FOR_ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}


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
