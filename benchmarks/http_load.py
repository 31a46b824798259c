"""The server under load, beside a plain service of the usual kind, in one interleaved run. Needs wrk and the ingest extra.

    python -m benchmarks.http_load                  table of requests a second, p50, p99 and memory
    python -m benchmarks.http_load --soak 60        an hour of questions; memory each minute

The plain service is FastAPI, ``SentenceTransformer.encode`` and an exact FAISS index over the same passages, and gives three texts as
JSON. Ours runs as in earnest: limits counted, headers, ETags, metrics, question log, citations and selectors in each answer.
Each question is asked once: a number at its end keeps every cache out. The two take turns, so that a busy machine is busy for both.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI
from threadpoolctl import threadpool_limits

from bot.answers import AnswerService
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from bot.http.serving import server_config
from index.build import Build, open_live_build
from index.layout import DEFAULT_BUILDS

UNLIMITED = Rate(10**9, 1.0)
PORTS = {"ours": 8971, "plain": 8972}
QUESTIONS = (
    "How long does the council have to decide on our nomination",
    "Who can nominate a pub as an asset of community value",
    "Can a parish council challenge the county for its grass cutting",
    "How many people do you need to start a neighbourhood forum",
    "Does the law force our council to pay the living wage",
    "What are the three dimensions of the power cube",
    "How many days have I got to register my interests",
    "Does the right to bid work in Wales",
    "What is co-production in commissioning",
    "Can the council put council tax up without asking us",
)
SCRIPT = """
local questions, count = {%s}, 0
math.randomseed(os.time())
local run = math.random(1000000)
request = function()
  count = count + 1
  local text = questions[count %% #questions + 1] .. " " .. run .. " " .. count
  return wrk.format("GET", "%s" .. string.gsub(text, " ", "+"))
end
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn under load measured."""

    per_second: float
    p50: float  # milliseconds
    p99: float
    failed: int
    cpu: float  # milliseconds of processor time a request: what a busy machine changes least


def serve(kind: str, builds: Path, port: int) -> None:
    """Serve one of the two until killed."""
    build = open_live_build(builds)
    if kind == "plain":
        uvicorn.run(plain_app(build), port=port, log_level="warning", access_log=False)
        return
    options = HttpOptions(state=Path(tempfile.mkdtemp()), keep_questions_days=30, asking=UNLIMITED, drawing=UNLIMITED)
    with threadpool_limits(1, user_api="blas"):  # as ``bot.server`` does
        uvicorn.Server(server_config(create_app(AnswerService(build), options), "127.0.0.1", port, options)).run()


def plain_app(build: Build) -> FastAPI:
    """Return the plain service over the passages of ``build``."""
    import faiss
    from sentence_transformers import SentenceTransformer

    from index.embedder import SentenceTransformerEmbedder

    model: SentenceTransformer = SentenceTransformerEmbedder("all-MiniLM-L6-v2").model
    texts = [passage.text for passage in build.records.all_passages()]
    index = faiss.IndexFlatIP(build.vectors.dimension)
    index.add(build.vectors.rows(np.arange(build.vectors.size, dtype=np.int64)))
    app = FastAPI()

    @app.get("/api/ask")
    def ask(q: str) -> dict[str, object]:
        scores, rows = index.search(model.encode([q], normalize_embeddings=True), 3)
        found = [{"text": texts[row], "score": float(score)} for row, score in zip(rows[0], scores[0], strict=True)]
        return {"question": q, "passages": found}

    return app


@contextmanager
def served(kind: str, builds: Path) -> Iterator[int]:
    """Start one of the two in a process of its own; gives its id."""
    command = [sys.executable, "-m", "benchmarks.http_load", "--serve", kind, "--index", str(builds)]
    process = subprocess.Popen(command)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit(f"The {kind} service stopped with code {process.returncode}.")
            if answers(PORTS[kind]):
                break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    """Tell whether the service on ``port`` answers a question."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/ask?q=Who+can+nominate+a+pub", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def load(pid: int, port: int, path: str, connections: int, seconds: int) -> Turn:
    """Ask as fast as ``connections`` can for ``seconds``."""
    before = processor_time(pid)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (", ".join(json.dumps(question) for question in QUESTIONS), path))
        script.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "-s",
            script.name,
            f"http://127.0.0.1:{port}",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = sum(
        int(count) for count in re.findall(r"Non-2xx or 3xx responses: (\d+)|timeout (\d+)", said) for count in count if count
    )
    requests = int(found(r"(\d+) requests in", said))
    cpu = (processor_time(pid) - before) / max(requests, 1)
    return Turn(float(found(r"Requests/sec:\s+([\d.]+)", said)), percentile(50, said), percentile(99, said), failed, cpu)


def percentile(percent: int, said: str) -> float:
    """Return a percentile of the times in milliseconds."""
    number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", said).groups()
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def found(pattern: str, said: str) -> str:
    """Return the first group of ``pattern``."""
    return re.search(pattern, said).group(1)


def processor_time(pid: int) -> float:
    """Return the processor time that a process has used, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    return int(found(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())) / 1024


def compare(builds: Path, rounds: int, seconds: int) -> None:
    """Run both in turns and print the table."""
    cases = [("ours, API", "ours", "/api/ask?q="), ("ours, page", "ours", "/?q="), ("plain, API", "plain", "/api/ask?q=")]
    turns: dict[tuple[str, int], list[Turn]] = {}
    with served("ours", builds) as ours, served("plain", builds) as plain:
        pids = {"ours": ours, "plain": plain}
        for _ in range(rounds):
            for connections in (16, 1):
                for name, kind, path in cases:
                    turns.setdefault((name, connections), []).append(load(pids[kind], PORTS[kind], path, connections, seconds))
        memory = {kind: resident(pid) for kind, pid in pids.items()}
    print(heading(builds, f"{rounds} rounds of {seconds} s each, in turns; medians of the rounds"))
    print("| service | connections | requests a second | p50 ms | p99 ms | CPU ms a request | failed | memory MB |")
    print("|---|---|---|---|---|---|---|---|")
    for (name, connections), measured in turns.items():
        figures = [
            statistics.median(getattr(turn, field) for turn in measured) for field in ("per_second", "p50", "p99", "cpu")
        ]
        failed = sum(turn.failed for turn in measured)
        columns = (
            name,
            connections,
            f"{figures[0]:.0f}",
            f"{figures[1]:.1f}",
            f"{figures[2]:.1f}",
            f"{figures[3]:.1f}",
            failed,
        )
        print("|", *(f"{column} |" for column in columns), f"{memory[name.split(',')[0]]:.0f} |")
    for connections in (16, 1):
        pairs = zip(turns["ours, API", connections], turns["plain, API", connections], strict=True)
        ratios = [(ours.per_second / plain.per_second, plain.p50 / ours.p50) for ours, plain in pairs]
        speed, wait = (statistics.median(column) for column in zip(*ratios, strict=True))
        print(
            f"\nAt {connections}: {speed:.1f} times the throughput, p50 {wait:.1f} times shorter (median of the rounds' ratios)."
        )


def soak(builds: Path, minutes: int) -> None:
    """Ask at four connections for ``minutes`` and print memory each minute."""
    print(heading(builds, f"soak of {minutes} minutes, 4 connections"))
    print("| minute | requests a second | p99 ms | failed | memory MB |\n|---|---|---|---|---|")
    with served("ours", builds) as pid:
        for minute in range(1, minutes + 1):
            turn = load(pid, PORTS["ours"], "/api/ask?q=" if minute % 2 else "/?q=", 4, 60)
            print(f"| {minute} | {turn.per_second:.0f} | {turn.p99:.1f} | {turn.failed} | {resident(pid):.1f} |", flush=True)


def heading(builds: Path, what: str) -> str:
    """Return date, build and machine, and what was run."""
    build = (builds / "CURRENT").read_text().strip()
    return f"{datetime.now(UTC):%Y-%m-%d}, build {build}, {platform.machine()}, Python {platform.python_version()}: {what}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--soak", type=int, metavar="MINUTES")
    parser.add_argument("--serve", choices=tuple(PORTS), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.serve:
        serve(chosen.serve, chosen.index, PORTS[chosen.serve])
    elif shutil.which("wrk") is None:
        raise SystemExit("This needs wrk (Debian: apt install wrk).")
    elif chosen.soak:
        soak(chosen.index, chosen.soak)
    else:
        compare(chosen.index, chosen.rounds, chosen.seconds)


if __name__ == "__main__":
    main()
