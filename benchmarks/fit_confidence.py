"""Fit the weights of confidence: ``python -m benchmarks.fit_confidence [--index FOLDER]``.

Comes in: the tuned golden questions of the corpus and, where they are there, the half of people's own questions on which anything may
be chosen, asked of a build. Goes out: the weights for ``index.abstention.decision``, and how well they tell on what they were not
fitted on: the golden questions held back and the other half. Changes nothing.

A logistic model by Newton's method with a small ridge (l2 = 0.5 on standardised signals; Hastie and others, "The Elements of
Statistical Learning", 4.4): the target is that the first passage is right.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import real_questions
from index.abstention.decision import Signals, held, with_words
from index.abstention.scope import Signposts
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from index.evaluation.command import DEFAULT_CORPUS, questions_of_part
from index.evaluation.golden import GoldenQuestion
from index.evaluation.labelled_set import auroc
from index.records import Passage
from index.retrieval.searcher import Findings, Searcher

RIDGE = 0.5
STEPS = 60
NAMES = [field.name for field in fields(Signals)]
Rows = list[tuple[list[float], bool]]


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of builds (%(default)s)")
    options = parser.parse_args()
    build = open_live_build(options.index)
    searcher = Searcher(build)
    signals = _signals_of(searcher)
    fitted, others = golden(searcher, signals, "tuned"), {"golden, held back": golden(searcher, signals, "held-back")}
    if real_questions.questions_are_there():
        fitted += real(searcher, signals, real_questions.CHOSEN)
        others["people's own, the other half"] = real(searcher, signals, real_questions.REPORTED)
    weights, bias = fit(np.array([row for row, _ in fitted]), np.array([right for _, right in fitted], float))
    print(f"{build.manifest.model.name}: fitted on {len(fitted)} questions\nbias={bias:.2f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f"  {name}: {weight:.2f}")
    for name, rows in others.items():
        sure = [float(1 / (1 + np.exp(-(np.dot(row, weights) + bias)))) for row, _ in rows]
        right = [value for value, (_, is_right) in zip(sure, rows, strict=True) if is_right]
        wrong = [value for value, (_, is_right) in zip(sure, rows, strict=True) if not is_right]
        print(f"{name}: {len(rows)} questions, AUROC of the first passage being right {auroc(right, wrong):.3f}")
    return 0


def golden(searcher: Searcher, signals: Callable[[str, Findings], list[float]], part: str) -> Rows:
    """Return the signals of each golden question of ``part``, and whether the first passage is right."""
    rows: Rows = []
    for question in questions_of_part(DEFAULT_CORPUS, part):
        findings = searcher.search(question.text, 1, context=question.context)
        first = findings.hits[0].passage if findings.hits else None
        rows.append((signals(question.text, findings), first is not None and _answers(first, question)))
    return rows


def real(searcher: Searcher, signals: Callable[[str, Findings], list[float]], half: str) -> Rows:
    """Return the same for people's own questions of ``half``."""
    check, rows = real_questions.checker(), []
    for row in real_questions.read_questions():
        if real_questions.half_of(row) == half:
            findings = searcher.search(row["question"], 3, context=tuple(row.get("context") or ()))
            rows.append((signals(row["question"], findings), check.judge(row, _as_answered(findings))[0] == "R1"))
    return rows


def fit(signals: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return weights, shape (signals,), and bias of a logistic model.

    Args:
        signals: shape (questions, signals).
        right: 1 where the first passage is right, else 0, shape (questions,).
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-6
    rows = np.column_stack([np.ones(len(signals)), (signals - mean) / spread])
    ridge = np.diag([0.0, *[RIDGE] * signals.shape[1]])
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (probability - right) + ridge @ weights
        curvature = (rows * (probability * (1 - probability))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(curvature, gradient)
    plain = weights[1:] / spread
    return plain, float(weights[0] - plain @ mean)


def _signals_of(searcher: Searcher) -> Callable[[str, Findings], list[float]]:
    posts = Signposts(searcher.build.lexicon.signposts, searcher.build.out_of_scope)

    def signals(question: str, findings: Findings) -> list[float]:
        found = findings.evidence.signals or Signals(*[0.0] * len(NAMES))
        found = with_words(found, posts.standing_at(question))
        return [held(name, getattr(found, name)) for name in NAMES]

    return signals


def _answers(passage: Passage, question: GoldenQuestion) -> bool:
    names: Sequence[str] = (" > ".join(passage.section), *passage.section[-1:])
    return any(place.document == passage.document_id and place.section in names for place in question.answers)


def _as_answered(findings: Findings) -> dict[str, Any]:
    passages = [hit.passage for hit in findings.hits]
    quotes = [
        {"citation": {"document": one.document_id, "section": " > ".join(one.section)}, "quote": one.text} for one in passages
    ]
    return {"status": "answered", "passages": quotes}


if __name__ == "__main__":
    sys.exit(main())
