"""``/api/ask``, by GET and by POST, and the one way from a question over HTTP to an Answer; what people say of passages.

Comes in: a question from outside, or a passage, a verdict and the question that it answered. Goes out: the service's Answer,
counted and, where the operator wants it, logged without identity, as it is or as ``answer_json``; or nothing but thanks. Refuses to
rank, filter and word anything, and to keep who said what.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from bot.answering.answer_text import answer_json
from bot.answering.answers import Answer
from bot.answering.library import documents_of_kind
from bot.answering.limits import DEFAULT_PASSAGES
from bot.http.api.openapi import NOT_MODIFIED, problems
from bot.http.api.schemas import AnswerBody, AskBody, AskQuery, SaidBody
from bot.http.caching import cache_headers, etag_of, not_modified
from bot.http.http_state import HttpState
from bot.http.templates import Templates
from bot.state.feedback import Verdict
from index.errors import QuestionError
from index.records import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and where to look."""

    question: str = ""
    limit: int = DEFAULT_PASSAGES
    document: str = ""  # id, or empty for all
    kind: str = ""  # or empty for all
    earlier: Sequence[str] = ()  # questions of the conversation, oldest first
    documents: Sequence[str] | None = None  # ids of several; None for all


async def answer_to(state: HttpState, asked: Asked) -> Answer:
    """Return the answer to ``asked``.

    Raises:
        LocalismError: it cannot be asked so, or not now.
    """
    answer = await state.asking.run(_answer, state, asked)
    state.metrics.answered(answer.status.value)
    return answer


def _answer(state: HttpState, asked: Asked) -> Answer:
    with state.metrics.answering(state.build.encoder):
        answer = state.service.answer(
            asked.question, asked.limit, asked.document or None, tuple(asked.earlier), _documents(state, asked)
        )
    if state.kept.questions is not None:
        state.kept.questions.add(asked.question, answer.status)
    return answer


def _documents(state: HttpState, asked: Asked) -> Sequence[str] | None:
    if not asked.kind:
        return asked.documents
    try:
        return documents_of_kind(state.build, Kind(asked.kind))
    except ValueError:
        names = ", ".join(known.value for known in Kind)
        raise QuestionError(f"There is no such kind of source. The kinds are: {names}.") from None


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


def feedback_routes(state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes that take feedback; without a folder for it they answer 404."""
    routes = APIRouter(tags=["feedback"])

    @routes.post("/api/feedback", status_code=204, responses=problems(404, 408, 413, 422, 429, 503))
    async def give_feedback(said: SaidBody) -> Response:
        """Say that a passage was helpful, not helpful, or on the wrong page. Nothing about you is kept."""
        await state.answering.run(_keep, state, said)
        return Response(status_code=204)

    @routes.post("/feedback", include_in_schema=False, response_class=HTMLResponse)
    async def say_by_form(request: Request) -> HTMLResponse:
        # A few short fields: no reason to bring in a library that also reads uploads.
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        said = SaidBody.model_validate({name: values[0] for name, values in fields.items()})
        await state.answering.run(_keep, state, said)
        return templates.page("thanks.html", {"passage": said.passage})

    return routes


def _keep(state: HttpState, said: SaidBody) -> None:
    if state.kept.feedback is None:
        raise HTTPException(404, "This server keeps no feedback.")
    passage, verdict = state.build.records.passage(said.passage), Verdict(said.verdict)
    if state.kept.questions is not None and said.question:
        with suppress(
            QuestionError
        ):  # what nobody can have asked is not kept; what was said of the passage counts all the same
            state.kept.questions.judge(said.question, passage.id, passage.document_id, verdict)
    state.kept.feedback.add(passage.id, passage.document_id, verdict)
