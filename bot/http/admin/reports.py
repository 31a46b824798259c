"""Reports for the operator: what was asked and not found, and what people said of passages. Only for who may see them.

Comes in: a request that is let in. Goes out: a page, or CSV. Refuses to exist where no token is set.
"""

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from bot.http.http_state import HttpState
from bot.http.templates import Templates
from bot.state.question_log import csv_of

NO_STORE = {"Cache-Control": "no-store"}


def admin_routes(state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes of the reports."""
    routes = APIRouter(prefix="/admin", include_in_schema=False, dependencies=[Depends(state.admission.check)])

    @routes.get("", response_class=HTMLResponse)
    async def reports() -> HTMLResponse:
        questions = await state.answering.run(state.questions.not_answered) if state.questions else []
        feedback = await state.answering.run(state.feedback.rows) if state.feedback else []
        judged = await state.answering.run(state.questions.judged) if state.questions else []
        page = templates.page("admin.html", {"questions": questions, "feedback": feedback, "judged": judged})
        page.headers.update(NO_STORE)
        return page

    @routes.get("/questions.csv")
    async def questions_as_csv() -> Response:
        rows = await state.answering.run(state.questions.not_answered) if state.questions else []
        headers = {"Content-Disposition": 'attachment; filename="questions.csv"', **NO_STORE}
        return Response(csv_of(rows), media_type="text/csv; charset=utf-8", headers=headers)

    return routes
