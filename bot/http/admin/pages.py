"""The operator's pages: to log in and out, to read what was asked and said, to see jobs and builds before anything is made live.

Comes in: a form, or requests that are let in. Goes out: pages without a script, in words and times instead of ids, or the way to
where the operator wanted to go. Refuses to lead anywhere but to our own pages, and to change anything: buttons lead to
``bot.http.admin.keeping``. Logging in takes the token once, and then the cookie of a session.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.http.admin.keeping import PAGE, Keeping
from bot.http.admission.admission import LOGIN, Admission
from bot.http.admission.senders import check_sender
from bot.http.caching import NO_STORE
from bot.http.http_state import HttpState
from bot.http.templates import Templates
from bot.http.times import as_written
from bot.state.admin_jobs import Job, JobState
from bot.state.reports import csv_of
from index.documents.store import Records
from index.errors import UnknownPassage

PAGES = ("/admin/index", "/admin")
_WRONG = "That is not the token. It stands in LOCALISM_ADMIN_TOKEN on the server."
# Under "no-referrer" a browser sends a form with the origin "null", which might be anybody's: these pages name themselves to us alone.
FOR_OPERATOR = {**NO_STORE, "Referrer-Policy": "same-origin"}
_WHAT = {"add": "Upload of", "publish": "Publishing of", "discard": "Discarding of", "rollback": "Going back to"}
_FAILED = "ended without success"
_STATES = {JobState.RUNNING: "at work", JobState.DONE: "done", JobState.INTERRUPTED: "interrupted"}
GONE = "an index that is not here any more"


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


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as the page says it."""

    job: Job
    title: str
    name: str
    when: str
    state: str
    index: str  # that it finished, or empty
    outcome: str  # what it would change, or empty


def keeping_page(keeping: Keeping, admission: Admission, templates: Templates) -> APIRouter:
    """Return the pages for people."""
    routes = APIRouter(include_in_schema=False, dependencies=[Depends(admission.check)])

    def shown(name: str, values: Mapping[str, object]) -> HTMLResponse:
        page = templates.page(name, values)
        page.headers.update(FOR_OPERATOR)
        return page

    @routes.get(PAGE, response_class=HTMLResponse)
    async def index_page() -> HTMLResponse:
        jobs = await run_in_threadpool(keeping.jobs.all)
        builds = await run_in_threadpool(keeping.builds)
        values = {
            "jobs": [_shown(job, builds) for job in jobs],
            "waiting": keeping.waiting_jobs(jobs),
            "elsewhere": await run_in_threadpool(keeping.elsewhere.jobs),
            "builds": builds,
            "most_bytes": keeping.options.most_upload_bytes,
        }
        return shown("keeping.html", values)

    @routes.get(f"{PAGE}/publish/{{job}}", response_class=HTMLResponse)
    async def before_publishing(job: str) -> HTMLResponse:
        found = await run_in_threadpool(keeping.waiting, job)
        builds = await run_in_threadpool(keeping.builds)
        return shown("confirm.html", {"address": f"jobs/{found.id}/publish", **_of_publishing(found, builds)})

    @routes.get(f"{PAGE}/rollback/{{build}}", response_class=HTMLResponse)
    async def before_going_back(build: str) -> HTMLResponse:
        await run_in_threadpool(keeping.check_was_live, build)
        builds = await run_in_threadpool(keeping.builds)
        return shown("confirm.html", {"address": f"builds/{build}/rollback", **_of_going_back(build, builds)})

    return routes


def _shown(job: Job, builds: Sequence[Mapping[str, Any]]) -> ShownJob:
    failed = job.state is JobState.DONE and job.code != 0
    return ShownJob(
        job=job,
        title=_WHAT.get(job.what, job.what),
        name=_index_named(job.name, builds) if job.what == "rollback" else job.name,
        when=as_written(job.begun),
        state=_FAILED if failed else _STATES[job.state],
        index=_index_named(job.build, builds) if job.build else "",
        outcome=changes_of(job),
    )


def _index_named(build: str, builds: Sequence[Mapping[str, Any]]) -> str:
    """Return what a person calls a build: the time when it was made."""
    made = next((one["created"] for one in builds if one["build"] == build), "")
    return f"the index of {as_written(made)}" if made else GONE


def changes_of(job: Job) -> str:
    """Return what the build of ``job`` changes: "3 documents read; 30 of 471 answers change: 20 improve, 4 worsen, 6 are others"."""
    report = next((one for one in job.printed if "documents" in one), None)
    if report is None:
        return ""
    new = sum(1 for document in report["documents"] if document.get("new") or document.get("id") == job.document)
    read = f"{new} document{'' if new == 1 else 's'} read"
    gate = report.get("gate")
    if not gate:
        return f"{read}; no answers were compared, because there are no golden questions"
    improved, worsened, others = (int(gate[name]) for name in ("improved", "worsened", "changed"))
    changed = improved + worsened + others
    parts = f": {improved} improve, {worsened} worsen, {others} are others" if changed else ""
    return f"{read}; {changed} of {gate['questions']} answers change{parts}"


def _of_publishing(job: Job, builds: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    return {
        "heading": f"Publish {job.name}?",
        "told": f"{changes_of(job)}. From then on everybody is answered from {_index_named(job.build, builds)}.",
        "button": "Publish",
    }


def _of_going_back(build: str, builds: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    by_id = {one["build"]: one for one in builds}
    live = next((one for one in builds if one["standing"] == "live"), None)
    if build not in by_id:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no build of that id.")
    then = f"It holds {by_id[build]['documents']} documents"
    now = f"; the live one, made on {as_written(live['created'])}, holds {live['documents']}" if live else ""
    return {
        "heading": f"Make {_index_named(build, builds)} live?",
        "told": f"{then}{now}. From then on everybody is answered from the older one, until you make another live.",
        "button": "Make live",
    }
