"""What the OpenAPI file says about errors and about answers that a client holds already, the same for every route."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bot.http.api.schemas import ProblemBody
from bot.http.problems import PROBLEM_TYPE

Described = dict[int | str, dict[str, Any]]

NOT_MODIFIED: Described = {304: {"description": "The client holds the answer already (If-None-Match)."}}


def problems(*statuses: int) -> Described:
    """Return the description of problems with these statuses, and with 400: what is not HTTP reaches no route."""
    schema = {"schema": {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}}
    return {status: {"description": "A problem.", "content": {PROBLEM_TYPE: schema}} for status in (400, *statuses)}


def describe(app: FastAPI) -> None:
    """Make ``app`` describe itself, with the shape of problems, which no route names as its own."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            shape = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= shape.pop("$defs", {})
            schemas[ProblemBody.__name__] = shape
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # FastAPI's own way to change its description
