"""How likely it is that the best passage answers the question, and what follows from that.

Comes in: signals of the first passage and of the field behind it. Goes out: a probability, and the band it falls into.
Refuses to know the texts.
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
    """The least confidence, 0 to 1, for each status; below ``uncertain`` nothing is shown.

    What is shown as an answer is to be right nine times in ten. What is shown as uncertain need not be: sending somebody away whose
    answer is here is taken to cost twice as much as showing them, marked as uncertain, what is not an answer. Of 1,238 questions in
    four sets, each judged by weights that had not seen its own set, 552 of 606 answered had the right passage first, and 56 of 133
    uncertain ones, of which 102 lay inside what is held.
    """

    answered: float = 0.6
    uncertain: float = 0.15

    def status(self, confidence: float) -> Status:
        """Return what ``confidence`` allows to be said."""
        if confidence >= self.answered:
            return Status.ANSWERED
        return Status.UNCERTAIN if confidence >= self.uncertain else Status.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Signals:
    """What confidence is made from."""

    key: float  # cosine of the first passage's best sentence or key, 0 to 1
    covered: float  # share of the question's words, by idf, that stand in the first passage; unknown words count as rare
    margin_to_second: float  # score of the first place less that of the second, in units of the ranking's weights, 0 to 2
    margin_to_tenth: float  # the same against the tenth place, 0 to 2.75
    rarest: float  # idf of the question's rarest word as a share of the highest there is, 0 to 1
    scope_margin: float  # cosine to what was found less that to what is known not to be held, -0.2 to 0.08


# Sentences lie this much farther from questions than the wordings under which people ask: a passage without wordings is not to seem
# farther from a question than what is not held, which has them.
FARTHER = 0.1
NOTHING_KNOWN = 0.0  # ``scope_margin`` of a build that knows nothing of what it does not hold: neither for nor against

# Fitted where two questions in three lie inside what is held, as among those that people ask.
_BIAS = -6.56
_WEIGHTS = {
    "key": 3.71,
    "covered": 1.63,
    "margin_to_second": 1.44,
    "margin_to_tenth": 0.61,
    "rarest": 1.92,
    "scope_margin": 22.4,
}
_RANGES = {"margin_to_second": (0.0, 2.0), "margin_to_tenth": (0.0, 2.75), "scope_margin": (-0.2, 0.08)}


def probability(signals: Signals) -> float:
    """Return the probability, 0 to 1, that the first passage answers the question.

    A logistic model: sigmoid of the weighted sum of the signals, each held to its range.
    """
    weighed = _BIAS + sum(weight * _held(name, getattr(signals, name)) for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-weighed))


def _held(name: str, value: float) -> float:
    least, most = _RANGES.get(name, (0.0, 1.0))
    return min(max(value, least), most)
