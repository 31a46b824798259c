"""Join several features of a passage into one score.

Comes in: for each candidate, how well it fits in each feature. Goes out: one score a candidate and what each feature gave to it.
Refuses to know where the numbers come from. Pure arithmetic.

The features are added as they are, without stretching them to the candidates of the question: on six sets of questions, with weights
learned on five and tried on the sixth, raw scores in a linear sum beat min-max means, z-scores and reciprocal ranks. Weights that
depend on the kind of question gained nothing there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """How well each candidate fits the question; every array has shape (candidates,) and lies between about 0 and 1."""

    sentence: Scores  # cosine of its best sentence and the question
    words: Scores  # BM25 of title, headings and text, as a share of what the question's words could give
    tokens: Scores  # how near each word of the question comes to some word of the passage in its context, cubed: see max_sim
    pairs: Scores  # BM25 of neighbouring words, as a share
    passage: Scores  # cosine of the passage and the question
    document: Scores  # cosine of the document's mean passage and the question
    key: Scores  # cosine of its best key and the question; of its best sentence where it has no keys
    expansion_words: (
        Scores  # BM25 of its keys, as a share; ``tokens`` where that is more, so that a passage without keys is not put back
    )


WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "sentence": 1.0,
        "words": 0.8,
        "tokens": 2.75,
        "pairs": 0.6,
        "passage": 0.5,
        "document": 0.5,
        "key": 1.3,
        "expansion_words": 1.8,
    }
)
TOTAL_WEIGHT = sum(WEIGHTS.values())


def contributions(features: Features) -> dict[str, Scores]:
    """Return what each feature gives to each candidate's score; the score is their sum, 0 to about 1."""
    return {name: WEIGHTS[name] / TOTAL_WEIGHT * getattr(features, name) for name in WEIGHTS}


def stretched(scores: Scores) -> Scores:
    """Return ``scores`` moved and stretched to 0 to 1; zeros where all are equal."""
    if not len(scores):
        return scores
    least, greatest = float(scores.min()), float(scores.max())
    return np.asarray((scores - least) / max(greatest - least, 1e-9), np.float32)
