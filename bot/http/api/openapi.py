"""What the OpenAPI file says about errors and about answers that a client holds already, the same for every route."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from bot.http.api.schemas import ProblemBody
from bot.http.api_version import versioned
from bot.http.problem_types import type_of
from bot.http.problems import PROBLEM_TYPE

Described = dict[int | str, dict[str, Any]]

ABOUT = (
    "Passages quoted word for word, with where they stand, or an honest “not found”. The addresses under /api/v1 keep their names; "
    "without the version, /api/… is the newest. Every error is a problem of RFC 9457 whose type is the address of a page about it."
)
NOT_MODIFIED: Described = {304: {"description": "The client holds the answer already (If-None-Match)."}}


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
