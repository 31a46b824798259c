"""``/livez``, ``/readyz`` and ``/metrics``: whether the process runs, whether it can answer, and what it counted.

Comes in: nothing. Goes out: a small object, or text for Prometheus. Refuses to touch any question of a person.
"""

import time
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field

from bot.http.api.openapi import problems
from bot.http.caching import NO_STORE
from bot.http.http_state import HttpState
from bot.http.metrics import gateway_gauges
from bot.http.middleware.rate_limit import client_of
from index.build.reader import Build
from index.errors import NoBuild

SELF_QUERY = "What is this about?"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
LOOPBACK = {"127.0.0.1", "::1"}


class LiveBody(BaseModel):
    """The process runs."""

    status: str = Field(examples=["ok"])


class ReadyBody(BaseModel):
    """The build is open and answered a question of our own."""

    status: str = Field(examples=["ok"])
    build: str
    passages: int
    milliseconds: dict[str, float] = Field(description="Time of each part.")
    discord: Literal["connected", "silent", "elsewhere", "off"] = Field(
        description="Silent does not make the page unready; elsewhere: another process is the one that is connected."
    )


def health_routes(state: HttpState) -> APIRouter:
    """Return the routes that tell how the server is."""
    routes = APIRouter(tags=["health"])

    @routes.get("/livez", responses={200: {"model": LiveBody}}, response_class=JSONResponse)
    async def is_alive() -> JSONResponse:
        """Tell that the process runs."""
        return JSONResponse({"status": "ok"}, headers=NO_STORE)

    @routes.get("/readyz", responses={200: {"model": ReadyBody}, **problems(503)}, response_class=JSONResponse)
    async def is_ready() -> JSONResponse:
        """Tell whether a question can be answered, by answering one."""
        return JSONResponse(await state.answering.run(look, state), headers=NO_STORE)

    @routes.get("/metrics", responses=problems(401, 404, 429), response_class=PlainTextResponse)
    async def get_metrics(request: Request) -> PlainTextResponse:
        """Give counts and times for Prometheus, to the machine itself or to who brings the operator's token."""
        if client_of(request.scope) not in LOOPBACK:
            await state.admission.check(request)
        return PlainTextResponse(
            state.metrics.text(gauges(state), state.service.remembered.hits), media_type=PROMETHEUS, headers=NO_STORE
        )

    return routes


def look(state: HttpState) -> dict[str, Any]:
    """Answer a question of our own and tell how long each part took.

    Raises:
        BuildError: the build cannot be used any more.
    """
    build, started = state.build, time.perf_counter()
    if not build.folder.is_dir():
        raise NoBuild(
            f"The build {build.id} that is served was deleted from the disk. Questions are answered from what is open, until the "
            "server stops. Make another one: localism-ingest build"
        )
    build.records.passages([0])
    read = time.perf_counter()
    build.encoder.encode(SELF_QUERY)
    encoded = time.perf_counter()
    state.service.probe(SELF_QUERY)
    answered = time.perf_counter()
    times = {"records": read - started, "encode": encoded - read, "answer": answered - encoded}
    milliseconds = {part: round(seconds * 1000, 3) for part, seconds in times.items()}
    return {
        "status": "ok",
        "build": build.id,
        "passages": build.records.size,
        "milliseconds": milliseconds,
        "discord": _discord(state),
    }


def gauges(state: HttpState) -> dict[str, float]:
    """Return what can be read off at this moment."""
    return {
        "build_age_seconds": _age(state.build),
        "build_passages": state.build.manifest.passages,
        "build_documents": state.build.manifest.documents,
        "questions_waiting": state.asking.waiting,
        "pictures_waiting": state.drawing.waiting,
        "picture_cache_bytes": state.cache.bytes,
        **gateway_gauges(state.gateway),
    }


def _discord(state: HttpState) -> str:
    if state.gateway is None:
        return "off"
    if state.gateway.elsewhere:
        return "elsewhere"
    return "connected" if state.gateway.healthy else "silent"


def _age(build: Build) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(build.manifest.created)).total_seconds()
