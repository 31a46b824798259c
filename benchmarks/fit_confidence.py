"""Fit the weights of confidence that a build begins from: ``python -m benchmarks.fit_confidence [--index FOLDER]``.

Comes in: the tuned golden questions of the corpus and, where they are there, the half of people's own questions on which anything may
be chosen, asked of a build. Goes out: the weights for ``index.abstention.decision``, and how well they, and those that the build
fitted for itself, tell on what neither was fitted on: the golden questions held back and the other half. Changes nothing.
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from benchmarks import real_questions
from index.abstention.confidence import Calibration, Signals
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, open_live_build
from index.evaluation.calibration import Known, fitted, known, reliability
from index.evaluation.command import DEFAULT_CORPUS, questions_of_part
from index.evaluation.golden_run import evaluate_golden
from index.retrieval.searcher import Findings, Searcher

NOTHING = Calibration(0.0, {field.name: 0.0 for field in fields(Signals)})
RIDGE = 0.5


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of builds (%(default)s)")
    build = open_live_build(parser.parse_args().index)
    rows, others = golden(build, "tuned"), {"golden, held back": golden(build, "held-back")}
    if real_questions.questions_are_there():
        rows += real(build, real_questions.CHOSEN)
        others["people's own, the other half"] = real(build, real_questions.REPORTED)
    calibration = fitted(rows, NOTHING, RIDGE)
    print(f"{build.manifest.model.name}: fitted on {len(rows)} questions\nbias={calibration.bias:.2f}")
    for name, weight in calibration.weights.items():
        print(f"  {name}: {weight:.2f}")
    for name, rows_of_part in others.items():
        for what, one in {"fitted here": calibration, "as the build has it": Searcher(build).calibration}.items():
            print(f"{name}, {what}: {reliability(one, rows_of_part)}")
    return 0


def golden(build: Build, part: str) -> list[Known]:
    """Return the signals of each golden question of ``part``, and whether the first passage is right."""
    return known(evaluate_golden(build, questions_of_part(DEFAULT_CORPUS, part)).outcomes)


def real(build: Build, half: str) -> list[Known]:
    """Return the same for people's own questions of ``half``."""
    check, rows, searcher = real_questions.checker(), [], Searcher(build)
    abstention = searcher.abstention()
    for row in real_questions.read_questions():
        if real_questions.half_of(row) == half:
            findings = searcher.search(row["question"], 3, context=tuple(row.get("context") or ()))
            if signals := abstention.decide(row["question"], findings.evidence).signals:
                rows.append(Known(signals, check.judge(row, _as_answered(findings))[0] == "R1"))
    return rows


def _as_answered(findings: Findings) -> dict[str, Any]:
    passages = [hit.passage for hit in findings.hits]
    quotes = [
        {"citation": {"document": one.document_id, "section": " > ".join(one.section)}, "quote": one.text} for one in passages
    ]
    return {"status": "answered", "passages": quotes}


if __name__ == "__main__":
    sys.exit(main())
