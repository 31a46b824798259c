"""Refuse parameters in an address that nobody knows, as unknown fields of a body are refused: a typing error is no answer.

Comes in: a request. Goes out: nothing, or the error of the input. Refuses to look at values.
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from bot.http.api_version import versioned

UNKNOWN = "extra_forbidden"  # pydantic's name for it


async def known_parameters_only(request: Request) -> None:
    """Let a request through whose parameters are all described.

    Raises:
        RequestValidationError: one is not; the error names it.
    """
    if not request.query_params:
        return
    described: dict[str, Any] = request.app.openapi()["paths"][versioned(request.scope["route"].path)]["get"]
    known = {given["name"] for given in described.get("parameters", ()) if given["in"] == "query"}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError([{"type": UNKNOWN, "loc": ("query", name), "msg": ""} for name in dict.fromkeys(unknown)])
