"""``/api/ask``: a question in, the answer object out, by GET and by POST.

Comes in: a question from outside. Goes out: ``answer_json`` of its Answer. Refuses to rank, filter and word anything.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic_core import to_json

from bot.answering.answer_json import answer_json
from bot.answering.answers import Answer
from bot.http.answering import Asked, answer_to
from bot.http.api.openapi import NOT_MODIFIED, problems
from bot.http.api.schemas import AnswerBody, AskBody, AskQuery
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState


def ask_routes(state: HttpState) -> APIRouter:
    """Return the routes that answer questions."""
    routes = APIRouter(prefix="/api", tags=["ask"])
    described: dict[int | str, dict[str, Any]] = {200: {"model": AnswerBody, "description": "The answer."}}
    described |= problems(404, 422, 429, 503)

    @routes.get("/ask", responses=described | NOT_MODIFIED, response_class=JSONResponse)
    async def ask(request: Request, asked: Annotated[AskQuery, Query()]) -> Response:
        """Answer a question with passages word for word, or say that nothing was found."""
        etag = etag_of(state, request)
        held = not_modified(request, etag)
        if held is not None:
            return held
        answer = await answer_to(state, Asked(asked.q, asked.limit, asked.document or "", asked.kind or "", asked.context))
        return _sent(answer, cache_headers(etag))

    @routes.post("/ask", responses=described | problems(408, 413), response_class=JSONResponse)
    async def ask_with_body(asked: AskBody) -> Response:
        """Answer a question that is sent in the body, so that it stands in no address."""
        answer = await answer_to(
            state, Asked(asked.question, asked.limit, asked.document or "", asked.kind or "", asked.context)
        )
        return _sent(answer, {"Cache-Control": "no-store"})

    return routes


def _sent(answer: Answer, headers: dict[str, str]) -> Response:
    # pydantic's writer takes a fifth of the time of the standard library's.
    return Response(to_json(answer_json(answer)), media_type="application/json", headers=headers)
