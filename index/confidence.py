"""How likely it is that the best passage answers the question, and what follows from that.

Comes in: signals of the first passage and of the field behind it. Goes out: a probability, and the band it falls into.
Refuses to know the texts.
"""

import math
from dataclasses import asdict, dataclass
from enum import Enum


class Status(Enum):
    """How far an answer can be trusted."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, 0 to 1, for each status; below ``uncertain`` nothing is shown.

    A wrong answer costs more than a "not found", so below a third nothing is shown: two wrong passages for
    one right one are worth less than an honest refusal.
    """

    answered: float = 0.6
    uncertain: float = 0.33

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
    lead: float  # score of the first place less that of the second, in units of the ranking's weights, 0 to 2
    clearance: float  # the same against the tenth place, 0 to 2.75
    rarest: float  # idf of the question's rarest word as a share of the highest there is, 0 to 1
    agree: float  # share of the views whose own first passage stands in the same document
    keyed: float  # 1 where the first passage has wordings under which people ask for it, else 0


_BIAS = -5.86
_WEIGHTS = {"key": 3.78, "covered": 1.36, "lead": 0.46, "clearance": 0.93, "rarest": 0.39, "agree": 0.61, "keyed": 1.42}
_MOST = {"lead": 2.0, "clearance": 2.75}


def probability(signals: Signals) -> float:
    """Return the probability, 0 to 1, that the first passage answers the question.

    A logistic model: sigmoid of the weighted sum of the signals, each held to its range.
    """
    held = {name: min(max(value, 0.0), _MOST.get(name, 1.0)) for name, value in asdict(signals).items()}
    return 1 / (1 + math.exp(-(_BIAS + sum(_WEIGHTS[name] * value for name, value in held.items()))))
