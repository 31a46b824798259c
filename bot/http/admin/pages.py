"""The operator's pages to log in and out, and to read what was asked and said.

Comes in: a form, or who may see the reports. Goes out: a page, or the way to where the operator wanted to go. Refuses to lead
anywhere but to our own pages. Logging in takes the token once, and then the cookie of a session; it works without a script.
"""

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.http.admission.admission import LOGIN, Admission
from bot.http.admission.senders import check_sender
from bot.http.http_state import HttpState
from bot.http.templates import Templates
from bot.state.table_cells import csv_of
from index.documents.store import Records
from index.errors import UnknownPassage

PAGES = ("/admin/index", "/admin")
_WRONG = "That is not the token. It stands in LOCALISM_ADMIN_TOKEN on the server."
NO_STORE = {"Cache-Control": "no-store"}
# Under "no-referrer" a browser sends a form with the origin "null", which might be anybody's: these pages name themselves to us alone.
FOR_OPERATOR = {**NO_STORE, "Referrer-Policy": "same-origin"}


def login_routes(admission: Admission, templates: Templates) -> APIRouter:
    """Return the routes to log in and out."""
    routes = APIRouter(include_in_schema=False)

    def page(to: str, fault: str = "", status: int = HTTPStatus.OK) -> HTMLResponse:
        shown = templates.page("login.html", {"to": _page_of_ours(to), "fault": fault}, HTTPStatus(status))
        shown.headers.update(FOR_OPERATOR)
        return shown

    def lead(address: str) -> RedirectResponse:
        # A path and no host: what a client says of our name leads nowhere.
        return RedirectResponse(admission.base_path + address, HTTPStatus.SEE_OTHER, NO_STORE)

    @routes.get(LOGIN)
    async def login_page(to: str = "") -> HTMLResponse:
        admission.check_exists()
        return page(to)

    @routes.post(LOGIN)
    async def log_in(request: Request) -> Response:
        admission.check_exists()
        check_sender(request, admission.public_url)
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        to, offered = fields.get("to", [""])[0], fields.get("token", [""])[0].strip()
        try:
            right = admission.is_right(request, offered)
        except HTTPException as refusal:
            refused = page(to, refusal.detail, refusal.status_code)
            refused.headers.update(refusal.headers or {})
            return refused
        if not right:
            return page(to, _WRONG, HTTPStatus.UNAUTHORIZED)
        response = lead(_page_of_ours(to))
        admission.open_session(request, response)
        return response

    @routes.post("/admin/logout")
    async def log_out(request: Request) -> Response:
        admission.check_exists()
        check_sender(request, admission.public_url)
        response = lead(LOGIN)
        await run_in_threadpool(admission.end_session, request, response)
        return response

    return routes


def _page_of_ours(to: str) -> str:
    return to if to in PAGES else PAGES[0]


class _Names:
    """What people call a passage and a document, as far as the build still holds them."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._titles = {document.id: document.title for document in records.documents}

    def passage(self, passage_id: str) -> str:
        try:
            found = self._records.passage(passage_id)
        except UnknownPassage:
            return "a passage that is not here any more"
        return found.section[-1] if found.section else f"page {found.page_number}"

    def document(self, document_id: str) -> str:
        return self._titles.get(document_id, document_id)


def admin_routes(state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes of the reports."""
    routes = APIRouter(prefix="/admin", include_in_schema=False, dependencies=[Depends(state.admission.check)])

    @routes.get("", response_class=HTMLResponse)
    async def reports() -> HTMLResponse:
        questions = await state.answering.run(state.kept.questions.not_answered) if state.kept.questions else []
        feedback = await state.answering.run(state.kept.feedback.rows) if state.kept.feedback else []
        judged = await state.answering.run(state.kept.questions.judged) if state.kept.questions else []
        values = {"questions": questions, "feedback": feedback, "judged": judged, "names": _Names(state.build.records)}
        page = await state.answering.run(templates.page, "admin.html", values)
        page.headers.update(FOR_OPERATOR)
        return page

    @routes.get("/questions.csv")
    async def questions_as_csv() -> Response:
        rows = await state.answering.run(state.kept.questions.not_answered) if state.kept.questions else []
        headers = {"Content-Disposition": 'attachment; filename="questions.csv"', **NO_STORE}
        return Response(csv_of(rows), media_type="text/csv; charset=utf-8", headers=headers)

    return routes
