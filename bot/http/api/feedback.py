"""Feedback on passages, from the page's buttons (a form) and from programs (JSON).

Comes in: a passage, a verdict and the question that it answered. Goes out: nothing but thanks. Refuses to keep who said it.
"""

from contextlib import suppress
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.http.api.openapi import problems
from bot.http.api.schemas import SaidBody
from bot.http.http_state import HttpState
from bot.http.templates import Templates
from bot.state.feedback import Verdict
from index.errors import QuestionError


def feedback_routes(state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes that take feedback; without a folder for it they answer 404."""
    routes = APIRouter(tags=["feedback"])

    @routes.post("/api/feedback", status_code=204, responses=problems(404, 408, 413, 422, 429, 503))
    async def say(said: SaidBody) -> Response:
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
    if state.feedback is None:
        raise HTTPException(404, "This server keeps no feedback.")
    passage, verdict = state.build.records.passage(said.passage), Verdict(said.verdict)
    if state.questions is not None and said.question:
        with suppress(
            QuestionError
        ):  # what nobody can have asked is not kept; what was said of the passage counts all the same
            state.questions.judge(said.question, passage.id, passage.document_id, verdict)
    state.feedback.add(passage.id, passage.document_id, verdict)
