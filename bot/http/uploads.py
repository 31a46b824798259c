"""``POST /api/admin/documents``: take a file in, and start the job that shows what it would change. Only with the token.

Comes in: the bytes of a file and what is known about it. Goes out: a job. Refuses more bytes than are allowed, and names that lead
anywhere. It is an application of its own because the limits of every other request body are far smaller.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.admin_jobs import UPLOAD
from bot.http.admin import NO_STORE
from bot.http.keeping import API, Keeping, KeepingOptions, guard, keeping_page, keeping_routes
from bot.http.options import HttpOptions
from bot.http.problems import add_problem_handlers
from bot.http.rate_limit import RateLimit
from bot.http.route_kinds import bounds_of
from bot.http.templates import Templates

UPLOADS = f"{API}/documents"
UPLOAD_SECONDS = 900.0


def with_keeping(app: FastAPI, templates: Templates, options: KeepingOptions) -> ASGIApp:
    """Return ``app`` with everything by which an operator keeps the index over the web; without a token, ``app`` as it is."""
    if not options.token:
        return app
    keeping = Keeping(options)
    app.include_router(keeping_routes(keeping))
    app.include_router(keeping_page(keeping, templates))
    return _UploadsApart(app, _uploads_app(keeping, templates))


class _UploadsApart:
    """Sends uploads past the application and its limits on bodies."""

    def __init__(self, app: ASGIApp, uploads: ASGIApp) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(UPLOADS):
            await self._uploads({**scope, "path": UPLOADS, "root_path": ""}, receive, send)
        else:
            await self._app(scope, receive, send)


def _uploads_app(keeping: Keeping, templates: Templates) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_problem_handlers(app, templates.page_of_problem)
    app.add_middleware(RateLimit, bounds=bounds_of(HttpOptions()))

    @app.post(UPLOADS, dependencies=[Depends(guard(keeping))])
    async def upload(
        request: Request,
        name: str = Query(min_length=1, max_length=200),
        title: str = Query("", max_length=250),
        publisher: str = Query("", max_length=250),
        year: str = Query("", max_length=40),
    ) -> JSONResponse:
        most = keeping.options.most_upload_bytes
        _check_length(request, most)
        plain = _plain_name(name)
        if await run_in_threadpool(keeping.busy):
            raise HTTPException(HTTPStatus.CONFLICT, "Another upload is at work, was interrupted, or waits to be published.")
        folder = await run_in_threadpool(keeping.jobs.prepare)
        path = folder / UPLOAD / plain
        try:
            await asyncio.wait_for(_save(request.stream(), path, most), UPLOAD_SECONDS)
        except (HTTPException, TimeoutError, OSError):
            await run_in_threadpool(shutil.rmtree, folder)
            raise
        add = ("add", str(path.resolve()), "--no-build", f"--title={title}", f"--publisher={publisher}", f"--year={year}")
        # Two commands: what is interrupted in the long one goes on without taking the document in a second time.
        commands = [add, ("build", "--hold")]
        job = await run_in_threadpool(keeping.start, "add", path.name, commands, folder)
        return JSONResponse(job.json(), HTTPStatus.ACCEPTED, NO_STORE)

    return app


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise _too_long(most)


async def _save(stream: AsyncIterator[bytes], path: Path, most: int) -> None:
    size = 0
    with path.open("wb") as file:
        async for block in stream:
            size += len(block)
            if size > most:
                raise _too_long(most)
            await run_in_threadpool(file.write, block)
    if not size:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "The file is empty.")


def _too_long(most: int) -> HTTPException:
    # What was not read is still on its way: the connection cannot be used for another request.
    sentence = f"The file is longer than {most:,} bytes."
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, {"Connection": "close"})


def _plain_name(name: str) -> str:
    """Return ``name`` without folders and without what a shell or a file system could take for more than a name."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w. -]+", "-", last).lstrip(".- ")[-120:]
    if not Path(plain).suffix:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "The name of the file has no ending like .pdf or .md.")
    return plain
