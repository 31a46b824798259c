"""Decide once, for every surface, what may be said to a question: answered, uncertain, or not found, and where else to go.

Comes in: a question and the evidence that a search brought back: signals of the first passage and of the field behind it. Goes out:
one Decision, with the probability that this passage answers. Refuses to rank, to know the texts, and to word anything.

That an answer is held and that it is not are two readings of the same evidence, weighed by one model (``Calibration``): words of a
signpost in the question are a signal among others and overrule nothing, except where somebody may be in danger. A signpost that does
not win stands beside what was found: for a question that is nearly answered here the next desk is still worth knowing.
"""

from dataclasses import dataclass, replace
from enum import Enum

from index.abstention.confidence import Calibration, Signals
from index.abstention.scope import CLOSE_KINDS, Kind, OutOfScope, Signposts, kind_of, language_of
from index.lexicon import Signpost

EMERGENCY = "emergency"
INSTRUCTION = "instruction"  # what is wanted of the bot itself
# A paraphrase of a signpost this near to a question, by cosine, says where to go.
WORTH_KNOWING = 0.5
# From this confidence on a pointer would only distract.
SURE = 0.85
LEAST_PRESENCE = 0.2  # of an answer; less is refused
BELOW = 0.01  # a confidence that much under the usual threshold does not reach it
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
        sent_to = standing or _near(evidence.out_of_scope, WORTH_KNOWING)
        if kind is Kind.REQUEST and not standing and sent_to and sent_to.kind != INSTRUCTION:
            sent_to = None  # a desk for what the paper is about does not write it either
        if kind is not Kind.QUESTION:
            return Decision(Status.NOT_FOUND, SENT_ON, sent_to, kind)
        if evidence.signals is None:
            return Decision(Status.NOT_FOUND, 0.0, sent_to)
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
