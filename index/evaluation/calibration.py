"""Fit how sure to be to a build: from golden questions, whose right answers are known.

Comes in: signals of first passages and whether each was right, and a calibration to begin from. Goes out: a calibration, and how far
it can be relied on, measured on questions that it was not fitted on. Refuses to ask anything.

A logistic model by Newton's method (Hastie and others, "The Elements of Statistical Learning", 4.4), drawn towards the calibration
it begins from: with few questions it stays there, with many it follows them. Signals are held to their ranges, as when deciding.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.abstention.confidence import Calibration, Signals, held
from index.evaluation.golden_run import Outcome

STEPS = 60
LARGEST = 30.0  # log odds: surer is not told apart
# In what it begins from, in questions of middling sureness four to one. Golden questions are worded to be hard: fitted to them alone a
# build is less sure of what people ask than it may be. Of 20, 100 and 300 the last has the least calibration error on those held back.
TRUST = 300.0
LEAST_QUESTIONS = 100  # answerable ones: fewer tell too little of a corpus
NAMES = tuple(Signals.__dataclass_fields__)


class Known(NamedTuple):
    """The signals of a first passage, and whether it was right."""

    signals: Signals
    right: bool


def known(outcomes: Sequence[Outcome]) -> list[Known]:
    """Return what golden questions teach; nothing of those that were decided without looking at what was found."""
    return [Known(outcome.signals, outcome.rank == 1) for outcome in outcomes if outcome.signals is not None]


def fitted(rows: Sequence[Known], prior: Calibration, trust: float = TRUST) -> Calibration:
    """Return ``prior`` moved towards what ``rows`` show.

    Args:
        rows: of at least one question that came out right and one that did not.
        prior: what to begin from.
        trust: how strongly weights, per standard deviation of their signal, and bias are drawn to it; not negative.
    """
    signals = np.array([_numbers(row.signals) for row in rows])
    right = np.array([row.right for row in rows], float)
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-6
    design = np.column_stack([np.ones(len(rows)), (signals - mean) / spread])
    begun = np.array([prior.weights.get(name, 0.0) for name in NAMES])
    wanted = np.concatenate([[prior.bias + begun @ mean], begun * spread])
    pull = np.diag([trust] * (1 + len(NAMES)))
    weights = np.zeros(len(wanted))  # from here Newton's steps come home; from sure and wrong they may not
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -LARGEST, LARGEST)))
        slope = design.T @ (chance - right) + pull @ (weights - wanted)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + pull + 1e-9 * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, slope)
    plain = weights[1:] / spread
    return Calibration(float(weights[0] - plain @ mean), dict(zip(NAMES, map(float, plain), strict=True)))


def reliability(calibration: Calibration, rows: Sequence[Known]) -> dict[str, float]:
    """Return how far ``calibration`` can be relied on, by ``rows`` that it was not fitted on.

    ``expected_calibration_error``: mean distance of confidence and share of right answers over ten bins, 0 to 1. ``auroc``: how often
    a right first passage has more confidence than a wrong one, 0 to 1; only where there are both.
    """
    confidences = [calibration.probability(row.signals) for row in rows]
    right = [one for one, row in zip(confidences, rows, strict=True) if row.right]
    wrong = [one for one, row in zip(confidences, rows, strict=True) if not row.right]
    told = {
        "questions": float(len(rows)),
        "expected_calibration_error": calibration_error(confidences, [row.right for row in rows]),
    }
    return told | ({"auroc": auroc(right, wrong)} if right and wrong else {})


def teaches(rows: Sequence[Known]) -> bool:
    """Tell whether ``rows`` are enough to be fitted to."""
    right = sum(row.right for row in rows)
    return len(rows) >= LEAST_QUESTIONS and 0 < right < len(rows)


def _numbers(signals: Signals) -> NDArray[np.float64]:
    return np.array([held(name, getattr(signals, name)) for name in NAMES])


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counted half (the area under the ROC curve)."""
    scores = np.array([*positive, *negative], float)
    ranks = _mean_ranks(scores)
    above = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(above / (len(positive) * len(negative)))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error over ``bins`` bins of equal width (Guo and others 2017)."""
    confidence, correct = np.array(confidences, float), np.array(right, float)
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of == place].mean() - correct[bin_of == place].mean()) * (bin_of == place).mean()
        for place in set(bin_of)
    ]
    return float(sum(gaps))


def _mean_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the 1-based rank of every score, equal scores sharing the mean of their ranks."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]
