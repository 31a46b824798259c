"""The figures of retrieval and refusal.

Comes in: rankings with judgements, scores with labels. Goes out: numbers between 0 and 1. Pure arithmetic.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def ndcg(ranking: Sequence[str], relevant: Mapping[str, float], depth: int = 10) -> float:
    """Return the normalised discounted cumulative gain of ``ranking`` (Järvelin and Kekäläinen 2002, gain = grade)."""
    gain = sum(relevant.get(name, 0.0) / math.log2(place + 2) for place, name in enumerate(ranking[:depth]))
    ideal = sum(grade / math.log2(place + 2) for place, grade in enumerate(sorted(relevant.values(), reverse=True)[:depth]))
    return gain / ideal if ideal else 0.0


def hit(ranking: Sequence[str], relevant: Mapping[str, float], depth: int) -> float:
    """Return 1 where one of the first ``depth`` is relevant, else 0."""
    return float(any(name in relevant for name in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, float], depth: int = 10) -> float:
    """Return 1 / rank of the first relevant one among the first ``depth``, else 0."""
    return next((1 / place for place, name in enumerate(ranking[:depth], start=1) if name in relevant), 0.0)


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
