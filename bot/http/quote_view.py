"""A quote cut into plain and marked parts, for templates.

Comes in: text and its highlights. Goes out: parts that join to exactly that text. Refuses to know HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text that is marked or not."""

    text: str
    marked: bool


def parts_of(text: str, highlights: Sequence[Span]) -> list[Part]:
    """Return ``text`` cut at its highlights (half-open, in characters, in order, apart); the parts join to ``text``."""
    parts, place = [], 0
    for start, end in highlights:
        parts.append(Part(text[place:start], marked=False))
        parts.append(Part(text[start:end], marked=True))
        place = end
    parts.append(Part(text[place:], marked=False))
    return [part for part in parts if part.text]
