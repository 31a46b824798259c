"""Pages about the API: one to try it out, made of its own description and of our own files alone; one for each kind of problem.

Comes in: an address. Goes out: HTML. Refuses to call anything: the browser of who tries it out does.
"""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.http.problem_types import PAGES, TYPES, type_named
from bot.http.templates import Templates

TRY_PAGE = "/api/try"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that an operation takes."""

    name: str
    place: str  # "path" or "query"
    about: str
    example: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does."""

    name: str
    method: str
    path: str
    about: str
    fields: tuple[Field, ...]
    body: str  # an example of what to send; empty where nothing is sent


def api_pages(app: FastAPI, templates: Templates) -> APIRouter:
    """Return the routes of the pages about the API that ``app`` describes."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get(TRY_PAGE)
    async def try_it() -> Response:
        return templates.page("try_api.html", {"operations": operations_in(app.openapi())})

    @routes.get(PAGES)
    async def problem_types() -> Response:
        return templates.page("problem_types.html", {"types": TYPES, "title": "Problems"})

    @routes.get(PAGES + "/{slug}")
    async def problem_type(slug: str) -> Response:
        kind = type_named(slug)
        if kind is None:
            raise HTTPException(404)
        return templates.page("problem_types.html", {"types": [kind], "title": f"Problem: {kind.status.phrase}"})

    return routes


def operations_in(description: dict[str, Any]) -> list[Operation]:
    """Return the operations of an OpenAPI ``description``, in its order."""
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            operation["description"],
            tuple(map(_field, operation.get("parameters", ()))),
            _body(operation, description),
        )
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    ]


def _field(given: dict[str, Any]) -> Field:
    schema = given["schema"]
    shape = (schema.get("anyOf") or [schema])[0]  # what may be left out is described as this or nothing
    about = given.get("description") or shape.get("description", "")
    values = f" One of: {', '.join(shape['enum'])}." if "enum" in shape else ""
    return Field(given["name"], given["in"], about + values, str((schema.get("examples") or [""])[0]), given["required"])


def _body(operation: dict[str, Any], description: dict[str, Any]) -> str:
    """Return an example of the body that ``operation`` takes, as its shape brings it."""
    if "requestBody" not in operation:
        return ""
    shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return json.dumps(description["components"]["schemas"][shape]["examples"][0], indent=2, ensure_ascii=False)
