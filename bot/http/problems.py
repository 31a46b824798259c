"""Errors as RFC 9457 problems, or as a page for people.

Comes in: any error. Goes out: one clear sentence with the right status, of a disk too that is full or may not be written to.
Refuses to show what was typed, any inner working, and what was to be kept.
"""

import errno
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from bot.errors import PassageGone, StoreFault, StoreFull, TooBusy
from bot.http.api_version import unversioned
from bot.http.problem_types import type_of
from bot.state.databases.sqlite_store import NO_RIGHT, NO_ROOM
from index.errors import BuildError, LocalismError, QuestionError, UnknownDocument, UnknownPassage

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}
_ROOM = (HTTPStatus.INSUFFICIENT_STORAGE, NO_ROOM)
_RIGHT = (HTTPStatus.SERVICE_UNAVAILABLE, NO_RIGHT)
Fault = tuple[HTTPStatus, str]
log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
_STATUS_OF: tuple[tuple[type[LocalismError], HTTPStatus], ...] = (
    (QuestionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnknownDocument, HTTPStatus.NOT_FOUND),
    (UnknownPassage, HTTPStatus.NOT_FOUND),
    (PassageGone, HTTPStatus.GONE),
    (TooBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreFull, HTTPStatus.INSUFFICIENT_STORAGE),
    (StoreFault, HTTPStatus.SERVICE_UNAVAILABLE),
    (BuildError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
}
_UNKNOWN = "There is no such parameter here; the page /api lists those that there are."
_MOST_NAMED = 60  # characters of a name that nobody knows: it may be anything
PageOfProblem = Callable[[HTTPStatus, str, str], Response]


class FaultBody(BaseModel):
    """One fault of the input."""

    where: str
    detail: str


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="Address of the page that explains this kind of problem, relative to this server.")
    title: str
    status: int
    detail: str
    errors: list[FaultBody] = Field(default_factory=list)
    successor: str | None = Field(None, description="With 410: id of the passage that stands in its place, or empty.")


def storage_fault(error: Exception) -> Fault | None:
    """Return the status and the sentence for ``error`` where it says that the disk takes nothing, else None."""
    code = (error.errno or 0) if isinstance(error, OSError) else 0
    return _ROOM if code in _FULL else _RIGHT if code in _NOT_WRITABLE else None


def status_of(error: LocalismError) -> HTTPStatus:
    """Return the HTTP status that fits ``error``."""
    return next((status for kind, status in _STATUS_OF if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(
    status: HTTPStatus, detail: str, headers: dict[str, str] | None = None, base: str | None = None, **more: object
) -> JSONResponse:
    """Return an RFC 9457 problem; its type leads to a page below ``base``, the path where a proxy serves us."""
    body = {"type": type_of(status, base), "title": status.phrase, "status": status.value, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def add_problem_handlers(app: FastAPI, page_of_problem: PageOfProblem) -> None:
    """Turn every error of ``app`` into a problem, or into the page that ``page_of_problem`` makes where a person reads it."""
    _ProblemHandlers(page_of_problem).add_to(app)


class _ProblemHandlers:
    def __init__(self, page_of_problem: PageOfProblem) -> None:
        self._page_of_problem = page_of_problem

    def add_to(self, app: FastAPI) -> None:
        app.add_exception_handler(LocalismError, self._of_house)  # type: ignore[arg-type]  # starlette types handlers by Exception
        app.add_exception_handler(RequestValidationError, self._of_input)  # type: ignore[arg-type]  # as above
        app.add_exception_handler(ValidationError, self._of_input)  # type: ignore[arg-type]  # as above
        app.add_exception_handler(HTTPException, self._of_routing)  # type: ignore[arg-type]  # as above
        app.add_exception_handler(OSError, self._of_storage)
        app.add_exception_handler(Exception, self._of_program)

    async def _of_house(self, request: Request, error: LocalismError) -> Response:
        status = status_of(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("%s answered with %d: %s", request.url.path, status, type(error).__name__)
        headers = {"Retry-After": "5"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
        more = {"successor": error.successor} if isinstance(error, PassageGone) else {}
        return self._show(request, status, str(error), headers, **more)

    async def _of_input(self, request: Request, error: RequestValidationError | ValidationError) -> Response:
        faults = [fault_of(dict(found)) for found in error.errors()]
        detail = "; ".join(f"{fault['where']}: {fault['detail']}" for fault in faults[:3])
        return self._show(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, {}, errors=faults)

    async def _of_routing(self, request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        if status is HTTPStatus.BAD_REQUEST:  # how FastAPI says that a body is not text: bad input like any other
            return self._show(request, HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not JSON that can be read.", {})
        detail = error.detail if error.detail != status.phrase else _SENTENCES.get(status, status.description or status.phrase)
        headers = dict(error.headers or {})
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(methods_at(request)) or headers.get("Allow", "")
        return self._show(request, status, detail, headers)

    async def _of_storage(self, request: Request, error: Exception) -> Response:
        fault = storage_fault(error)
        if fault is None:
            return await self._of_program(request, error)
        log.error("%s answered with %d: %s", request.url.path, fault[0], type(error).__name__)
        return self._show(request, *fault, {})

    async def _of_program(self, request: Request, error: Exception) -> Response:
        # The path only: the query holds the question.
        log.error("%s failed", request.url.path, exc_info=error)
        return self._show(
            request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; it has been noted. Try again.", {}
        )

    def _show(self, request: Request, status: HTTPStatus, detail: str, headers: dict[str, str], **more: object) -> Response:
        if wants_page(request):
            page = self._page_of_problem(status, detail, str(more.get("successor", "")))
            page.headers.update(headers)
            return page
        return problem(status, detail, headers, request.scope.get("root_path", ""), **more)


def methods_at(request: Request) -> list[str]:
    """Return the described methods that the address takes; starlette names those of the first route only."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    described = request.app.openapi()["paths"].items()
    return sorted(
        method.upper()
        for template, operations in described
        if compile_path(unversioned(template))[0].match(path)
        for method in operations
    )


def wants_page(request: Request) -> bool:
    """Tell whether a person with a browser asked, not a program; the buttons of the operator's pages send to the API."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return (not path.startswith("/api/") or path.startswith("/api/admin/")) and "text/html" in request.headers.get(
        "accept", ""
    )


def fault_of(found: Mapping[str, Any]) -> dict[str, str]:
    """Return one fault of the input: where it is and what is wrong, without what was typed."""
    where = ".".join(str(part) for part in found["loc"] if part not in ("query", "body", "path"))
    detail = _UNKNOWN if found["type"] == "extra_forbidden" else str(found["msg"])
    return {"where": where[:_MOST_NAMED] or "body", "detail": detail}
