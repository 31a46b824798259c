"""A quoted text cut for the page: where its marks begin and end, and which of its lines are entries of a list.

Comes in: a text and its highlights. Goes out: runs that join to the text, letter for letter. Refuses to know HTML and what is marked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Span

# "- for whom", "• by when", "3. the date", "(b) a map": what a list begins its lines with.
ENTRY = re.compile(r"[^\S\n]*(?:[-–•▪●■◦*·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text that is marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a text that belong together: an entry of a list alone, or what stands between entries."""

    parts: tuple[Part, ...]
    entry: bool


def parts_of(text: str, highlights: Sequence[Span]) -> list[Part]:
    """Return ``text`` cut at its highlights (half-open, in characters, in order, apart); the parts join to ``text``."""
    parts, place = [], 0
    for start, end in highlights:
        parts.append(Part(text[place:start], marked=False))
        parts.append(Part(text[start:end], marked=True))
        place = end
    parts.append(Part(text[place:], marked=False))
    return [part for part in parts if part.text]


def blocks_of(text: str, highlights: Sequence[Span] = ()) -> list[Block]:
    """Return ``text`` cut into blocks, each cut at the highlights in it; all the parts join to ``text``."""
    return [
        Block(tuple(parts_of(text[start:end], _within(highlights, start, end))), entry)
        for start, end, entry in _stretches(text)
    ]


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, whether it is an entry) of each block of ``text``."""
    begun = at = 0
    for line in text.splitlines(keepends=True):
        if ENTRY.match(line):
            if begun < at:
                yield begun, at, False
            yield at, at + len(line), True
            begun = at + len(line)
        at += len(line)
    if begun < at:
        yield begun, at, False


def _within(highlights: Sequence[Span], start: int, end: int) -> list[Span]:
    """Return what of ``highlights`` lies in text[start:end], counted from its start."""
    cut = ((max(first, start) - start, min(last, end) - start) for first, last in highlights)
    return [(first, last) for first, last in cut if first < last]
