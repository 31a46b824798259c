"""What answers are worth on processors that lack newer instructions: emulated by qemu, compared with this machine.

    python -m benchmarks.old_processor [--index DIR] [--every 3] [PROCESSOR …]

Needs qemu-x86_64 (Debian: apt install qemu-user). A third of the tuned golden questions is asked here and on each processor: Nehalem
(2008) has no AVX, Haswell (2013) AVX2 but no VNNI. OpenBLAS mistakes an emulated processor for another, so it is told which it is.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from index.abstention.decision import Status, Thresholds
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from index.evaluation.command import DEFAULT_CORPUS, questions_of_part
from index.retrieval.searcher import Searcher

EMULATOR = "qemu-x86_64"
KERNELS = {
    "Nehalem": "Nehalem",
    "SandyBridge": "Sandybridge",
    "Haswell": "Haswell",
}  # processor to the name OpenBLAS has for it


class Found(NamedTuple):
    """What came of a question."""

    passage: str  # id of the first; "" where there is none
    confidence: float
    refused: bool


def main() -> int:
    """Print a line for each processor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processors", nargs="*", metavar="PROCESSOR", help=", ".join(KERNELS))
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--every", type=int, default=3, help="ask each so-manieth question")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)  # be the one that is emulated
    chosen = parser.parse_args()
    processors = chosen.processors or ["Nehalem", "Haswell"]
    unknown = sorted(set(processors) - set(KERNELS))
    if unknown:
        parser.error(f"{', '.join(unknown)}: not one of {', '.join(KERNELS)}")
    if chosen.write:
        chosen.write.write_text(json.dumps(asked(chosen.index, chosen.every)), encoding="utf-8")
        return 0
    if shutil.which(EMULATOR) is None:
        print(f"This needs {EMULATOR} (Debian: apt install qemu-user).", file=sys.stderr)
        return 2
    here = asked(chosen.index, chosen.every)
    print(
        "| processor | questions | same passage first | mean difference in confidence | other verdict |\n|---|---|---|---|---|"
    )
    for processor in processors:
        print(line(processor, here, emulated(processor, chosen.index, chosen.every)), flush=True)
    return 0


def asked(builds: Path, every: int) -> list[Found]:
    """Ask the live build of ``builds`` every so-manieth tuned golden question."""
    build = open_live_build(builds)
    searcher = Searcher(build)
    abstention = searcher.abstention()
    found = []
    for question in questions_of_part(DEFAULT_CORPUS, "tuned")[::every]:
        findings = searcher.search(question.text, 1)
        decision = abstention.decide(question.text, findings.evidence)
        first = findings.hits[0].passage.id if findings.hits else ""
        found.append(Found(first, decision.confidence, decision.status is Status.NOT_FOUND))
    build.close()
    return found


def emulated(processor: str, builds: Path, every: int) -> list[Found]:
    """Ask the same on ``processor``."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        myself = [
            sys.executable,
            "-m",
            "benchmarks.old_processor",
            "--index",
            str(builds),
            "--every",
            str(every),
            "--write",
            str(out),
        ]
        environment = os.environ | {"OPENBLAS_CORETYPE": KERNELS[processor], "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([EMULATOR, "-cpu", processor, *myself], check=True, env=environment, stderr=subprocess.DEVNULL)
        return [Found(*one) for one in json.loads(out.read_text(encoding="utf-8"))]


def line(processor: str, here: list[Found], there: list[Found]) -> str:
    """Return how ``there`` differs from ``here``."""
    status = Thresholds().status
    pairs = list(zip(here, there, strict=True))
    same = sum(one.passage == other.passage for one, other in pairs) / len(pairs)
    apart = sum(abs(one.confidence - other.confidence) for one, other in pairs) / len(pairs)
    verdicts = sum((one.refused, status(one.confidence)) != (other.refused, status(other.confidence)) for one, other in pairs)
    return f"| {processor} | {len(pairs)} | {same:.0%} | {apart:.3f} | {verdicts} |"


if __name__ == "__main__":
    sys.exit(main())
