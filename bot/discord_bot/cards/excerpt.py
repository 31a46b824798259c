"""The part of a quote that fits a card: verbatim, around the answering sentences.

Comes in: a quote's text, its highlights and a budget. Goes out: one contiguous slice with its highlights, or all of it.
Refuses to know what is around it on the card.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.discord_bot.escaping import length, quote_block
from index.records import Span

GAP = "[…]"
LEAD = 160  # characters kept before the first answering sentence
_LOOK_BACK = 60  # how far a cut may move to stand between words


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A contiguous slice ``[start, end)`` of a text of ``total`` characters."""

    text: str
    start: int
    end: int
    total: int
    highlights: tuple[Span, ...]  # half-open, in characters of ``text``

    def markdown(self) -> str:
        """Return the excerpt as a block quote; "[…]" on a line of its own says that the text goes on there."""
        lines = [quote_block(self.text, self.highlights)]
        if self.start > 0:
            lines.insert(0, f"> {GAP}")
        if self.end < self.total:
            lines.append(f"> {GAP}")
        return "\n".join(lines)


def excerpt(text: str, highlights: Sequence[Span], budget: int, lead: int = LEAD) -> Excerpt:
    """Return as much of ``text`` as its Markdown fits in ``budget`` UTF-16 code units, from ``lead`` before the first highlight."""
    whole = _slice(text, highlights, 0, len(text))
    if length(whole.markdown()) <= budget:
        return whole
    first = min((start for start, _ in highlights), default=0)
    start = _between_words(text, max(0, first - lead))
    end = _furthest(text, highlights, start, budget)
    if first >= end:  # the lead alone is too long for the budget
        start = first
        end = _furthest(text, highlights, start, budget)
    return _slice(text, highlights, start, _between_words(text, end, least=start + 1))


def _furthest(text: str, highlights: Sequence[Span], start: int, budget: int) -> int:
    """Return the greatest end for which the slice's Markdown fits, found by halving."""
    low, high = start, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(_slice(text, highlights, start, middle).markdown()) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _slice(text: str, highlights: Sequence[Span], start: int, end: int) -> Excerpt:
    inside = tuple(
        (max(first, start) - start, min(last, end) - start) for first, last in highlights if first < end and last > start
    )
    return Excerpt(text[start:end], start, end, len(text), inside)


def _between_words(text: str, place: int, least: int = 0) -> int:
    """Return a cut at or shortly before ``place``: after a space if one is near, never inside a combined character."""
    if place in (0, len(text)):
        return place
    for near in range(place, max(least, place - _LOOK_BACK), -1):
        if text[near - 1].isspace():
            return near
    while place > least and _joins(text[place]):
        place -= 1
    return place


def _joins(letter: str) -> bool:
    """Tell whether ``letter`` belongs to the one before it: marks, joiners, variation selectors."""
    return unicodedata.category(letter) in {"Mn", "Me", "Mc", "Cf", "Sk"}
