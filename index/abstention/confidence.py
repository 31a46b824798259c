"""Tell how sure it is that the first passage answers: a logistic model of what a search brought back, one for each reader.

Comes in: signals of the first passage and of the field behind it. Goes out: a probability. Refuses to say what follows from it:
``decision`` does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from index.encoders.model_folders import LIGHT_DIMENSION


@dataclass(frozen=True, slots=True)
class Signals:
    """What confidence is made from."""

    key: float  # cosine of the first passage's best sentence or key, 0 to 1
    covered: float  # share of the question's words, by idf, that stand in the first passage; unknown words count as rare
    margin_to_second: float  # score of the first place less that of the second, in units of the ranking's weights, 0 to 2
    margin_to_tenth: float  # the same against the tenth place, 0 to 2.75
    rarest: float  # idf of the question's rarest word as a share of the highest there is, 0 to 1
    scope_margin: float  # cosine to what was found less that to what is known not to be held, -0.2 to 0.08
    near_miss: float = (
        0.0  # 1 where words of a signpost beside what is held stand in it, half where in the passage too, else 0
    )
    elsewhere: float = 0.0  # 1 where words of one far from what is held do (another country, off topic), else 0
    document: float = 0.0  # cosine of the first passage's whole document, 0 to 1
    sentence: float = 0.0  # cosine of its best sentence, 0 to 1


# Sentences lie this much farther from questions than the paraphrases under which people ask: a passage without them is not to seem
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


def _in_order(*weights: float) -> Mapping[str, float]:
    """Return ``weights`` by the signals that they belong to, in the order of ``Signals``."""
    return MappingProxyType(dict(zip(Signals.__dataclass_fields__, weights, strict=False)))


# What a build begins from, and keeps where it has no golden questions of its own. Fitted by ``benchmarks.fit_confidence`` on the tuned
# golden questions of the shipped corpus and half of the questions of real people.
THOROUGH = Calibration(
    bias=-5.37,
    weights=_in_order(1.83, 2.81, 1.97, 0.19, 1.95, 15.22, -2.74, -6.23),
)
LIGHT = Calibration(
    bias=-5.3,
    weights=_in_order(3.14, 2.57, 1.67, 0.0, 1.85, 12.6, -2.46, -6.19),
)
# Of a build that has learned nothing of how people ask: somebody's own documents without paraphrases and golden questions. Chosen
# on ``benchmarks.own_documents`` and ``benchmarks.another_corpus`` with the light reader: of the questions that such a corpus answers
# one in twenty is refused, of those that it nearly answers one in twenty is shown as an answer; what lies between is uncertain.
PLAIN = Calibration(
    bias=-2.88,
    weights=_in_order(2.43, 0.0, 0.67, 0.48, 0.51, 8.0, -1.5, -3.5),
)
# The thorough reader finds what nearly answers nearer, too.
PLAIN_THOROUGH = replace(PLAIN, bias=PLAIN.bias - 0.5)
# Whether somebody's own documents hold an answer at all, whichever passage it is: the chance that the first one answers may be small
# where the right one stands in three. Fitted on ``benchmarks.another_corpus`` (held against off topic) for each reader; tried on
# ``benchmarks.own_documents`` it refuses a third of what ``PLAIN`` alone refused there.
PRESENCE_THOROUGH = Calibration(-7.97, MappingProxyType({"document": 7.24, "sentence": 13.57}))
PRESENCE_LIGHT = Calibration(-6.68, MappingProxyType({"document": 9.52, "sentence": 10.72}))
_RANGES = {"margin_to_second": (0.0, 2.0), "margin_to_tenth": (0.0, 2.75), "scope_margin": (-0.2, 0.08)}


def calibration_of(dimension: int, fitted: Mapping[str, Any], adapted: bool) -> Calibration:
    """Return what was ``fitted`` when a build was made; where that is empty, what holds for a reader with vectors of that length.

    A build that is not ``adapted`` to its askers is judged as somebody's own documents.

    Other models than the two are near to one of them. What was fitted to other signals than there are does not count either.
    """
    if set(fitted.get("weights", ())) == set(Signals.__dataclass_fields__):
        return Calibration(float(fitted["bias"]), MappingProxyType(dict(fitted["weights"])))
    if not adapted:
        return PLAIN_THOROUGH if dimension > LIGHT_DIMENSION else PLAIN
    return THOROUGH if dimension > LIGHT_DIMENSION else LIGHT


def presence_of(dimension: int, adapted: bool) -> Calibration | None:
    """Return what tells whether a build that is not ``adapted`` to its askers holds an answer; None for one that is."""
    if adapted:
        return None
    return PRESENCE_THOROUGH if dimension > LIGHT_DIMENSION else PRESENCE_LIGHT


def held(name: str, value: float) -> float:
    """Return the ``value`` of the signal of that name, held to its range."""
    least, most = _RANGES.get(name, (0.0, 1.0))
    return min(max(value, least), most)
