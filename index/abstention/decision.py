"""Decide once, for every surface, what may be said to a question: answered, uncertain, or not found, and where else to go.

Comes in: a question and the evidence that a search brought back: signals of the first passage and of the field behind it. Goes out:
one Decision, with the probability that this passage answers. Refuses to rank, to know the texts, and to word anything.

That an answer is held and that it is not are two readings of the same evidence, weighed by one model (``Calibration``): words of a
signpost in the question are a signal among others and overrule nothing, except where somebody may be in danger. A signpost that does
not win stands beside what was found: for a question that is nearly answered here the next desk is still worth knowing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from index.abstention.scope import CLOSE_KINDS, Kind, OutOfScope, Signposts, kind_of, language_of
from index.encoders.model_folders import LIGHT_DIMENSION
from index.lexicon import Signpost

EMERGENCY = "emergency"
# A paraphrase of a signpost this near to a question, by cosine, says where to go.
WORTH_KNOWING = 0.5
# From this confidence on a pointer would only distract.
SURE = 0.85
SENT_ON = 0.02  # confidence of what no passage can answer, whatever was found


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


USUAL = Thresholds()


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
LEAST_PRESENCE = 0.2
BELOW = 0.01  # a confidence that much under the usual threshold does not reach it
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search brought back that speaks for or against an answer."""

    signals: Signals | None = None  # of the first passage and the field behind it; None where nothing was found
    out_of_scope: OutOfScope | None = None  # what lies nearest of all that is known not to be held
    first: str = ""  # the words by which the first passage is found


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be said."""

    status: Status
    confidence: float  # probability, 0 to 1, that the first passage answers the question
    signpost: Signpost | None = None  # where to go instead, or beside what was found
    kind: Kind = Kind.QUESTION
    language: str = ""  # ISO 639-1 code of a question in another language than English
    signals: Signals | None = None  # what the confidence was made from; None where what was found did not decide

    @property
    def stands_alone(self) -> bool:
        """Whether nothing is told beside it: nothing was asked, or somebody may be in danger."""
        return self.kind is Kind.GREETING or (self.signpost is not None and self.signpost.kind == EMERGENCY)

    @property
    def is_english(self) -> bool:
        """Whether the words of the question can be read as those of the corpus."""
        return self.kind is not Kind.OTHER_LANGUAGE


class Abstention:
    """Decides for one build, with one set of thresholds."""

    def __init__(
        self,
        signposts: Signposts,
        calibration: Calibration,
        thresholds: Thresholds | None = None,
        presence: Calibration | None = None,
    ) -> None:
        """Decide by ``thresholds``, the usual ones where none are given; by ``presence``, where there is one, what is refused."""
        self._presence = presence
        self._calibration = calibration
        self._signposts = signposts
        self._thresholds = thresholds or USUAL

    def decide(self, question: str, evidence: Evidence) -> Decision:
        """Return what may be said to ``question``, as a person typed it."""
        standing = self._signposts.standing_at(question)
        if standing is not None and standing.kind == EMERGENCY:
            return Decision(Status.NOT_FOUND, SENT_ON, standing)
        if language := language_of(question):
            return Decision(Status.NOT_FOUND, SENT_ON, kind=Kind.OTHER_LANGUAGE, language=language)
        kind = kind_of(question)
        if kind is Kind.GREETING:
            return Decision(Status.NOT_FOUND, SENT_ON, kind=kind)
        if kind is not Kind.QUESTION:
            return Decision(Status.NOT_FOUND, SENT_ON, standing or _near(evidence.out_of_scope, WORTH_KNOWING), kind)
        if evidence.signals is None:
            return Decision(Status.NOT_FOUND, 0.0, standing or _near(evidence.out_of_scope, WORTH_KNOWING))
        is_held = standing is not None and self._signposts.holds_as_well(standing, question, evidence.first)
        signals = with_words(evidence.signals, standing, is_held)
        confidence = self._confidence(signals)
        status = self._thresholds.status(confidence)
        # Beside passages that are shown the way to another desk must be nearer than they are, or it leads astray.
        least = WORTH_KNOWING if status is Status.NOT_FOUND else max(WORTH_KNOWING, evidence.signals.key)
        pointer = standing or _near(evidence.out_of_scope, least)
        return Decision(status, confidence, pointer if confidence < SURE else None, signals=signals)

    def _confidence(self, signals: Signals) -> float:
        confidence = self._calibration.probability(signals)
        if self._presence is None:
            return confidence
        if self._presence.probability(signals) < LEAST_PRESENCE:
            return min(confidence, USUAL.uncertain - BELOW)
        return max(confidence, USUAL.uncertain)


def with_words(signals: Signals, standing: Signpost | None, is_held: bool = False) -> Signals:
    """Return ``signals`` with what the words of the question say of where it belongs; half, where the passage holds them too."""
    if standing is None:
        return signals
    close = standing.kind in CLOSE_KINDS
    return replace(signals, near_miss=close * (0.5 if is_held else 1.0), elsewhere=float(not close))


def _near(out_of_scope: OutOfScope | None, least: float) -> Signpost | None:
    return out_of_scope.signpost if out_of_scope is not None and out_of_scope.cosine >= least else None
