"""Read the query of an address into a model, and describe that model in the OpenAPI file.

Comes in: a request and a model. Goes out: its checked values. Refuses to know what is asked. The routes that answer questions read
their query here, once and by one model: parameters in the signature of a route are each checked apart and anew for every request, and
took a third of everything that HTTP adds to a question.
"""

from functools import lru_cache
from typing import Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel

_Model = TypeVar("_Model", bound=BaseModel)


def read_query(request: Request, model: type[_Model]) -> _Model:
    """Return the query of ``request`` as a ``model``; of a name that comes twice the last counts, but where a list is wanted.

    Raises:
        ValidationError: a value is missing or cannot be used; the handlers of problems make a 422 of it.
    """
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    values: dict[str, Any] = dict(pairs)
    for name in _lists(model):
        if name in values:
            values[name] = [value for given, value in pairs if given == name]
    return model.model_validate(values)


def query_parameters(model: type[BaseModel]) -> dict[str, Any]:
    """Return the part of an OpenAPI operation that says what ``model`` reads from the query."""
    described = model.model_json_schema()
    return {"parameters": [_parameter(name, schema, described) for name, schema in described["properties"].items()]}


def _parameter(name: str, schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "required": name in described.get("required", ())}
    if "description" in schema:
        parameter["description"] = schema["description"]
    # In an address there is no null: what is left out is none.
    return {**parameter, "schema": {key: value for key, value in schema.items() if (key, value) != ("default", None)}}


@lru_cache
def _lists(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)
