"""Switch the live build under a server that answers 50 questions at once.

    python -m benchmarks.hot_switch [--index index/builds] [--flight 50] [--seconds 40] [--switches 3] [--rounds 5] [--json]

The live build of --index is copied twice under a temporary folder. The server is the real application in a process of its own; the
questions are the suggestions of the build. Half of the time passes before the first switch; a switch waits until the build before it
is closed, five seconds after its last question. Latencies are as the client sees them. Then nobody asks, and a process of its own
wants /livez every two milliseconds: the longest wait between two answers, in rounds without a switch and with one, in turns.
"""

import argparse
import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx2
import numpy as np

from index.build.layout import DEFAULT_BUILDS, MANIFEST_FILE, live_build, point_to
from index.build.reader import open_build, open_live_build

SERVER = """
import sys, threading, time
from pathlib import Path
import uvicorn
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from bot.answering.answer_source import LiveAnswers
service = LiveAnswers(Path(sys.argv[1]), every_seconds=0.2)
service.start()
longest = [0.0]
app = create_app(service, HttpOptions(asking=Rate(10**9, 1.0), most_waiting=1000))

async def pauses():
    import asyncio
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest[0] = max(longest[0], time.perf_counter() - before - 0.005)

@app.get("/pause")
async def pause():
    found, longest[0] = longest[0], 0.0
    return {"longest": found}

@app.get("/begin")
async def begin():
    import asyncio
    app.state.pauses = asyncio.create_task(pauses())
    return {}

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="warning")
"""

PROBE = """
import http.client, sys, time
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
longest, last, until = 0.0, None, time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    connection.request("GET", "/livez")
    connection.getresponse().read()
    now = time.perf_counter()
    longest, last = max(longest, now - (last or now)), now
    time.sleep(0.002)
print(longest)
"""
ROUND_SECONDS = 3.5  # two of them are more than the time for which an old build stays open


def two_builds(source: Path, builds: Path) -> tuple[str, str, list[str]]:
    """Copy the live build of ``source`` into ``builds`` twice; returns both ids and questions to ask."""
    folder = live_build(source)
    opened = open_live_build(source)
    questions = list(opened.lexicon.suggestions[:100]) or [document.title for document in opened.records.documents]
    opened.close()
    twin = f"{folder.name[:-6]}ffffff"
    builds.mkdir()
    for name in (folder.name, twin):
        shutil.copytree(folder, builds / name)
    path = builds / twin / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"build": twin}))
    point_to(builds, folder.name)
    return folder.name, twin, questions


async def ask_on(
    client: httpx2.AsyncClient, questions: list[str], until: float, asked: list[tuple[float, float, str]], number: int
) -> int:
    """Ask until ``until``, nothing twice (by its time); notes (begun, seconds, build) of each question and returns the failures."""
    failures = 0
    while time.monotonic() < until:
        number += 7
        begun = time.monotonic()
        try:
            answer = await client.get("/api/ask", params={"q": f"{questions[number % len(questions)]} {begun}"})
            answer.raise_for_status()
            asked.append((begun, time.monotonic() - begun, answer.json()["build"]))
        except httpx2.HTTPError:
            failures += 1
    return failures


async def load(
    port: int, builds: Path, pair: tuple[str, str], questions: list[str], options: argparse.Namespace
) -> dict[str, object]:
    """Ask, switch meanwhile, and return the figures."""
    asked: list[tuple[float, float, str]] = []
    limits = httpx2.Limits(max_connections=options.flight)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:
        await client.get("/begin")
        started = time.monotonic()
        asking = [
            asyncio.create_task(ask_on(client, questions, started + options.seconds, asked, number))
            for number in range(options.flight)
        ]
        await asyncio.sleep(options.seconds / 2)
        quiet = (await client.get("/pause")).json()["longest"]
        switches = []
        for number in range(options.switches):
            switches.append(time.monotonic())
            point_to(builds, pair[(number + 1) % 2])
            await asyncio.sleep(options.seconds / 2 / options.switches)
        failures = sum(await asyncio.gather(*asking))
        pause = (await client.get("/pause")).json()["longest"]
    before = [seconds for begun, seconds, _ in asked if begun + seconds < switches[0]]
    during = [seconds for begun, seconds, _ in asked if begun + seconds >= switches[0]]
    return {
        "questions": len(asked),
        "failed": failures,
        "switches": len(switches),
        "builds that answered": len({build for _, _, build in asked}),
        "p50 before, ms": round(1000 * float(np.percentile(before, 50)), 1),
        "p99 before, ms": round(1000 * float(np.percentile(before, 99)), 1),
        "p99 during, ms": round(1000 * float(np.percentile(during, 99)), 1),
        "p99 during against before": round(float(np.percentile(during, 99) / np.percentile(before, 99)), 2),
        "longest pause of the event loop before, ms": round(1000 * quiet, 1),
        "longest pause of the event loop during, ms": round(1000 * pause, 1),
    }


def pauses(port: int, builds: Path, pair: tuple[str, str], rounds: int) -> dict[str, object]:
    """Return the longest waits of a steady probe without switches and with them."""
    without, across = [], []
    for number in range(rounds):
        without.append(_longest_wait(port, lambda: None))
        across.append(_longest_wait(port, partial(point_to, builds, pair[number % 2])))
        if httpx2.get(f"http://127.0.0.1:{port}/api/ask?q=why", timeout=60).json()["build"] != pair[number % 2]:
            raise SystemExit("the server did not switch")
    return {
        "longest wait of a probe without a switch, median of rounds, ms": round(1000 * float(np.median(without)), 1),
        "longest wait of a probe across a switch, median of rounds, ms": round(1000 * float(np.median(across)), 1),
        "across a switch against without": round(float(np.median(across) / np.median(without)), 2),
        "longest of all without a switch, ms": round(1000 * max(without), 1),
        "longest of all across a switch, ms": round(1000 * max(across), 1),
    }


def _longest_wait(port: int, meanwhile: Callable[[], None]) -> float:
    command = [sys.executable, "-c", PROBE, str(port), str(ROUND_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as probe:
        time.sleep(ROUND_SECONDS / 4)
        meanwhile()
        said, _ = probe.communicate()
    return float(said)


def hold_up(builds: Path) -> float:
    """Return how long, at the median of ten, opening a build holds up another thread that wants to run every millisecond."""
    opened = open_live_build(builds)
    longest = []
    for _ in range(10):
        gaps, stop = [0.0], threading.Event()
        ticking = threading.Thread(target=_tick, args=(gaps, stop))
        ticking.start()
        open_build(opened.folder, beside=opened).close()
        stop.set()
        ticking.join()
        longest.append(max(gaps))
    opened.close()
    return float(np.median(longest))


def _tick(gaps: list[float], stop: threading.Event) -> None:
    while not stop.is_set():
        before = time.perf_counter()
        time.sleep(0.001)
        gaps.append(time.perf_counter() - before - 0.001)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/livez", timeout=1).status_code == httpx2.codes.OK:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--flight", type=int, default=50, help="questions in flight (%(default)s)")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--switches", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5, help="with and without a switch, for the longest pause (%(default)s)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        builds = Path(name) / "builds"
        first, second, questions = two_builds(options.index, builds)
        port = free_port()
        server = subprocess.Popen([sys.executable, "-c", SERVER, str(builds), str(port)])
        try:
            wait_for(port)
            figures = asyncio.run(load(port, builds, (first, second), questions, options))
            live = live_build(builds).name
            time.sleep(2 * ROUND_SECONDS)
            figures |= pauses(port, builds, (second, first) if live == first else (first, second), options.rounds)
        finally:
            server.terminate()
            server.wait()
        figures["another thread held up while a build opens, ms"] = round(1000 * hold_up(builds), 1)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for key, value in figures.items():
            print(f"{key}: {value}")
    return 0 if figures["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
