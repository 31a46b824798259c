"""How much memory a server holds for nothing after many questions, until ``bot.runtime.worker`` gives it back.

    python -m benchmarks.given_back [--index DIR] [--questions 1000]

Questions go through the whole application of the server, in this process and without a network. Each ends in a number that comes once
only, so that none is remembered. Linux.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import quote_plus

from starlette.types import ASGIApp, Message
from threadpoolctl import threadpool_limits

from benchmarks.http_turns import QUESTIONS
from bot.answering.answer_service import AnswerService
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from bot.runtime import worker
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build

UNLIMITED = Rate(10**9, 60.0)


async def ask(app: ASGIApp, most: int) -> None:
    """Ask ``most`` questions one after the other."""
    for number in range(most):
        query = f"q={quote_plus(f'{QUESTIONS[number % len(QUESTIONS)]} {number}')}".encode()
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/api/ask", "query_string": query, "headers": []}
        await app({**scope, "client": ("127.0.0.1", 1), "root_path": ""}, _nothing, _checked)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _checked(message: Message) -> None:
    if message.get("status", 200) != 200:
        raise RuntimeError(f"the server answered {message['status']}")


def resident() -> float:
    """Return what this process holds in RAM for itself, files left out, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def main() -> int:
    """Print one line; 1 where this system's C library gives nothing back."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--questions", type=int, default=1000)
    options = parser.parse_args()
    trim = worker.trimming()
    if trim is None:
        print("This C library gives nothing back.")
        return 1
    app = create_app(
        AnswerService(open_live_build(options.index)), HttpOptions(asking=UNLIMITED, drawing=UNLIMITED, reading=UNLIMITED)
    )
    with threadpool_limits(1, user_api="blas"):
        asyncio.run(ask(app, options.questions))
    before, started = resident(), time.process_time()
    trim(0)
    spent = (time.process_time() - started) * 1000
    print(
        f"after {options.questions} questions {before:.0f} MB for itself, "
        f"{before - resident():.0f} MB of them given back in {spent:.1f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
