"""Put the passages found into the order in which a reader is served best: no repetition, originals first, more than one voice.

Comes in: hits, best first. Goes out: groups of hits that say the same, in a new order. Refuses to change a score. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.searcher import Hit

NEARLY_THE_SAME = 0.8  # share of common word pairs from which two passages count as one text
AS_GOOD = 0.9  # a passage of another document with at least this share of the score answers as well


@dataclass(frozen=True, slots=True)
class Told:
    """A hit, and the hits that say nearly the same elsewhere."""

    hit: Hit
    again: tuple[Hit, ...] = ()


def arranged(hits: Sequence[Hit], limit: int, note_of: Callable[[str], str]) -> list[Told]:
    """Return the ``limit`` hits to show, best first.

    Args:
        hits: more than are shown, best first.
        limit: how many to show.
        note_of: leads from a document id to the id of the guide that it is a note about, or to an empty string.
    """
    told = _several_voices(_without_repetition(hits), limit)
    return _originals_first(told, note_of)


def _without_repetition(hits: Sequence[Hit]) -> list[Told]:
    told: list[tuple[Hit, list[Hit], set[tuple[str, str]]]] = []
    for hit in hits:
        pairs = set(pairwise(hit.passage.text.casefold().split()))
        same = next((again for _, again, known in told if _overlap(pairs, known) >= NEARLY_THE_SAME), None)
        if same is None:
            told.append((hit, [], pairs))
        else:
            same.append(hit)
    return [Told(hit, tuple(again)) for hit, again, _ in told]


def _overlap(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> float:
    # Sets of very different size cannot have so much in common, and that is told without comparing them.
    if not one or not other or min(len(one), len(other)) < NEARLY_THE_SAME * max(len(one), len(other)):
        return 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _several_voices(told: list[Told], limit: int) -> list[Told]:
    """Give the last place to another document where one answers as well as what stands there."""
    shown, rest = told[:limit], told[limit:]
    if limit < 2 or len({one.hit.passage.document_id for one in shown}) != 1:
        return shown
    document = shown[0].hit.passage.document_id
    other = next((one for one in rest if one.hit.passage.document_id != document), None)
    return [*shown[:-1], other] if other and other.hit.score >= AS_GOOD * shown[-1].hit.score else shown


def _originals_first(told: list[Told], note_of: Callable[[str], str]) -> list[Told]:
    """Put a guide's own passage before a note on that guide where it answers as well."""
    arranged = list(told)
    for place, one in enumerate(told):
        guide = note_of(one.hit.passage.document_id)
        original = next((other for other in told[place + 1 :] if guide and other.hit.passage.document_id == guide), None)
        if original and original.hit.score >= AS_GOOD * one.hit.score and arranged.index(original) > arranged.index(one):
            arranged.remove(original)
            arranged.insert(arranged.index(one), original)
    return arranged
