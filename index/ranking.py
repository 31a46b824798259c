"""Join several views of a passage into one score.

Comes in: for each candidate, how well it fits in each view. Goes out: one score a candidate and what each view gave to it.
Refuses to know where the numbers come from. Pure arithmetic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Views:
    """How well each candidate fits the question, seen in several ways; every array has shape (candidates,)."""

    vector: NDArray[np.float32]  # cosine of passage and question
    sentence: NDArray[np.float32]  # cosine of its best sentence and the question
    words: NDArray[np.float32]  # BM25 of its text
    heading: NDArray[np.float32]  # BM25 of its title and headings


@dataclass(frozen=True, slots=True)
class Weights:
    """What each view counts for; they add up to 1."""

    vector: float = 0.3
    sentence: float = 0.3
    words: float = 0.3
    heading: float = 0.1


def join(views: Views, weights: Weights) -> dict[str, NDArray[np.float32]]:
    """Return what each view gives to each candidate's score; the score is their sum, between 0 and 1.

    Each view is normalised by its least and greatest value over the candidates before it is weighted: min-max means beat
    reciprocal rank fusion on most sets (see benchmarks/).
    """
    return {
        "vector": weights.vector * normalise(views.vector),
        "sentence": weights.sentence * normalise(views.sentence),
        "words": weights.words * normalise(views.words),
        "heading": weights.heading * normalise(views.heading),
    }


def normalise(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``scores`` moved and stretched to 0 to 1; zeros where all are equal."""
    if not len(scores):
        return scores
    least, greatest = float(scores.min()), float(scores.max())
    if greatest - least < 1e-9:
        return np.zeros_like(scores)
    return np.asarray((scores - least) / (greatest - least), np.float32)
