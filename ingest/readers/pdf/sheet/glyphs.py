"""The records between pdfium and the layout: glyphs and lines.

Comes in: nothing. Goes out: records. Refuses to know pdfium. Lengths are in points, the origin is the top left of the page
as a reader sees it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median
from typing import TypeVar

from ingest.readers.sound_letters import joined

_With = TypeVar("_With")  # what belongs to a glyph


@dataclass(slots=True)
class Glyph:
    """One character where it stands; a space that pdfium inferred has no width."""

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float = 0.0  # height of its baseline
    bold: bool = False
    italic: bool = False

    @property
    def height(self) -> float:
        """Return the height of the glyph's font box."""
        return self.y1 - self.y0

    @property
    def has_ink(self) -> bool:
        """Tell whether a reader sees anything."""
        return not self.char.isspace()


@dataclass
class Line:
    """Glyphs on one baseline, from left to right."""

    glyphs: list[Glyph]
    order: int = 0  # place in the file's own order
    turn: int = 0  # quarter turns, clockwise, that would set it upright
    table_row: int = 0  # the lines of one row of a table share a number; 0 is no table
    cell: int = 0  # of the table row, from the left

    @cached_property
    def ink(self) -> list[Glyph]:
        """Return the glyphs that a reader sees."""
        return [glyph for glyph in self.glyphs if glyph.has_ink] or self.glyphs

    @cached_property
    def x0(self) -> float:
        """Return the left edge."""
        return min(glyph.x0 for glyph in self.ink)

    @cached_property
    def x1(self) -> float:
        """Return the right edge."""
        return max(glyph.x1 for glyph in self.ink)

    @cached_property
    def y0(self) -> float:
        """Return the top of the middle glyph: a raised note mark does not move its line."""
        return median(glyph.y0 for glyph in self.ink)

    @cached_property
    def y1(self) -> float:
        """Return the bottom of the middle glyph."""
        return median(glyph.y1 for glyph in self.ink)

    @cached_property
    def size(self) -> float:
        """Return the height of the line's type."""
        return max(0.1, median(glyph.height for glyph in self.ink))

    @cached_property
    def base(self) -> float:
        """Return the height of the baseline on which most of it stands."""
        return median(glyph.base for glyph in self.ink)

    @cached_property
    def bold(self) -> bool:
        """Tell whether nearly all of the line is bold."""
        return sum(glyph.bold for glyph in self.ink) >= 0.9 * len(self.ink)

    @cached_property
    def italic(self) -> bool:
        """Tell whether nearly all of the line is italic."""
        return sum(glyph.italic for glyph in self.ink) >= 0.9 * len(self.ink)

    @cached_property
    def text(self) -> str:
        """Return the line's words with single spaces."""
        return " ".join("".join(glyph.char for glyph in self.glyphs).split())

    @property
    def upright(self) -> bool:
        """Tell whether it runs from left to right, not up or down the page."""
        return self.turn == 0

    def level_with(self, other: "Line") -> bool:
        """Tell whether two lines stand on one height: they share half of the lower one's height."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared >= 0.5 * min(self.size, other.size)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, lines: Iterable[Line]) -> "Box":
        """Return the smallest box that holds all lines."""
        held = list(lines)
        return cls(
            min(line.x0 for line in held),
            min(line.y0 for line in held),
            max(line.x1 for line in held),
            max(line.y1 for line in held),
        )


@dataclass
class Sheet:
    """One page as pdfium gives it, before any order is made of it."""

    number: int  # 1-based
    width: float  # points, as shown
    height: float
    lines: list[Line] = field(default_factory=list)  # in the file's own order
    laid_over: list[Line] = field(default_factory=list)  # values of form fields, text boxes, stamps
    left_out: int = 0  # characters beyond what is taken of one page
    unseen: int = 0  # characters that nobody can see: invisible, white on white, beside the page
    unmapped: int = 0  # characters whose font does not say which letter they show
    turn: int = 0  # quarter turns, clockwise, that were made to set its text upright
    has_content: bool = False  # anything that is meant to be drawn
    has_graphics: bool = False  # pictures, drawings or shadings
    has_notes: bool = False  # annotations or form fields
    complaint: str = ""  # why the page could not be opened


def pairs_joined(taken: list[tuple[Glyph, _With]]) -> list[tuple[Glyph, _With]]:
    """Return the glyphs of a line with the two halves of a letter outside the basic plane, which pdfium gives as two, as one glyph.

    Its box is around both; what belongs to the first stays with it. A lone half is left as it is.
    """
    whole: list[tuple[Glyph, _With]] = []
    for glyph, beside in taken:
        if whole and len(letter := joined(whole[-1][0].char + glyph.char)) == 1:
            first = whole[-1][0]
            left, top = min(first.x0, glyph.x0), min(first.y0, glyph.y0)
            right, bottom = max(first.x1, glyph.x1), max(first.y1, glyph.y1)
            whole[-1] = (replace(first, char=letter, x0=left, y0=top, x1=right, y1=bottom), whole[-1][1])
        else:
            whole.append((glyph, beside))
    return whole
