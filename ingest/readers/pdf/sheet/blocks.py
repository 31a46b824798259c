"""Gather the pieces of lines that a file wrote one after the other into blocks.

Comes in: lines in the file's own order. Goes out: blocks, and the rows inside a block. Refuses to know the order of reading.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from ingest.readers.pdf.markers import is_marker
from ingest.readers.pdf.sheet.glyphs import Box, Glyph, Line

_CELL_GAP = 1.0  # of the type's height: a wider gap parts two pieces of a line
_ROW_GAP = 2.5  # a marker or a stretched space; a wider gap parts cells or columns
_LINE_GAP = 1.6  # between lines of one block


@dataclass
class Block:
    """Neighbouring lines that the file wrote one after the other."""

    lines: list[Line] = field(default_factory=list)

    @cached_property
    def box(self) -> Box:
        """Return the smallest box around the lines."""
        return Box.around(self.lines)

    @property
    def order(self) -> int:
        """Return the place of its first line in the file's order."""
        return self.lines[0].order


def pieces_of(line: Line) -> list[Line]:
    """Part a line where it leaps: over a wide gap, backwards, or to another height."""
    pieces: list[Line] = []
    current: list[Glyph] = []
    last: Glyph | None = None
    for glyph in line.glyphs:
        if glyph.has_ink:
            if last is not None and _leaps(last, glyph):
                pieces.append(Line(current))
                current = []
            last = glyph
        current.append(glyph)
    pieces.append(Line(current))
    return [piece for piece in pieces if any(glyph.has_ink for glyph in piece.glyphs)]


def _leaps(last: Glyph, glyph: Glyph) -> bool:
    height = max(last.height, glyph.height, 1.0)
    gap = glyph.x0 - last.x1
    return gap > _CELL_GAP * height or gap < -2 * height or abs(glyph.y1 - last.y1) > 0.8 * height


def blocks_of(pieces: list[Line]) -> list[Block]:
    """Return blocks of pieces that follow each other in the file and on the page."""
    blocks: list[Block] = []
    for piece in pieces:
        if not blocks or not _goes_on(blocks[-1].lines, piece):
            blocks.append(Block())
        blocks[-1].lines.append(piece)
    return blocks


def _goes_on(lines: list[Line], piece: Line) -> bool:
    last = lines[-1]
    size = max(last.size, piece.size)
    if piece.level_with(last):
        gap = piece.x0 - last.x1
        return -0.5 * size < gap < (2 * _ROW_GAP if is_marker(last.text) else _ROW_GAP) * size
    overlap = min(last.x1, piece.x1) - max(last.x0, piece.x0)
    above = [line for line in lines if line.level_with(last)] or [last]  # type of two sizes may not be level with itself
    overlap = max(overlap, min(last.x1, piece.x1) - max(above[0].x0, piece.x0))
    return piece.y0 > last.y0 and piece.y0 - last.y1 < _LINE_GAP * size and overlap > 0


def rows_of(lines: list[Line]) -> list[Line]:
    """Join the pieces of a block that stand on one height."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.level_with(rows[-1][-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [joined(row) for row in rows]


def rows_across(pieces: list[Line]) -> list[Line]:
    """Join pieces that stand on one height without a wide gap, whatever the file's order, from top to bottom."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: piece.y0):
        if rows and piece.level_with(rows[-1][0]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [row for level in rows for row in _without_wide_gaps(sorted(level, key=lambda piece: piece.x0))]


def _without_wide_gaps(level: list[Line]) -> list[Line]:
    parts = [level[:1]]
    for last, piece in pairwise(level):
        if piece.x0 - last.x1 > _ROW_GAP * max(last.size, piece.size):
            parts.append([])
        parts[-1].append(piece)
    return [joined(part) for part in parts]


def joined(pieces: list[Line]) -> Line:
    """Return the pieces of one row as one line, parted by spaces."""
    if len(pieces) == 1:
        return pieces[0]
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    glyphs = list(ordered[0].glyphs)
    for piece in ordered[1:]:
        last = glyphs[-1]
        glyphs.append(Glyph(" ", last.x1, last.y0, last.x1, last.y1))
        glyphs.extend(piece.glyphs)
    return Line(glyphs, pieces[0].order, table_row=ordered[0].table_row, cell=ordered[0].cell)
