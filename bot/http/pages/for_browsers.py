"""What browsers fetch beside the pages: the manifest, the description of our search, the widget's script for other sites.

Comes in: an address. Goes out: a file that may be held for an hour. Refuses to know the build.
"""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from bot.http.options import HttpOptions
from bot.http.templates import STATIC, Templates

_FOR_ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}


def browser_files(options: HttpOptions, templates: Templates) -> APIRouter:
    """Return the routes of what browsers fetch beside the pages."""
    routes = APIRouter(include_in_schema=False)

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
