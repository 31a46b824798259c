"""Put the lines of a page into reading order: columns, boxes, tables.

Comes in: a sheet with lines in the file's own order. Goes out: rows in the order of reading. Refuses to know words, headings
and other pages.

Both geometry and the file's order are evidence. Programs that make PDFs write a column from top to bottom and a table row by row,
so a gap that runs down the page parts columns only where the file's order seldom jumps over it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from ingest.readers.pdf.glyphs import Box, Glyph, Line, Sheet
from ingest.readers.pdf.markers import is_marker

_CELL_GAP = 1.0  # of the type's height: a wider gap parts two pieces of a line
_ROW_GAP = 2.5  # a marker or a stretched space; a wider gap parts cells or columns
_LINE_GAP = 1.6  # between lines of one block
_GUTTER = 0.5  # least width of the gap between columns
_SHRINK = 0.15  # font boxes of neighbouring lines overlap by about this share
_JUMPS = 0.12  # most jumps of the file's order over a gutter, as a share of the lines beside it
_LABEL = 14  # characters of a label beside a line: "Section 12", "£1,200"
_FULL = 0.7  # lines of running text fill so much of their column


@dataclass
class _Block:
    """Neighbouring lines that the file wrote one after the other."""

    lines: list[Line] = field(default_factory=list)

    @cached_property
    def box(self) -> Box:
        return Box.around(self.lines)

    @property
    def order(self) -> int:
        return self.lines[0].order


def rows_in_order(sheet: Sheet) -> list[Line]:
    """Return the rows of a page in the order of reading; text that runs up or down the page comes last."""
    pieces = [piece for line in sheet.lines if line.upright for piece in _pieces(line)]
    for order, piece in enumerate(pieces):
        piece.order = order
    turned = [line for line in sheet.lines if not line.upright]
    rows = [row for block in _ordered(_blocks(pieces)) for row in _rows(block.lines)]
    return rows + turned


def _pieces(line: Line) -> list[Line]:
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


def _blocks(pieces: list[Line]) -> list[_Block]:
    blocks: list[_Block] = []
    for piece in pieces:
        if not blocks or not _goes_on(blocks[-1].lines, piece):
            blocks.append(_Block())
        blocks[-1].lines.append(piece)
    return blocks


def _goes_on(lines: list[Line], piece: Line) -> bool:
    last = lines[-1]
    size = max(last.size, piece.size)
    if piece.level_with(last):
        gap = piece.x0 - last.x1
        return -0.5 * size < gap < (2 * _ROW_GAP if is_marker(last.text) else _ROW_GAP) * size
    overlap = min(last.x1, piece.x1) - max(last.x0, piece.x0)
    above = [line for line in lines if line.level_with(last)]
    overlap = max(overlap, min(last.x1, piece.x1) - max(above[0].x0, piece.x0))
    return piece.y0 > last.y0 and piece.y0 - last.y1 < _LINE_GAP * size and overlap > 0


def _rows(lines: list[Line]) -> list[Line]:
    """Join the pieces of a block that stand on one height."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.level_with(rows[-1][-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_joined(row) for row in rows]


def _joined(pieces: list[Line]) -> Line:
    if len(pieces) == 1:
        return pieces[0]
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    glyphs = list(ordered[0].glyphs)
    for piece in ordered[1:]:
        last = glyphs[-1]
        glyphs.append(Glyph(" ", last.x1, last.y0, last.x1, last.y1))
        glyphs.extend(piece.glyphs)
    return Line(glyphs, pieces[0].order)


def _ordered(blocks: list[_Block]) -> list[_Block]:
    """Order blocks by cutting the page: at gutters between columns first, else into bands from top to bottom."""
    if len(blocks) < 2:
        return blocks
    for left, right in _gutter_cuts(blocks):
        if _beside_labels(left, right):
            return _row_by_row(blocks)
        if _are_columns(left, right):
            return _ordered(left) + _ordered(right)
    bands = _bands(blocks)
    if len(bands) > 1:
        return [block for band in bands for block in _ordered(band)]
    return sorted(blocks, key=lambda block: block.order)


def _gutter_cuts(blocks: list[_Block]) -> list[tuple[list[_Block], list[_Block]]]:
    """Return the ways to part blocks at a gap that runs down past all of them, the widest gap first."""
    ordered = sorted(blocks, key=lambda block: block.box.x0)
    least = _GUTTER * min(line.size for block in blocks for line in block.lines)
    found: list[tuple[float, int]] = []
    reach = ordered[0].box.x1
    for index, block in enumerate(ordered[1:], start=1):
        if block.box.x0 - reach > least:
            found.append((block.box.x0 - reach, index))
        reach = max(reach, block.box.x1)
    return [(ordered[:index], ordered[index:]) for _, index in sorted(found, reverse=True)]


def _beside_labels(left: list[_Block], right: list[_Block]) -> bool:
    """Tell whether one side holds nothing but bullets, numbers or short labels, which belong to the lines beside them."""
    sides = [[line for block in side for line in block.lines] for side in (left, right)]
    return any(_are_labels(side, other) for side, other in (sides, sides[::-1]))


def _are_labels(side: list[Line], other: list[Line]) -> bool:
    if len(side) < 2 or any(len(line.text) > _LABEL for line in side):
        return False
    level = sum(any(line.level_with(beside) for beside in other) for line in side)
    return level >= 0.8 * len(side) and (all(is_marker(line.text) for line in side) or len(side) > 2)


def _row_by_row(blocks: list[_Block]) -> list[_Block]:
    lines = sorted((line for block in blocks for line in block.lines), key=lambda line: line.y0)
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.level_with(rows[-1][0]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_Block([_joined(row)]) for row in rows]


def _are_columns(left: list[_Block], right: list[_Block]) -> bool:
    """Tell columns, which a file writes one after the other, from a table, which it writes row by row."""
    sides = [(line.order, False) for block in left for line in block.lines] + [
        (line.order, True) for block in right for line in block.lines
    ]
    jumps = sum(before[1] != after[1] for before, after in pairwise(sorted(sides)))
    if jumps <= max(1, _JUMPS * len(sides)):
        return True
    # Text that was written straight across both columns jumps at each line, and its lines fill their columns.
    return jumps > 0.8 * len(sides) and len(sides) >= 12 and all(_fill(side) > _FULL for side in (left, right))


def _fill(side: list[_Block]) -> float:
    """Return the mean width of lines as a share of their column's."""
    lines = [line for block in side for line in block.lines]
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    return sum(line.x1 - line.x0 for line in lines) / (len(lines) * max(width, 1.0))


def _bands(blocks: list[_Block]) -> list[list[_Block]]:
    """Part blocks at the gaps that run across the page."""
    bands: list[list[_Block]] = []
    reach = float("-inf")
    for block in sorted(blocks, key=lambda block: block.box.y0):
        inset = _SHRINK * min(line.size for line in block.lines)
        if block.box.y0 + inset >= reach:
            bands.append([])
        bands[-1].append(block)
        reach = max(reach, block.box.y1 - inset)
    return bands
