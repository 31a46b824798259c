"""``/api/ask``: a question in, the answer object out, by GET and by POST.

Comes in: a question from outside. Goes out: ``answer_json`` of its Answer. Refuses to rank, filter and word anything.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from bot.answer_json import answer_json
from bot.answers import DEFAULT_PASSAGES, MOST_PASSAGES
from bot.http.answering import Asked, answer_to
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.desk import Desk
from bot.http.openapi import NOT_MODIFIED, problems
from bot.http.schemas import MOST_EARLIER, AnswerBody, AskBody, DocumentId, Earlier, KindName, Question


def ask_routes(desk: Desk) -> APIRouter:
    """Return the routes that answer questions."""
    routes = APIRouter(prefix="/api", tags=["ask"])
    described: dict[int | str, dict[str, Any]] = {200: {"model": AnswerBody, "description": "The answer."}}
    described |= problems(404, 422, 429, 503)

    @routes.get("/ask", responses=described | NOT_MODIFIED, response_class=JSONResponse)
    async def ask(
        request: Request,
        q: Annotated[Question, Query()],
        context: Annotated[
            list[Earlier], Query(default_factory=list, max_length=MOST_EARLIER, description="Earlier questions, oldest first.")
        ],
        limit: Annotated[int, Query(ge=1, le=MOST_PASSAGES, description="How many passages at most.")] = DEFAULT_PASSAGES,
        document: Annotated[DocumentId | None, Query()] = None,
        kind: Annotated[KindName | None, Query()] = None,
    ) -> Response:
        """Answer a question with passages word for word, or say that nothing was found."""
        etag = etag_of(desk, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        answer = await answer_to(desk, Asked(q, limit, document or "", kind or "", context))
        return JSONResponse(answer_json(answer), headers=cache_headers(etag))

    @routes.post("/ask", responses=described | problems(408, 413), response_class=JSONResponse)
    async def ask_with_body(asked: AskBody) -> Response:
        """Answer a question that is sent in the body, so that it stands in no address."""
        answer = await answer_to(
            desk, Asked(asked.question, asked.limit, asked.document or "", asked.kind or "", asked.context)
        )
        return JSONResponse(answer_json(answer), headers={"Cache-Control": "no-store"})

    return routes
