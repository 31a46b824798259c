"""``/api/admin/…``: what uploaded documents would change, and to publish or discard that. Only for who may.

Comes in: requests that are let in. Goes out: jobs and builds as JSON; ``keeping_page`` shows them to people. Refuses to decide who may
(see ``bot.http.admission.admission``), and to do any of the work: that is a job of its own process. Uploads come in by
``bot.http.admin.uploads``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.http.admin.upload_address import API
from bot.http.admission.admission import Admission
from bot.http.caching import NO_STORE
from bot.http.options import KeepingOptions
from bot.state.admin_jobs import Job, Jobs, JobState
from bot.state.job_board import Claimed, claim
from bot.state.machines import OtherMachines
from index.build.history import finished_builds, live_id
from index.build.hold_reason import once_live, read_hold_reasons, waiting_builds
from index.build.manifest import Manifest
from index.errors import BuildError

JOBS_FOLDER = ".jobs"
PAGE = "/admin/index"
BUSY = "Another upload is at work, was interrupted, or waits to be published."
WAIT = "600"  # seconds that a job waits for another to end


class Keeping:
    """What an operator may do over the web."""

    def __init__(self, options: KeepingOptions) -> None:
        """Keep jobs beside the builds."""
        self.options = options
        self.jobs = Jobs(options.builds / JOBS_FOLDER)
        self.elsewhere = OtherMachines(options.state)

    def start(self, what: str, name: str, commands: Sequence[Sequence[str]], folder: Path | None = None) -> Job:
        """Start a job of commands, each with the folders of this server."""
        where = ("--json", "--corpus", str(self.options.corpus), "--index", str(self.options.builds), "--wait", WAIT)
        job = self.jobs.start(folder or self.jobs.prepare(), what, name, [(*command, *where) for command in commands])
        self.elsewhere.post(self.seen())  # before the claim ends: whoever comes next must see it
        return job

    def job(self, job: str) -> Job:
        """Return a job; 404 where there is none of that id, 409 where it lies on another machine."""
        try:
            return self.jobs.get(job)
        except KeyError:
            pass
        for other in self.elsewhere.jobs():
            if other["id"] == job:
                sentence = f"This job lies on the machine {other['machine']}. Open the operator's pages there."
                raise HTTPException(HTTPStatus.CONFLICT, sentence)
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no job of that id.")

    def seen(self) -> list[dict[str, Any]]:
        """Return the jobs of this machine as the others see them."""
        jobs = self.jobs.all()
        waiting = self.waiting_jobs(jobs)
        return [{**job.json(), "waiting": job.id in waiting} for job in jobs]

    def waiting(self, job: str) -> Job:
        """Return a job whose build waits for a person; 409 where it does not."""
        found = self.job(job)
        if found.id not in self.waiting_jobs([found]):
            raise HTTPException(HTTPStatus.CONFLICT, "This job has no build that waits to be published.")
        return found

    def waiting_jobs(self, jobs: Sequence[Job]) -> set[str]:
        """Return the ids of those among ``jobs`` whose build waits for a person to publish or discard it."""
        waiting = waiting_builds(self.options.builds)
        return {job.id for job in jobs if job.what == "add" and job.build in waiting}

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Let no other upload begin or go on meanwhile; 409 where one does at this moment."""
        try:
            with claim(self.options.builds / JOBS_FOLDER), self.elsewhere.claim():
                yield
        except Claimed:
            raise HTTPException(HTTPStatus.CONFLICT, BUSY) from None

    def busy(self) -> bool:
        """Tell whether an upload is at work, was interrupted, or waits for a person."""
        jobs = self.jobs.all()
        here = bool(self.waiting_jobs(jobs)) or any(job.what == "add" and job.state is not JobState.DONE for job in jobs)
        return here or self.elsewhere.busy()

    def resume(self, job: str) -> Job:
        """Let an interrupted job go on; 409 where it was not interrupted, or is let go on by somebody else."""
        try:
            with self.claim():
                return self.jobs.resume(self.job(job).id)
        except ValueError:
            raise HTTPException(HTTPStatus.CONFLICT, "This job was not interrupted.") from None

    def check_was_live(self, build: str) -> None:
        """Answer 404 where there is no such build, 409 where it was never live."""
        if build not in finished_builds(self.options.builds):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no build of that id.")
        if build not in once_live(self.options.builds):
            raise HTTPException(HTTPStatus.CONFLICT, "Only a build that was live before can be made live again.")

    def builds(self) -> list[dict[str, Any]]:
        """Return all builds, the newest first."""
        live, standings = live_id(self.options.builds), read_hold_reasons(self.options.builds)
        lived, listed = once_live(self.options.builds), []
        for build in reversed(finished_builds(self.options.builds)):
            try:
                manifest = Manifest.open(self.options.builds / build)
            except BuildError:
                continue
            noted = standings[build].value if build in standings else manifest.shard and f"shard {manifest.shard}"
            standing = "live" if build == live else noted
            listed.append(
                {
                    "build": build,
                    "created": manifest.created,
                    "documents": manifest.documents,
                    "standing": standing,
                    "was_live": build != live and build in lived,
                }
            )
        return listed


def keeping_routes(keeping: Keeping, admission: Admission) -> APIRouter:
    """Return the routes for programs, and for the buttons of the page."""
    routes = APIRouter(prefix=API, include_in_schema=False, dependencies=[Depends(admission.check)])

    @routes.get("/jobs")
    async def jobs() -> JSONResponse:
        here = [job.json() for job in await run_in_threadpool(keeping.jobs.all)]
        return JSONResponse({"jobs": here + await run_in_threadpool(keeping.elsewhere.jobs)}, headers=NO_STORE)

    @routes.get("/jobs/{job}")
    async def one_job(job: str) -> JSONResponse:
        return JSONResponse((await run_in_threadpool(keeping.job, job)).json(), headers=NO_STORE)

    @routes.post("/jobs/{job}/publish", status_code=HTTPStatus.ACCEPTED)
    async def publish(request: Request, job: str) -> Response:
        found = await run_in_threadpool(keeping.waiting, job)
        commands = [("publish", found.build, "--accept")]
        return _started(request, await run_in_threadpool(keeping.start, "publish", found.name, commands))

    @routes.post("/jobs/{job}/discard", status_code=HTTPStatus.ACCEPTED)
    async def discard(request: Request, job: str) -> Response:
        found = await run_in_threadpool(keeping.waiting, job)
        commands = [("discard", found.build), ("remove", found.document, "--no-build")]
        return _started(request, await run_in_threadpool(keeping.start, "discard", found.name, commands))

    @routes.post("/jobs/{job}/resume", status_code=HTTPStatus.ACCEPTED)
    async def resume(request: Request, job: str) -> Response:
        return _started(request, await run_in_threadpool(keeping.resume, job))

    @routes.get("/builds")
    async def builds() -> JSONResponse:
        return JSONResponse({"builds": await run_in_threadpool(keeping.builds)}, headers=NO_STORE)

    @routes.post("/builds/{build}/rollback", status_code=HTTPStatus.ACCEPTED)
    async def roll_back(request: Request, build: str) -> Response:
        await run_in_threadpool(keeping.check_was_live, build)
        return _started(request, await run_in_threadpool(keeping.start, "rollback", build, [("rollback", build)]))

    return routes


def _started(request: Request, job: Job) -> Response:
    """Tell a program of its job, and lead a person back to the page that shows it."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(request.scope.get("root_path", "") + PAGE, HTTPStatus.SEE_OTHER, NO_STORE)
    return JSONResponse(job.json(), HTTPStatus.ACCEPTED, NO_STORE)
