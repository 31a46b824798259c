"""Decide once, for every surface, what may be said to a question: answered, uncertain, or not found, and where else to go.

Comes in: a question and the evidence that a search brought back. Goes out: one Decision. Refuses to rank, and to word anything.

That an answer is held and that it is not are two readings of the same evidence, weighed by one model (``confidence``): words of a
signpost in the question are a signal among others and overrule nothing, except where somebody may be in danger. A signpost that does
not win stands beside what was found: for a question that is nearly answered here the next desk is still worth knowing.
"""

from dataclasses import dataclass, replace

from index.abstention.confidence import Calibration, Signals, Status, Thresholds
from index.abstention.kinds import Kind, kind_of
from index.abstention.signposts import CLOSE_KINDS, OutOfScope, Signposts
from index.lexicon import Signpost
from index.text.other_language import language_of

EMERGENCY = "emergency"
# A wording of a signpost this near to a question, by cosine, says where to go.
WORTH_KNOWING = 0.5
# From this confidence on a pointer would only distract.
SURE = 0.85
SENT_ON = 0.02  # confidence of what no passage can answer, whatever was found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search brought back that speaks for or against an answer."""

    signals: Signals | None = None  # of the first passage and the field behind it; None where nothing was found
    out_of_scope: OutOfScope | None = None  # what lies nearest of all that is known not to be held


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be said."""

    status: Status
    confidence: float  # probability, 0 to 1, that the first passage answers the question
    signpost: Signpost | None = None  # where to go instead, or beside what was found
    kind: Kind = Kind.QUESTION
    language: str = ""  # ISO 639-1 code of a question in another language than English


class Abstention:
    """Decides for one build, with one set of thresholds."""

    def __init__(
        self,
        signposts: Signposts,
        calibration: Calibration,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Decide by ``thresholds``, the usual ones where none are given."""
        self._calibration = calibration
        self._signposts = signposts
        self._thresholds = thresholds or Thresholds()

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
        confidence = self._calibration.probability(with_words(evidence.signals, standing))
        status = self._thresholds.status(confidence)
        # Beside passages that are shown the way to another desk must be nearer than they are, or it leads astray.
        least = WORTH_KNOWING if status is Status.NOT_FOUND else max(WORTH_KNOWING, evidence.signals.key)
        pointer = standing or _near(evidence.out_of_scope, least)
        return Decision(status, confidence, pointer if confidence < SURE else None)


def with_words(signals: Signals, standing: Signpost | None) -> Signals:
    """Return ``signals`` with what the words of the question themselves say of where it belongs."""
    if standing is None:
        return signals
    close = standing.kind in CLOSE_KINDS
    return replace(signals, near_miss=float(close), elsewhere=float(not close))


def _near(out_of_scope: OutOfScope | None, least: float) -> Signpost | None:
    return out_of_scope.signpost if out_of_scope is not None and out_of_scope.cosine >= least else None
