"""Follow-ups: golden questions that lean on the one before them, asked with it and without it.

    python -m benchmarks.follow_ups [--index DIR] [--corpus DIR]

The live build must have been made from the corpus. Shows how often the right passage stands first, or among the first three, and how
often the question is refused, for the tuned and the held-back questions.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from index.errors import NoBuild
from index.evaluation.command import DEFAULT_CORPUS, questions_of_part
from index.evaluation.golden import GoldenQuestion
from index.evaluation.golden_run import Tally, evaluate_golden

PARTS = ("tuned", "held-back")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of the builds (%(default)s)")
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, help="where the questions are (%(default)s)")
    options = parser.parse_args()
    try:
        build = open_live_build(options.index)
    except NoBuild as error:
        print(error)
        return 2
    print("| part | asked | follow-ups with an answer | first | in three | refused | without an answer | refused |")
    print("|---|---|---|---|---|---|---|---|")
    for part in PARTS:
        leaning = [question for question in questions_of_part(options.corpus, part) if question.context]
        for how, questions in (("after the one before", leaning), ("alone", _alone(leaning))):
            print(f"| {part} | {how} | {_cells(evaluate_golden(build, questions).whole)} |", flush=True)
    build.close()
    return 0


def _alone(questions: Sequence[GoldenQuestion]) -> list[GoldenQuestion]:
    return [replace(question, context=()) for question in questions]


def _cells(tally: Tally) -> str:
    found = [_share(count, tally.answerable) for count in (tally.first, tally.in_three, tally.refused_wrongly)]
    return " | ".join([str(tally.answerable), *found, str(tally.refusable), _share(tally.refused, tally.refusable)])


def _share(count: int, of: int) -> str:
    return f"{count} ({count / of:.0%})" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
