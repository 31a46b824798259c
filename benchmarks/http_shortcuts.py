"""What each of our own shortcuts on the way of a request buys, beside the framework's way; in turns, in one process.

    python -m benchmarks.http_shortcuts [--index DIR] [--rounds 7]

Questions go through the whole application of the server, without a network: once as it is, once with each shortcut taken out. Each
question ends in a number that comes once only, so that none is remembered. Then: what glibc keeps of memory until it is asked for it.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from pathlib import Path
from typing import Annotated
from unittest.mock import patch
from urllib.parse import quote_plus

from fastapi import FastAPI, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message
from threadpoolctl import threadpool_limits

from benchmarks.http_turns import QUESTIONS
from bot.answering.answers import AnswerService
from bot.http import turns
from bot.http.api.queries import read_query
from bot.http.api.schemas import AskQuery
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from bot.http.plain_route import PlainRoute
from bot.runtime import memory
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build

UNLIMITED = Rate(10**9, 60.0)
CONNECTIONS = (1, 16)
ASKED_IN_A_TURN, READ_IN_A_TURN, ASKED_BEFORE_MEMORY = 32, 1000, 1000
Way = tuple[str, ASGIApp, str, Callable[[], AbstractContextManager[object]]]  # name, application, path, what is taken out
_number = count()


async def ask(app: ASGIApp, path: str, most: int, connections: int) -> None:
    """Ask ``most`` questions, so many at a time."""
    await asyncio.gather(*(_ask_in_turn(app, path, most // connections) for _ in range(connections)))


async def _ask_in_turn(app: ASGIApp, path: str, most: int) -> None:
    for number in range(most):
        text = quote_plus(f"{QUESTIONS[number % len(QUESTIONS)]} {next(_number)}")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": f"q={text}".encode(), "headers": []}
        sent: list[Message] = []
        await app({**scope, "client": ("127.0.0.1", 1), "scheme": "http", "root_path": ""}, _nothing, _into(sent))
        if sent[0]["status"] != 200:
            raise RuntimeError(f"the server answered {sent[0]['status']}: {sent[1]['body'].decode()}")


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _into(sent: list[Message]) -> Callable[[Message], object]:
    async def send(message: Message) -> None:
        sent.append(message)

    return send


def readers() -> FastAPI:
    """Return an application of two routes that only read their query: by our reader, and by FastAPI's."""
    app = FastAPI()

    async def ours(request: Request) -> Response:
        return Response(read_query(request, AskQuery).q)

    async def theirs(query: Annotated[AskQuery, Query()]) -> Response:
        return Response(query.q)

    app.router.add_api_route("/ours", ours, route_class_override=PlainRoute)
    app.add_api_route("/reader", ours)
    app.add_api_route("/theirs", theirs)
    return app


def milliseconds(
    loop: asyncio.Runner, ways: Sequence[Way], rounds: int, asked: int, connections: int
) -> list[tuple[float, float]]:
    """Return processor time and time a question of each way, medians of the rounds, all in turns."""
    found: list[list[tuple[float, float]]] = [[] for _ in ways]
    for _ in range(rounds):
        for (_, app, path, changed), times in zip(ways, found, strict=True):
            with changed():
                before = time.process_time(), time.perf_counter()
                loop.run(ask(app, path, asked, connections))
                spent = time.process_time() - before[0], time.perf_counter() - before[1]
                times.append((spent[0] * 1000 / asked, spent[1] * 1000 / asked))
    return [(statistics.median(cpu for cpu, _ in times), statistics.median(all_ for _, all_ in times)) for times in found]


def print_table(loop: asyncio.Runner, title: str, ways: Sequence[Way], rounds: int, asked: int, connections: int) -> None:
    """Print one line a way; shares are of the first."""
    print(f"\n{title:52} processor ms      ms")
    measured = milliseconds(loop, ways, rounds, asked, connections)
    for (name, *_), (cpu, whole) in zip(ways, measured, strict=True):
        print(f"{name:52} {cpu:6.3f} x{cpu / measured[0][0]:4.2f} {whole:6.3f} x{whole / measured[0][1]:4.2f}")


def print_memory(loop: asyncio.Runner, app: ASGIApp) -> None:
    """Print what is resident after many questions, and after what is free was given back."""
    loop.run(ask(app, "/api/ask", ASKED_BEFORE_MEMORY, 1))
    trim, before = memory._trim(), _resident()
    if trim is None:
        print("\nThis C library gives nothing back.")
        return
    started = time.process_time()
    trim(0)
    spent = (time.process_time() - started) * 1000
    print(
        f"\nresident after {ASKED_BEFORE_MEMORY} questions {before:.0f} MB, given back {before - _resident():.0f} MB in {spent:.1f} ms"
    )


def _resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    free = HttpOptions(asking=UNLIMITED, drawing=UNLIMITED, reading=UNLIMITED)
    app = create_app(AnswerService(open_live_build(options.index)), free)
    bare = readers()
    with threadpool_limits(1, user_api="blas"), asyncio.Runner() as loop:
        whole = [
            ("a question, on the loop", app, "/api/ask", lambda: patch.object(turns, "QUICK_SECONDS", 10.0)),
            ("on a thread (without turns)", app, "/api/ask", lambda: patch.object(turns, "QUICK_SECONDS", 0.0)),
            (
                "by FastAPI's route (without plain_route)",
                app,
                "/api/ask",
                lambda: patch.object(PlainRoute, "handle", APIRoute.handle),
            ),
        ]
        for connections in CONNECTIONS:
            print_table(
                loop, f"The whole application, {connections} at a time", whole, options.rounds, ASKED_IN_A_TURN, connections
            )
        reading = [
            ("plain_route and queries", bare, "/ours", nullcontext),
            ("queries alone, by FastAPI's route", bare, "/reader", nullcontext),
            ("a model in the signature, FastAPI's way", bare, "/theirs", nullcontext),
        ]
        print_table(loop, "Only reading the query", reading, options.rounds, READ_IN_A_TURN, 1)
        print_memory(loop, app)
    return 0


if __name__ == "__main__":
    sys.exit(main())
