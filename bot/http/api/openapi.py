"""The description of the API: for programs in the OpenAPI file, for people on pages made of it and of our own files alone.

Comes in: the routes; an address. Goes out: what the file says of errors and of answers that a client holds already; HTML: what the
API does, a page to try it out, one for each kind of problem. Refuses to call anything: the browser of who tries it out does.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from bot.answering.guidance import examples_of
from bot.http.api_version import versioned
from bot.http.http_state import HttpState
from bot.http.problem_types import PAGES, TYPES, type_named, type_of
from bot.http.problems import PROBLEM_TYPE, ProblemBody
from bot.http.templates import Templates

Described = dict[int | str, dict[str, Any]]

ABOUT = (
    "Passages quoted word for word, with where they stand, or an honest “not found”. The addresses under /api/v1 keep their names; "
    "without the version, /api/… is the newest. Every error is a problem of RFC 9457 whose type is the address of a page about it."
)
NOT_MODIFIED: Described = {304: {"description": "The client holds the answer already (If-None-Match)."}}
ANY_QUESTION = "What can we ask here?"  # where a corpus offers no example
TRY_PAGE = "/api/try"


def problems(*statuses: int) -> Described:
    """Return the description of problems with these statuses, and with 400: what is not HTTP reaches no route."""
    return {status: {"description": "A problem.", "content": {PROBLEM_TYPE: _shape(status)}} for status in (400, *statuses)}


def _shape(status: int) -> dict[str, Any]:
    known = HTTPStatus(status)
    example = {
        "type": type_of(known, ""),
        "title": known.phrase,
        "status": status,
        "detail": "One sentence on this very request.",
    }
    return {"schema": {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}, "example": example}


def describe(app: FastAPI, server: str) -> None:
    """Make ``app`` describe itself, with the shape of problems, which no route names as its own.

    Args:
        app: what is described.
        server: address below which its paths lie, or only the path where nobody said what the address is.
    """

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=ABOUT,
                routes=app.routes,
                servers=[{"url": server or "/", "description": "This server."}],
            )
            _name_operations(app, made["paths"])
            made["paths"] = {versioned(path): operations for path, operations in made["paths"].items()}
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            shape = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= shape.pop("$defs", {})
            schemas[ProblemBody.__name__] = shape
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # FastAPI's own way to change its description


def _name_operations(app: FastAPI, paths: dict[str, Any]) -> None:
    """Call each operation as its function is called: a program that is made from the description then reads well."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path in paths:
            for method in route.methods or ():
                paths[route.path][method.lower()]["operationId"] = route.name


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


def api_pages(app: FastAPI, state: HttpState, templates: Templates) -> APIRouter:
    """Return the routes of the pages about the API that ``app`` describes."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/api")
    async def api_page() -> Response:
        example = next(iter(examples_of(state.build.lexicon, 1)), ANY_QUESTION)
        return templates.page("api.html", {"operations": operations_of(app), "example": example})

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


def operations_of(app: FastAPI) -> list[tuple[str, str, str]]:
    """Return method, path and one sentence for each operation that ``app`` describes."""
    return [
        (method.upper(), path, operation["description"])
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    ]


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
