"""What each reader costs: nearness to the full model, processor time a question, memory, disk; one live build for each reader.

    python -m benchmarks.readers DIR [DIR …] [--rounds 5]

Each DIR is a folder of builds, made with another LOCALISM_MODEL and LOCALISM_INDEX. Each round asks the suggestions of the build,
with a number behind them so that nothing is remembered, in a process of its own, in turns. How long ingestion takes: time
localism-ingest build.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

from index.build.layout import BuildLayout, live_build
from index.build.reader import open_live_build
from index.encoders.query_encoder import ENCODER_FILES
from index.retrieval.searcher import Searcher


def measured(builds: Path) -> dict[str, float | str]:
    """Return what the live build in ``builds`` costs, in megabytes and milliseconds of processor time."""
    folder = live_build(builds)
    build = open_live_build(builds)
    searcher, asked = Searcher(build), list(build.lexicon.suggestions)
    with threadpool_limits(1, user_api="blas"):  # as the server does
        for question in asked:
            searcher.search(question)
        whole = _milliseconds(lambda: [searcher.search(f"{question} 1") for question in asked], len(asked))
        alone = _milliseconds(lambda: [build.encoder.encode(f"{question} 2") for question in asked], len(asked))
    settings = json.loads((BuildLayout(folder).encoder / ENCODER_FILES.settings).read_text(encoding="utf-8"))
    return {
        "reader": build.manifest.model.name,
        "arithmetic": settings.get("arithmetic", "int8"),
        "cosine": build.manifest.encoder_mean_cosine,
        "encoding": alone,
        "search": whole,
        "memory": _resident_megabytes(),
        "disk": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6,
    }


def _milliseconds(work: Callable[[], object], count: int) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000 / count


def _resident_megabytes() -> float:
    line = next(one for one in Path("/proc/self/status").read_text(encoding="utf-8").splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("builds", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(measured(options.builds[0])))
        return 0
    rounds: dict[Path, list[dict[str, float]]] = {builds: [] for builds in options.builds}
    for _ in range(options.rounds):
        for builds, found in rounds.items():
            command = [sys.executable, "-m", "benchmarks.readers", str(builds), "--once"]
            found.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    print(
        "| reader | arithmetic | mean cosine | encoding, ms | search, ms | resident MB | build, MB |\n|---|---|---|---|---|---|---|"
    )
    for found in rounds.values():
        first = found[0]
        middle = {name: statistics.median(one[name] for one in found) for name in ("encoding", "search", "memory")}
        print(
            f"| {first['reader']} | {first['arithmetic']} | {first['cosine']:.4f} | {middle['encoding']:.1f} | {middle['search']:.1f} "
            f"| {middle['memory']:.0f} | {first['disk']:.0f} |"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
