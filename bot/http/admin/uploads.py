"""``POST /api/admin/documents``: take a file in, and start the job that shows what it would change. Only for who may.

Comes in: the bytes of a file and what is known about it. Goes out: a job. Refuses more bytes than are allowed, names that lead
anywhere, and to leave anything behind of a file that did not come whole.
"""

import asyncio
import re
import shutil
import unicodedata
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bot.http.admin.keeping import BUSY, Keeping, keeping_routes
from bot.http.admin.pages import keeping_page
from bot.http.admin.upload_address import UPLOADS
from bot.http.admission.admission import Admission
from bot.http.caching import NO_STORE
from bot.http.options import KeepingOptions
from bot.http.problems import add_problem_handlers
from bot.http.templates import Templates
from bot.state.admin_jobs import UPLOAD, Job

UPLOAD_SECONDS = 900.0
LET_GO_SECONDS = 5.0  # for what comes of a body that is refused
MOST_NAME_BYTES = 200  # file systems take 255, and while a file is taken in its name bears more


def with_keeping(app: FastAPI, templates: Templates, options: KeepingOptions, admission: Admission | None = None) -> FastAPI:
    """Return ``app`` with everything by which an operator keeps the index over the web; without a token, ``app`` as it is.

    ``admission`` is the door that it shares with other pages of the operator.
    """
    if not options.token:
        return app
    app.state.keeping = keeping = Keeping(options)
    if hasattr(app.state, "beside"):
        app.state.beside.append(keeping.elsewhere.open_until_the_end)
    guard = admission or Admission(options.token, keeps=options.builds)
    add_problem_handlers(app, templates.page_of_problem)
    for routes in (
        keeping_routes(keeping, guard),
        keeping_page(keeping, guard, templates),
        upload_routes(keeping, guard),
    ):
        app.include_router(routes)
    return app


def posting_of(app: FastAPI) -> list[Coroutine[None, None, None]]:
    """Return what shows other machines the jobs of this one for as long as the server runs; nothing where there are no others."""
    keeping = getattr(app.state, "keeping", None)
    return [keeping.elsewhere.keep_posting(keeping.seen)] if isinstance(keeping, Keeping) and keeping.elsewhere.any else []


def _printable(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise PydanticCustomError("control", "it holds a character that is no text; type it again")
    return text


Text = Annotated[str, AfterValidator(_printable)]


def upload_routes(keeping: Keeping, admission: Admission) -> APIRouter:
    """Return the route that takes files in."""
    routes = APIRouter(include_in_schema=False, dependencies=[Depends(admission.check)])

    @routes.post(UPLOADS)
    async def upload(
        request: Request,
        name: Annotated[Text, Query(min_length=1, max_length=200)],
        title: Annotated[Text, Query(max_length=250)] = "",
        publisher: Annotated[Text, Query(max_length=250)] = "",
        year: Annotated[Text, Query(max_length=40)] = "",
    ) -> JSONResponse:
        await _check_length(request, keeping.options.most_upload_bytes)
        plain = _plain_name(name)
        details = (f"--title={title}", f"--publisher={publisher}", f"--year={year}")
        with keeping.claim():  # held while the file comes in: what comes in is not a job yet, by which others would see it
            if await run_in_threadpool(keeping.busy):
                raise HTTPException(HTTPStatus.CONFLICT, BUSY)
            job = await _taken_in(keeping, request, plain, details)
        return JSONResponse(job.json(), HTTPStatus.ACCEPTED, NO_STORE)

    return routes


async def _taken_in(keeping: Keeping, request: Request, name: str, details: tuple[str, ...]) -> Job:
    """Save the body and start its job; what went wrong leaves nothing behind, a client that went away included."""
    await run_in_threadpool(keeping.jobs.sweep, 2 * UPLOAD_SECONDS)
    folder = await run_in_threadpool(keeping.jobs.prepare)
    path = folder / UPLOAD / name
    job = None
    try:
        await asyncio.wait_for(_save(request.stream(), path, keeping.options.most_upload_bytes), UPLOAD_SECONDS)
        # Two commands: what is interrupted in the long one goes on without taking the document in a second time.
        commands = [("add", str(path.resolve()), "--no-build", *details), ("build", "--hold")]
        job = await run_in_threadpool(keeping.start, "add", name, commands, folder)
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "The upload broke off. Send the file again.") from None
    except TimeoutError:
        sentence = f"The upload took longer than {UPLOAD_SECONDS:g} seconds."
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, sentence, {"Connection": "close"}) from None
    finally:
        if job is None:
            shutil.rmtree(
                folder, ignore_errors=True
            )  # one file: here, because a task that is stopped may wait for nothing more
    return job


async def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        await _let_go_by(request, most)
        raise _too_long(most)


async def _let_go_by(request: Request, most: int) -> None:
    """Read a body that is refused, for a while: a proxy that is still sending when the connection ends says 502 instead of why."""
    size = 0
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(LET_GO_SECONDS):
            async for block in request.stream():
                size += len(block)
                if size > 2 * most:
                    return


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
    if len(plain.encode()) > MOST_NAME_BYTES:
        raise HTTPException(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"The name of the file takes {len(plain.encode())} bytes; at most {MOST_NAME_BYTES} are taken. Give it a shorter one.",
        )
    return plain
