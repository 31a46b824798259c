"""How likely it is that the best passage answers the question, and what follows from that.

Comes in: signals of the first passage and of the field behind it. Goes out: a probability, and the band it falls into.
Refuses to know the texts.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from index.text.question_bounds import LIGHT_DIMENSION


class Status(Enum):
    """How far an answer can be trusted."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, 0 to 1, for each status; below ``uncertain`` nothing is shown.

    Chosen with the thorough reader (``benchmarks.fit_confidence``): on the half of people's own questions that nothing was fitted on,
    of what is shown as an answer the first passage is right in three of four, and one of the first three in 19 of 20. What is shown as
    uncertain need not be right: sending somebody away whose answer is here is taken to cost twice as much as showing them, marked as
    uncertain and with the way to go, what is not an answer.
    """

    answered: float = 0.7
    uncertain: float = 0.25

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
    near_miss: float = 0.0  # 1 where words of a signpost beside what is held stand in the question, else 0
    elsewhere: float = (
        0.0  # 1 where words of a signpost far from what is held stand in it (another country, off topic), else 0
    )


# Sentences lie this much farther from questions than the wordings under which people ask: a passage without wordings is not to seem
# farther from a question than what is not held, which has them.
FARTHER = 0.1
NOTHING_KNOWN = 0.0  # ``scope_margin`` of a build that knows nothing of what it does not hold: neither for nor against


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the signals, fitted for one reader."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, signals: Signals) -> float:
        """Return the probability, 0 to 1, that the first passage answers the question.

        The sigmoid of the weighted sum of the signals, each held to its range.
        """
        weighed = self.bias + sum(weight * held(name, getattr(signals, name)) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-weighed))


# Fitted by ``benchmarks.fit_confidence`` on the tuned golden questions of the shipped corpus and half of the questions of real people.
THOROUGH = Calibration(
    bias=-4.16,
    weights=MappingProxyType(
        {
            "key": 1.87,
            "covered": 1.99,
            "margin_to_second": 2.15,
            "margin_to_tenth": 0.08,
            "rarest": 1.15,
            "scope_margin": 14.0,
            "near_miss": -2.65,
            "elsewhere": -6.0,
        }
    ),
)
LIGHT = Calibration(
    bias=-5.06,
    weights=MappingProxyType(
        {
            "key": 2.34,
            "covered": 2.38,
            "margin_to_second": 1.9,
            "margin_to_tenth": 0.18,
            "rarest": 1.7,
            "scope_margin": 13.0,
            "near_miss": -3.15,
            "elsewhere": -6.2,
        }
    ),
)
_RANGES = {"margin_to_second": (0.0, 2.0), "margin_to_tenth": (0.0, 2.75), "scope_margin": (-0.2, 0.08)}


def calibration_of(dimension: int) -> Calibration:
    """Return what was fitted for a reader whose vectors have ``dimension`` numbers; other models are near to one of the two."""
    return THOROUGH if dimension > LIGHT_DIMENSION else LIGHT


def held(name: str, value: float) -> float:
    """Return the ``value`` of the signal of that name, held to its range."""
    least, most = _RANGES.get(name, (0.0, 1.0))
    return min(max(value, least), most)
