"""Put the passages found into the order in which a reader is served best.

No repetition, originals first, more than one voice, and of several questions asked at once each with its answer.
Comes in: hits, best first. Goes out: groups of hits that say the same, in a new order. Refuses to change a score.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.answers import AnsweredPart, Status
from bot.answering.limits import DEFAULT_PASSAGES
from index.abstention.decision import Decision
from index.records import Passage
from index.remembered import Remembered
from index.retrieval.searcher import Hit

NEARLY_THE_SAME = 0.8  # share of common word pairs from which two passages count as one text
# Places that are arranged among themselves, so that one more or fewer shown changes nothing before it.
FIRST = DEFAULT_PASSAGES
SPARE = 7  # hits beyond those shown, so that repetitions and single voices can be left out
OUTLINE_BITS = 512  # a passage of usual length has 100 to 200 pairs
MOST_OUTLINES = 4096  # 200 bytes each
AS_GOOD_FOR_IT = 2  # a passage among the first two that a part finds answers that part
AS_GOOD = 0.9  # a passage of another document with at least this share of the score answers as well


@dataclass(frozen=True, slots=True)
class _Outline:
    """By which most texts are groups apart without being compared word by word."""

    pairs: int  # how many different pairs of words that follow each other
    bits: int  # one for each pair; several pairs may share one


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """A hit, and the hits that say nearly the same elsewhere."""

    hit: Hit
    again: tuple[Hit, ...] = ()


class Diversification:
    """Arranges the hits of one build, and remembers what it has seen of a passage."""

    def __init__(self, note_of: Callable[[str], str]) -> None:
        """Arrange hits; ``note_of`` leads from a document id to the id of the guide that it is a note about, or to an empty string."""
        self._note_of = note_of
        self._outlines: Remembered[_Outline] = Remembered(MOST_OUTLINES)

    def arranged(self, hits: Sequence[Hit], limit: int) -> list[ResultGroup]:
        """Return the ``limit`` hits to show, best first; fewer are the beginning of more, whatever the limit.

        Args:
            hits: more than are shown, best first; to answer every limit alike, at least FIRST + SPARE of them.
            limit: how many to show.
        """
        groups = self._without_repetition(hits)
        near = {hit.passage.id for hit in hits[: FIRST + SPARE]}
        first = _several_voices(groups[:FIRST], [one for one in groups[FIRST:] if one.hit.passage.id in near])
        shown = {one.hit.passage.id for one in first}
        rest = [one for one in groups if one.hit.passage.id not in shown]
        return [*_originals_first(first, self._note_of), *_originals_first(rest, self._note_of)][:limit]

    def _without_repetition(self, hits: Sequence[Hit]) -> list[ResultGroup]:
        groups: list[tuple[Hit, list[Hit], _Outline]] = []
        for hit in hits:
            outline = self._outline(hit.passage)
            for first, again, known in groups:
                if _may_repeat(outline, known) and _overlap(hit.passage.text, first.passage.text) >= NEARLY_THE_SAME:
                    again.append(hit)
                    break
            else:
                groups.append((hit, [], outline))
        return [ResultGroup(hit, tuple(again)) for hit, again, _ in groups]

    def _outline(self, passage: Passage) -> _Outline:
        return self._outlines.of(passage.id, lambda: _outline_of(passage.text))  # the id is made from the text


def _pairs_of(text: str) -> set[tuple[str, str]]:
    return set(pairwise(text.casefold().split()))


def _outline_of(text: str) -> _Outline:
    pairs, bits = _pairs_of(text), 0
    for pair in pairs:
        bits |= 1 << hash(pair) % OUTLINE_BITS
    return _Outline(len(pairs), bits)


def _may_repeat(one: _Outline, other: _Outline) -> bool:
    """Tell whether two texts can have enough in common: a bit of one alone is at least a pair of it alone."""
    if min(one.pairs, other.pairs) < NEARLY_THE_SAME * max(one.pairs, other.pairs):
        return False
    common = min(
        one.pairs - (one.bits & ~other.bits).bit_count(),
        other.pairs - (other.bits & ~one.bits).bit_count(),
    )
    return common >= NEARLY_THE_SAME * (one.pairs + other.pairs - common)


def _overlap(one: str, other: str) -> float:
    pairs, others = _pairs_of(one), _pairs_of(other)
    if not pairs or not others:
        return 0.0
    common = len(pairs & others)
    return common / (len(pairs) + len(others) - common)


def _several_voices(shown: list[ResultGroup], rest: Sequence[ResultGroup]) -> list[ResultGroup]:
    """Give the last place to another document where one answers as well as what stands there."""
    if len(shown) < 2 or len({one.hit.passage.document_id for one in shown}) != 1:
        return shown
    document = shown[0].hit.passage.document_id
    other = next((one for one in rest if one.hit.passage.document_id != document), None)
    return [*shown[:-1], other] if other and other.hit.score >= AS_GOOD * shown[-1].hit.score else shown


def _originals_first(groups: list[ResultGroup], note_of: Callable[[str], str]) -> list[ResultGroup]:
    """Put a guide's own passage before a note on that guide where it answers as well."""
    arranged = list(groups)
    for place, one in enumerate(groups):
        guide = note_of(one.hit.passage.document_id)
        original = next((other for other in groups[place + 1 :] if guide and other.hit.passage.document_id == guide), None)
        if original and original.hit.score >= AS_GOOD * one.hit.score and arranged.index(original) > arranged.index(one):
            arranged.remove(original)
            arranged.insert(arranged.index(one), original)
    return arranged


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


def with_parts(whole: Sequence[ResultGroup], parts: Sequence[FoundPart]) -> list[ResultGroup]:
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
