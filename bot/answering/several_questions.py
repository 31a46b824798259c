"""Answer each of several questions that were asked at once, and say which of them nothing answers.

Comes in: what the question as a whole found, what each part of it found, and what may be said to each. Goes out: the passages to show,
and what became of each part. Refuses to search, and to tell parts apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.answers import AnsweredPart, Status
from bot.answering.diversification import ResultGroup
from index.abstention.decision import Decision
from index.retrieval.searcher import Hit

AS_GOOD_FOR_IT = 2  # a passage among the first two that a part finds answers that part


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One part, what it found and what may be said to it."""

    question: str
    decision: Decision
    hits: tuple[Hit, ...]  # best first

    @property
    def found(self) -> bool:
        """Whether something may be shown for it."""
        return self.decision.status is not Status.NOT_FOUND and bool(self.hits)

    def answered_in(self, shown: Sequence[ResultGroup]) -> str:
        """Return the id of the passage among ``shown`` that answers it best; empty where none does."""
        places = [one.hit.passage.id for one in shown]
        return next((hit.passage.id for hit in self.hits[:AS_GOOD_FOR_IT] if self.found and hit.passage.id in places), "")


def arranged(whole: Sequence[ResultGroup], parts: Sequence[FoundPart]) -> list[ResultGroup]:
    """Return the passages to show, best first: what answers the whole best, then what each part lacks, then the rest of the whole."""
    shown = list(whole[:1])
    for part in parts:
        if part.found and not part.answered_in(shown):
            again = next((one for one in whole if one.hit.passage.id == part.hits[0].passage.id), None)
            shown.append(again or ResultGroup(part.hits[0], ()))
    there = {one.hit.passage.id for one in shown}
    return [*shown, *(one for one in whole if one.hit.passage.id not in there)]


def answered(parts: Sequence[FoundPart], shown: Sequence[ResultGroup]) -> tuple[AnsweredPart, ...]:
    """Return what became of each part, ``shown`` being what is shown."""
    return tuple(AnsweredPart(part.question, part.decision.status, part.answered_in(shown)) for part in parts)
