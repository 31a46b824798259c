"""Pictures of PDF pages, drawn on demand; and how addresses name passages and documents.

Comes in: an id, or a document and a page number. Goes out: PNG, held in memory within bounds. Refuses any path: what is drawn is
named by the build.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from bot.http.api.known_parameters import known_parameters_only
from bot.http.api.openapi import NOT_MODIFIED, Described, problems
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState
from bot.pictures.page_pictures import LEAST_WIDTH, MOST_WIDTH, USUAL_WIDTH

PassageId = Annotated[str, Path(max_length=64, description="Id of a passage.")]
DocumentIdPath = Annotated[str, Path(max_length=200, description="Id of a document.")]
PNG = "image/png"
A_DAY = "public, max-age=86400"
Width = Annotated[int, Query(ge=LEAST_WIDTH, le=MOST_WIDTH, description="In pixels; rounded up to hundreds.")]
_DESCRIBED: Described = {
    200: {"description": "The picture.", "content": {PNG: {"schema": {"type": "string", "format": "binary"}}}},
    **NOT_MODIFIED,
    **problems(404, 422, 429, 503),
}


def picture_routes(state: HttpState) -> APIRouter:
    """Return the routes to pictures of pages."""
    routes = APIRouter(prefix="/api", tags=["pictures"], dependencies=[Depends(known_parameters_only)])

    @routes.get("/passages/{passage_id}/picture", responses=_DESCRIBED, response_class=Response)
    async def get_picture_of_passage(request: Request, passage_id: PassageId, width: Width = USUAL_WIDTH) -> Response:
        """Give the picture of a passage's page with the passage marked."""
        step = _step(width)
        return await given(request, ("passage", passage_id, step), lambda: state.pictures.of_passage(passage_id, step))

    @routes.get("/documents/{document_id}/pages/{number}/picture", responses=_DESCRIBED, response_class=Response)
    async def get_picture_of_page(
        request: Request,
        document_id: DocumentIdPath,
        number: Annotated[int, Path(description="1-based, physical.")],
        width: Width = USUAL_WIDTH,
    ) -> Response:
        """Give the picture of a page."""
        step = _step(width)
        return await given(
            request, ("page", document_id, number, step), lambda: state.pictures.of_page(document_id, number, step)
        )

    async def given(request: Request, key: tuple[str | int, ...], draw: Callable[[], bytes]) -> Response:
        etag = etag_of(state, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        picture = await state.cache.get((state.build.id, *key), lambda: state.drawing.run(_timed, state, draw))
        return Response(picture, media_type=PNG, headers=cache_headers(etag, A_DAY))

    return routes


def _timed(state: HttpState, draw: Callable[[], bytes]) -> bytes:
    with state.metrics.step("picture"):
        return draw()


def _step(width: int) -> int:
    """Return ``width`` rounded up to hundreds: a client that asks for every width must not have every one drawn."""
    return min(-(-width // 100) * 100, MOST_WIDTH)
