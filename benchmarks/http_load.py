"""The server under load, beside a plain service and txtai's API, in one interleaved run. Needs wrk, Linux and the ingest extra.

    python -m benchmarks.http_load                          table of requests a second, times, processor time, memory, start
    python -m benchmarks.http_load --txtai PYTHON           with txtai, installed for that Python
    python -m benchmarks.http_load --soak 60                an hour of questions; memory each minute

``benchmarks.http_services`` says what each service does. Each question is asked once: a number at its end keeps every cache out. All
run at the same time and are asked in turns, so that a busy machine is busy for all. The plain service and txtai use all
processors for each question, as torch does by itself; ours uses one in each of its processes.
"""

import argparse
import platform
import shutil
import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.http_services import ENCODER, OURS, Running, encoder_alone, ours, plain, prepared, started, txtai
from benchmarks.http_turns import Turn, load
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from index.encoders.model_folders import model_folder

CONNECTIONS = (16, 1)
QUESTIONS_BEFORE_MEMORY = 1000
Measured = dict[tuple[str, int], list[Turn]]


def compare(builds: Path, workers: int, python: str, rounds: int, seconds: int) -> None:
    """Run all in turns and print the table."""
    model = model_of(builds)
    folder = prepared(builds, model)
    third = txtai(folder, model, python)
    alone = [make(builds, count) for count in (1, workers) for make in (ours, encoder_alone)]
    services = [service for service in (*alone, plain(folder, model), third) if service]
    with ExitStack() as stack:
        # One after the other: each has the machine to itself until it is ready.
        running = [stack.enter_context(started(service)) for service in services]
        turns = measure(running, rounds, seconds)
        for one in running:
            load_at_least(one, QUESTIONS_BEFORE_MEMORY)
        print(heading(builds, f"{rounds} rounds of {seconds} s each, in turns; medians of the rounds"))
        print_table(running, turns)
    print_ratios(turns, [service.name for service in services])
    if third is None:
        print(f"\nWithout txtai: {python} has none; name one that has with --txtai.")


def measure(running: Sequence[Running], rounds: int, seconds: int) -> Measured:
    """Ask each service in turn, and our page too."""
    turns: Measured = {}
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for one in running:
                name = one.service.name
                turns.setdefault((name, connections), []).append(load(one, one.service.path, connections, seconds))
                if name == "ours":
                    turns.setdefault((f"{name}, page", connections), []).append(load(one, "/?q=", connections, seconds))
    return turns


def load_at_least(running: Running, questions: int) -> None:
    """Ask until so many more questions were answered: memory is compared after the same number at least."""
    asked = 0.0
    while asked < questions:
        turn = load(running, running.service.path, 4, 2)
        asked += max(turn.per_second * 2, 1)


def print_table(running: Sequence[Running], turns: Measured) -> None:
    """Print the medians of each service."""
    print("| service | connections | requests a second | p50 ms | p99 ms | CPU ms a request | failed | memory MB | ready s |")
    print("|---|---|---|---|---|---|---|---|---|")
    by_name = {one.service.name: one for one in running}
    memory = {name: one.memory() for name, one in by_name.items()}
    for (name, connections), measured in turns.items():
        service = name.removesuffix(", page")
        failed = sum(turn.failed for turn in measured)
        figures = [median(measured, field) for field in ("per_second", "p50", "p99", "cpu")]
        shown = (f"{figures[0]:.0f}", *(f"{figure:.1f}" for figure in figures[1:]), failed)
        columns = (name, connections, *shown, f"{memory[service]:.0f}", f"{by_name[service].seconds_to_ready:.2f}")
        print("|", " | ".join(map(str, columns)), "|")


def print_ratios(turns: Measured, names: Sequence[str]) -> None:
    """Print how ours stands to the encoder in as many processes, and to the others: the medians of the rounds' ratios."""
    mine = [name for name in names if name.startswith(OURS)]
    others = [name for name in names if name not in mine and not name.startswith(ENCODER)]
    for connections in CONNECTIONS:
        for name in mine:
            for other in (name.replace(OURS, ENCODER), *others):
                pairs = list(zip(turns[name, connections], turns[other, connections], strict=True))
                speed = statistics.median(one.per_second / two.per_second for one, two in pairs)
                wait = statistics.median(one.p50 / two.p50 for one, two in pairs)
                cpu = statistics.median(one.cpu / two.cpu for one, two in pairs)
                print(
                    f"\nAt {connections}, {name} beside {other}: {speed:.2f} of the throughput, {wait:.2f} of the time (p50), "
                    f"{cpu:.2f} of the processor time a request."
                )


def median(measured: Sequence[Turn], field: str) -> float:
    """Return the median of one figure over the rounds."""
    return statistics.median(float(getattr(turn, field)) for turn in measured)


def soak(builds: Path, workers: int, minutes: int) -> None:
    """Ask at four connections for ``minutes`` and print memory each minute."""
    print(heading(builds, f"soak of {minutes} minutes, 4 connections"))
    print("| minute | requests a second | p99 ms | failed | memory MB (PSS) | its own MB |\n|---|---|---|---|---|---|")
    with started(ours(builds, workers)) as running:
        for minute in range(1, minutes + 1):
            turn = load(running, running.service.path if minute % 2 else "/?q=", 4, 60)
            figures = (f"{turn.per_second:.0f}", f"{turn.p99:.1f}", turn.failed)
            memory = (f"{running.memory():.1f}", f"{running.own_memory():.1f}")
            print("|", " | ".join(map(str, (minute, *figures, *memory))), "|", flush=True)


def model_of(builds: Path) -> Path:
    """Return the folder of the model of the live build."""
    build = open_live_build(builds)
    try:
        return model_folder(build.manifest.model.name)
    finally:
        build.close()


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
    parser.add_argument("--workers", type=int, default=2, help="processes of ours and of the encoder, beside one alone")
    parser.add_argument("--txtai", default=sys.executable, metavar="PYTHON", help="a Python that has txtai (this one)")
    parser.add_argument("--soak", type=int, metavar="MINUTES")
    chosen = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        raise SystemExit("This needs wrk (Debian: apt install wrk).")
    if chosen.soak:
        soak(chosen.index, 1, chosen.soak)
    else:
        compare(chosen.index, chosen.workers, chosen.txtai, chosen.rounds, chosen.seconds)


if __name__ == "__main__":
    main()
