"""What confidence was worth on the golden questions, tuned and held back apart.

Comes in: the folder of the builds. Goes out: for each part of the golden questions, what came of every one. Refuses to draw.
"""

from pathlib import Path

from benchmarks.calibration import Judged
from index.build.reader import open_live_build
from index.errors import NoBuild
from index.evaluation.command import DEFAULT_CORPUS, questions_of_part
from index.evaluation.golden_run import Outcome, evaluate_golden

PARTS = ("tuned", "held-back")


def judged(builds: Path) -> dict[str, list[Judged]]:
    """Return what came of the golden questions of each part, asked of the live build; none where there is no build."""
    try:
        build = open_live_build(builds)
    except NoBuild:
        print("There is no live build of the corpus, so the golden questions are left out. Make one: localism-ingest build")
        return {}
    try:
        reports = {part: evaluate_golden(build, questions_of_part(DEFAULT_CORPUS, part)) for part in PARTS}
    finally:
        build.close()
    return {f"golden, {part}": [_judged(outcome) for outcome in report.outcomes] for part, report in reports.items()}


def _judged(outcome: Outcome) -> Judged:
    confidence = outcome.confidence
    return Judged(confidence, outcome.rank == 1, outcome.question.answerable)
