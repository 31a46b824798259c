"""Learn the weights of the features from questions whose relevant documents are known.

Comes in: for each question, its candidates as every feature sees them. Goes out: weights, and nDCG@10 of any weights. Pure arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.evaluation.labelled_set import DEPTH

Numbers = NDArray[np.float64]
STEPS = 1500
RATE = 20.0  # of the first step; steps grow shorter
HELD = 1e-4  # pulls weights towards zero, so that the scale of scores stays bounded


@dataclass(frozen=True, slots=True)
class Lesson:
    """The questions of one set; every array has one row a question, padded to as many candidates as any has."""

    features: Numbers  # shape (questions, features, candidates)
    documents: NDArray[np.int64]  # of each candidate; -1 where there is none; shape (questions, candidates)
    grades: Numbers  # of the candidate's document, shape (questions, candidates)
    ideals: Numbers  # the discounted gain of the best ranking of the whole set, shape (questions,)


def lesson(rows: Sequence[tuple[Numbers, NDArray[np.int64], Numbers, Sequence[float]]]) -> Lesson:
    """Return the lesson of questions, each given as features (features, candidates), documents, grades, and all its grades."""
    most = max(len(documents) for _, documents, _, _ in rows)
    return Lesson(
        features=np.stack([_padded(features, most, 0.0) for features, _, _, _ in rows]),
        documents=np.stack([_padded(documents, most, -1) for _, documents, _, _ in rows]),
        grades=np.stack([_padded(grades, most, 0.0) for _, _, grades, _ in rows]),
        ideals=np.array([_ideal(whole) for _, _, _, whole in rows]),
    )


def gains(weights: Numbers, taught: Lesson) -> Numbers:
    """Return nDCG@10 of each question, shape (questions,); a document counts at its best candidate."""
    scores = np.where(taught.documents >= 0, np.einsum("v,qvc->qc", weights, taught.features), -np.inf)
    order = np.argsort(-scores, axis=1, kind="stable")
    documents = np.take_along_axis(taught.documents, order, axis=1)
    before = np.tril(np.ones((documents.shape[1],) * 2, bool), -1)
    first = ~((documents[:, :, None] == documents[:, None, :]) & before).any(axis=2) & (documents >= 0)
    rank = np.cumsum(first, axis=1)
    counted = first & (rank <= DEPTH)
    grades = np.take_along_axis(taught.grades, order, axis=1)
    return np.asarray((np.where(counted, grades, 0) / np.log2(np.maximum(rank, 1) + 1)).sum(axis=1) / taught.ideals)


def mean_of_sets(weights: Numbers, taught: Sequence[Lesson]) -> float:
    """Return the mean over sets of their mean nDCG@10, so that a large set counts no more than a small one."""
    return float(np.mean([gains(weights, one).mean() for one in taught]))


def learned(taught: Sequence[Lesson]) -> Numbers:
    """Return the weights, shape (features,), none below zero, that make the candidates of relevant documents likeliest.

    A question's candidates are taken as likely as the softmax of their scores; the mean over sets of the logarithm of what falls to
    relevant documents is climbed by gradient (listwise, after Cao and others 2007). nDCG itself has too many small summits: weights
    that climbed it did worse on sets they had not seen.
    """
    kept = [_answered(one) for one in taught]
    weights = np.full(taught[0].features.shape[1], 4.0)
    for step in range(STEPS):
        slope = np.mean([_slope(weights, one) for one in kept], axis=0)
        weights = np.maximum(weights + RATE * (1 - step / STEPS) * (slope - HELD * weights), 0)
    return weights


def _answered(taught: Lesson) -> Lesson:
    """Return the questions that have a relevant candidate: the others teach nothing."""
    kept = (taught.grades > 0).any(axis=1)
    return Lesson(taught.features[kept], taught.documents[kept], taught.grades[kept], taught.ideals[kept])


def _slope(weights: Numbers, taught: Lesson) -> Numbers:
    scores = np.where(taught.documents >= 0, np.einsum("v,qvc->qc", weights, taught.features), -np.inf)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    relevant = likely * (taught.grades > 0)
    relevant /= np.maximum(relevant.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.einsum("qvc,qc->v", taught.features, relevant - likely) / len(likely))


def _padded(array: NDArray[np.generic], most: int, filler: float) -> NDArray[np.generic]:
    missing = [(0, 0)] * (array.ndim - 1) + [(0, most - array.shape[-1])]
    return np.pad(array, missing, constant_values=filler)


def _ideal(grades: Sequence[float]) -> float:
    best = np.sort(np.array(grades, float))[::-1][:DEPTH]
    return float((best / np.log2(np.arange(len(best)) + 2)).sum())
