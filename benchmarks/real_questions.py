"""Ask what people asked in public: ``python -m benchmarks.real_questions [--index FOLDER] [--without paraphrases signposts]``.

Comes in: ``../shared/questions/real-dev.jsonl`` with the checker beside it, which knows what a good answer must contain, and a build.
Goes out: how many came out how, for the half on which anything may be chosen and for the half that only reports. Says so where the
questions are not there. Refuses to judge by itself.

With ``--without`` a build is made, and thrown away, of the shipped corpus without lists that were written by hand: what a maintainer's
own texts have of them is nothing.

The halves are told apart by the question's family, so that two wordings of one matter stand on the same side.
"""

import argparse
import hashlib
import importlib.util
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.made_builds import LISTS, corpus_without, made_build
from bot.answering.answer_service import AnswerService
from bot.answering.answer_text import answer_json
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, open_live_build

QUESTIONS = Path(__file__).resolve().parents[2] / "shared" / "questions"
CHOSEN, REPORTED = "chosen on", "reported on"
ANSWER_DUE = "answer"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of builds (%(default)s)")
    parser.add_argument("--without", nargs="+", choices=sorted(LISTS), help="ask a build that is made without these lists")
    options = parser.parse_args()
    if not questions_are_there():
        print(f"The questions are not there: {QUESTIONS}")
        return 2
    if options.without:
        with tempfile.TemporaryDirectory() as scratch:
            _tell(made_build(corpus_without(options.without, Path(scratch)), Path(scratch) / "builds"))
    else:
        _tell(open_live_build(options.index))
    return 0


def _tell(build: Build) -> None:
    outcomes = judged(build)
    print(f"{build.manifest.model.name}, {build.manifest.passages} passages, {len(outcomes)} questions\n")
    print("| half | questions | right first | in three | wrong | wrongly refused | uncertain and useless | sent on rightly |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for half in (CHOSEN, REPORTED):
        print(_row(half, [outcome for row, outcome in outcomes if half_of(row) == half]))
    print(_row("both", [outcome for _, outcome in outcomes]))


def questions_are_there() -> bool:
    """Tell whether questions and checker stand beside the checkout."""
    return (QUESTIONS / "real-dev.jsonl").is_file() and (QUESTIONS / "check_real.py").is_file()


def read_questions() -> list[dict[str, Any]]:
    """Return the questions, each with what is expected."""
    lines = (QUESTIONS / "real-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def half_of(row: dict[str, Any]) -> str:
    """Return on which half a question stands."""
    family = row["id"][:6].encode()
    return (CHOSEN, REPORTED)[int(hashlib.md5(family, usedforsecurity=False).hexdigest(), 16) % 2]


def checker() -> ModuleType:
    """Return the module that judges."""
    spec = importlib.util.spec_from_file_location("check_real", QUESTIONS / "check_real.py")
    if spec is None or spec.loader is None:
        sys.exit(f"The checker cannot be read: {QUESTIONS / 'check_real.py'}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(build: Build) -> list[tuple[dict[str, Any], str]]:
    """Return each question with the outcome that the checker gives it."""
    service, check = AnswerService(build), checker()
    found = []
    for row in read_questions():
        answer = service.answer(row["question"], 3, context=tuple(row.get("context") or ()))
        found.append((row, check.judge(row, answer_json(answer))[0]))
    return found


def _row(name: str, outcomes: list[str]) -> str:
    count, total = Counter(outcomes), max(len(outcomes), 1)

    def share(*names: str) -> str:
        return f"{100 * sum(count[one] for one in names) / total:.1f} %"

    shares = (share("R1", "U1"), share("R1", "R3", "U1", "U3"), share("W"), share("X"), share("U-"), share("RR"))
    return " | ".join(["|", name, str(len(outcomes)), *shares, "|"]).replace("| | ", "| ").replace(" | |", " |")


if __name__ == "__main__":
    sys.exit(main())
