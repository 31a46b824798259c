"""What the golden questions say about two builds: which answers changed, and whether that is good enough.

Comes in: the outcomes of the same questions on both. Goes out: a comparison. Refuses to ask anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from index.abstention.decision import Status

if TYPE_CHECKING:
    from index.evaluation.golden_run import Outcome


class Direction(Enum):
    """How an answer changed."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    CHANGED = "changed"  # another passage, neither better nor worse as far as the golden questions tell


@dataclass(frozen=True, slots=True)
class Shown:
    """What a build shows for a question."""

    status: Status
    confidence: float  # 0 to 1
    first: str  # document and section of the first passage, empty where nothing is shown
    grade: float  # 0 (wrong) to 1 (right)


@dataclass(frozen=True, slots=True)
class Change:
    """A question that the two builds answer differently."""

    question: str
    text: str
    direction: Direction
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the golden questions say about two builds."""

    old: str  # id of the build
    new: str
    questions: int
    score_before: float  # mean grade, 0 to 1
    score_after: float
    changes: tuple[Change, ...]  # worsened first
    lost: tuple[str, ...]  # documents that the old build holds, the corpus still lists, and the new build lacks

    def passes(self, tolerance: float) -> bool:
        """Tell whether the new build may go live by itself."""
        return not self.lost and self.score_before - self.score_after <= tolerance

    def count(self, direction: Direction) -> int:
        """Return how many answers changed in that direction."""
        return sum(change.direction is direction for change in self.changes)

    def json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {
            "old": self.old,
            "new": self.new,
            "questions": self.questions,
            "score_before": round(self.score_before, 4),
            "score_after": round(self.score_after, 4),
            **{direction.value: self.count(direction) for direction in Direction},
            "lost": list(self.lost),
            "changes": [_change_json(change) for change in self.changes],
        }


def comparison_of(
    old: str, new: str, before: "Sequence[Outcome]", after: "Sequence[Outcome]", lost: Sequence[str]
) -> Comparison:
    """Compare the outcomes of the same questions, in the same order."""
    pairs = [(_shown(first), _shown(second)) for first, second in zip(before, after, strict=True)]
    changes = [
        Change(outcome.question.id, outcome.question.text, direction, first, second)
        for outcome, (first, second) in zip(after, pairs, strict=True)
        if (direction := _direction(first, second)) is not None
    ]
    order = (Direction.WORSENED, Direction.IMPROVED, Direction.CHANGED)
    changes.sort(key=lambda change: (order.index(change.direction), change.after.grade - change.before.grade))
    return Comparison(
        old,
        new,
        len(pairs),
        _mean([one.grade for one, _ in pairs]),
        _mean([one.grade for _, one in pairs]),
        tuple(changes),
        tuple(lost),
    )


def _direction(before: Shown, after: Shown) -> Direction | None:
    if after.grade != before.grade:
        return Direction.IMPROVED if after.grade > before.grade else Direction.WORSENED
    return None if (before.first, before.status) == (after.first, after.status) else Direction.CHANGED


def _shown(outcome: "Outcome") -> Shown:
    refused = outcome.status is Status.NOT_FOUND
    first = "" if refused or not outcome.found else f"{outcome.found[0].document}: {outcome.found[0].section}"
    return Shown(outcome.status, outcome.confidence, first, _grade(outcome))


def _grade(outcome: "Outcome") -> float:
    """Return 1 for a right answer given surely and for a right refusal, less for less sure or lower down, 0 for wrong."""
    if not outcome.question.answerable:
        return {Status.NOT_FOUND: 1.0, Status.UNCERTAIN: 0.5, Status.ANSWERED: 0.0}[outcome.status]
    if outcome.rank is None or outcome.status is Status.NOT_FOUND:
        return 0.0
    if outcome.rank > 1:
        return 0.5
    return 1.0 if outcome.status is Status.ANSWERED else 0.75


def _mean(grades: Sequence[float]) -> float:
    return sum(grades) / len(grades) if grades else 1.0


def _change_json(change: Change) -> dict[str, Any]:
    def shown(one: Shown) -> dict[str, Any]:
        return {"status": one.status.value, "confidence": round(one.confidence, 3), "first": one.first, "grade": one.grade}

    return {
        "question": change.question,
        "text": change.text,
        "direction": change.direction.value,
        "before": shown(change.before),
        "after": shown(change.after),
    }
