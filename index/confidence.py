"""How likely it is that the best passage answers the question, and what a likelihood is worth.

Comes in: signals of the first hit and of the field behind it. Goes out: a probability, and the status it earns. Refuses to know
the texts. The bands stand here, so that the answer service and the evaluation cannot drift apart.
"""

import math
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """How far an answer can be trusted."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, 0 to 1, for each status; below ``uncertain`` nothing is shown."""

    answered: float = 0.6
    uncertain: float = 0.35

    def status(self, confidence: float) -> Status:
        """Return the status that ``confidence`` earns."""
        if confidence < self.uncertain:
            return Status.NOT_FOUND
        return Status.ANSWERED if confidence >= self.answered else Status.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Signals:
    """What confidence is made from; all between 0 and 1 unless said otherwise."""

    vector: float  # cosine of the first passage, -1 to 1
    sentence: float  # best sentence cosine among the first hits, -1 to 1
    coverage: float  # share of the question's words, weighted by idf, that stand in the first passage or its headings
    rarest: float  # 1 where the rarest word of the question stands there, else 0


# A first logistic model, set by hand on the public questions; the ranking issue replaces it by a fitted one.
_BIAS = -7.2
_VECTOR = 4.2
_SENTENCE = 5.6
_COVERAGE = 4.0
_RAREST = 0.6


def probability(signals: Signals) -> float:
    """Return the probability, 0 to 1, that the first passage answers the question."""
    score = (
        _BIAS
        + _VECTOR * signals.vector
        + _SENTENCE * signals.sentence
        + _COVERAGE * signals.coverage
        + _RAREST * signals.rarest
    )
    return 1 / (1 + math.exp(-score))
