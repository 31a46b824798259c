"""Reports for the operator: what was asked and not found, and what people said of passages. Only with the token.

Comes in: a request with the token. Goes out: a page, or CSV. Refuses to exist where no token is set.
"""

import base64
import binascii
import hmac
from typing import NoReturn

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.http.desk import Desk
from bot.http.templates import Templates
from bot.question_log import csv_of

NO_STORE = {"Cache-Control": "no-store"}


def admin_routes(desk: Desk, templates: Templates) -> APIRouter:
    """Return the routes of the reports."""

    def guard(request: Request) -> None:
        check_token(request, desk.options.admin_token)

    routes = APIRouter(prefix="/admin", include_in_schema=False, dependencies=[Depends(guard)])

    @routes.get("", response_class=HTMLResponse)
    async def reports() -> HTMLResponse:
        questions = await desk.answering.run(desk.questions.not_answered) if desk.questions else []
        feedback = await desk.answering.run(desk.feedback.rows) if desk.feedback else []
        judged = await desk.answering.run(desk.questions.judged) if desk.questions else []
        page = templates.page("admin.html", {"questions": questions, "feedback": feedback, "judged": judged})
        page.headers.update(NO_STORE)
        return page

    @routes.get("/questions.csv")
    async def questions_as_csv() -> Response:
        rows = await desk.answering.run(desk.questions.not_answered) if desk.questions else []
        headers = {"Content-Disposition": 'attachment; filename="questions.csv"', **NO_STORE}
        return Response(csv_of(rows), media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def check_token(request: Request, token: str) -> None:
    """Let a request pass that brings ``token``, as a bearer token or as the password of a browser's log-in box.

    Raises:
        HTTPException: 404 where no token is set, 401 where another or none came.
    """
    if not token:
        raise HTTPException(404)
    # Compared as bytes in constant time: how long a wrong one takes says nothing about the right one.
    if not hmac.compare_digest(_offered(request).encode(), token.encode()):
        _refuse()


def _offered(request: Request) -> str:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refuse() -> NoReturn:
    raise HTTPException(
        401, "The token is needed for this.", {"WWW-Authenticate": 'Basic realm="Localism reports", charset="UTF-8"'}
    )
