"""``/admin/index``: jobs and builds for people, and a page that says what changes before anything is made live. Only for who may.

Comes in: requests that are let in. Goes out: pages without a script, in words and times instead of ids. Refuses to change anything:
its buttons lead to ``bot.http.admin.keeping``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.http.admin.keeping import PAGE, Keeping
from bot.http.admin.pages import FOR_OPERATOR
from bot.http.admission.admission import Admission
from bot.http.templates import Templates
from bot.http.times import as_written
from bot.state.admin_jobs import Job, JobState

_WHAT = {"add": "Upload of", "publish": "Publishing of", "discard": "Discarding of", "rollback": "Going back to"}
_FAILED = "ended without success"
_STATES = {JobState.RUNNING: "at work", JobState.DONE: "done", JobState.INTERRUPTED: "interrupted"}
GONE = "an index that is not here any more"


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
