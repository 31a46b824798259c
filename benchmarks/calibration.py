"""How far a confidence can be trusted.

Comes in: confidences with what came of them. Goes out: calibration error, and the points of a reliability diagram and of a
risk-coverage curve. Pure arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one question."""

    confidence: float  # 0 to 1
    right: bool  # whether the first passage answers
    answerable: bool  # whether any passage does
    weight: float = 1.0  # how much the question counts


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence."""

    confidence: float  # mean
    right: float  # share
    mass: float  # share of all questions


@dataclass(frozen=True, slots=True)
class Curve:
    """What is risked by answering the surest questions; the arrays run alongside each other, surest first."""

    coverage: NDArray[np.float64]  # share of the questions that are answered
    risk: NDArray[np.float64]  # share of wrong answers among those
    confidence: NDArray[np.float64]  # the least confidence that is answered


def evened(judged: Sequence[Judged]) -> list[Judged]:
    """Return the same with weights such that questions with an answer and those without count as much, one half each.

    How many questions without an answer a set happens to hold says nothing about what people ask.
    """
    counts = {kind: sum(one.answerable is kind for one in judged) for kind in (True, False)}
    return [replace(one, weight=0.5 / counts[one.answerable]) for one in judged]


def bins_of(judged: Sequence[Judged], count: int = BINS) -> list[Bin]:
    """Return ``count`` bins of equal mass, the least sure first; fewer where there are fewer questions."""
    confidence, right, weight = _columns(judged)
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    bin_of = np.minimum((middle * count).astype(int), count - 1)
    inside = [bin_of == place for place in range(count) if (bin_of == place).any()]
    return [
        Bin(
            confidence=float(np.average(confidence[here], weights=weight[here])),
            right=float(np.average(right[here], weights=weight[here])),
            mass=float(weight[here].sum() / weight.sum()),
        )
        for here in inside
    ]


def calibration_error(judged: Sequence[Judged], count: int = BINS) -> float:
    """Return the expected calibration error over bins of equal mass: the mean gap between being sure and being right."""
    return sum(abs(one.confidence - one.right) * one.mass for one in bins_of(judged, count))


def risk_coverage(judged: Sequence[Judged]) -> Curve:
    """Return what share of wrong answers is risked at each coverage (El-Yaniv and Wiener, 2010)."""
    confidence, right, weight = (column[::-1] for column in _columns(judged))
    covered = np.cumsum(weight)
    return Curve(covered / covered[-1], np.cumsum(weight * (1 - right)) / covered, confidence)


def _columns(judged: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return confidence, whether right, and weight, the least sure first; equally sure ones share how right they are."""
    table = np.array([(one.confidence, one.right, one.weight) for one in judged], np.float64)
    confidence, right, weight = table[np.argsort(table[:, 0], kind="stable")].T
    _, group = np.unique(confidence, return_inverse=True)
    return confidence, (np.bincount(group, right * weight) / np.bincount(group, weight))[group], weight
