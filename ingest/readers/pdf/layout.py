"""Put the lines of a page into reading order: columns, boxes, tables, what is laid over it, notes at the foot of a column.

Comes in: a sheet with lines in the file's own order, and those laid over it: values of form fields, text boxes, stamps. Goes out:
rows in the order of reading. Refuses to know words, headings, other pages and pdfium.

Both geometry and the file's order are evidence. Programs that make PDFs write a column from top to bottom and a table row by row,
so a gap that runs down the page parts columns only where the file's order seldom jumps over it.

Notes come last, but nothing is moved for one except small type that stands at the foot of one column before another: there a note
would part a sentence that goes on in the next column.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.markers import is_marker
from ingest.readers.pdf.sheet.as_seen import rows_of_turned
from ingest.readers.pdf.sheet.blocks import Block, blocks_of, joined, pieces_of, rows_of
from ingest.readers.pdf.sheet.glyphs import Line, Sheet

_MOST_LEAPS = 0.4  # of a line's letters
_SMALL = 0.93  # of the usual type
_LOWER = 0.65  # of the page's height, below which feet stand
_GUTTER = 0.5  # least width of the gap between columns
_SHRINK = 0.15  # font boxes of neighbouring lines overlap by about this share
_JUMPS = 0.12  # most jumps of the file's order over a gutter, as a share of the lines beside it
_NUMBER = 4  # characters of a number or bullet that OCR may have misread: "2H."
_APART = 1.4  # of the type's height, from one label to the next
_LABEL = 14  # characters of a label beside a line: "Section 12", "£1,200"
_FIGURES = re.compile(r"(?:[£$€]?[\d.,()%*–-]+(?:m|bn|k|%)?\s?)+")
_EDGE_STEP = 6  # points within which left edges of cells are the same
_LEAST_TABLE_ROWS = 3
_MOST_CELL_LINES = 15
_FULL = 0.7  # lines of running text fill so much of their column


def with_laid_over(sheet: Sheet) -> Sheet:
    """Return a sheet with each line laid over it behind the line that it goes on: its label, or else the text above it."""
    lines = list(sheet.lines)
    pieces = [piece for line in sheet.laid_over for piece in _parted(line)]
    for line in sorted(pieces, key=lambda line: (round(line.y0), line.x0)):
        lines.insert(_place(lines, line), line)
    return replace(sheet, lines=lines, laid_over=[])


def _parted(line: Line) -> list[Line]:
    """Part a line where it goes from one field to the next; one that runs up or down leaps at each letter and is left whole."""
    pieces = pieces_of(line)
    return pieces if len(pieces) <= _MOST_LEAPS * len(line.ink) else [line]


def _place(lines: Sequence[Line], new: Line) -> int:
    level = [place for place, line in enumerate(lines) if line.level_with(new)]
    before = [place for place in level if lines[place].x0 <= new.x0]
    if before:
        return 1 + max(before, key=lambda place: lines[place].x0)
    if level:
        return min(level, key=lambda place: lines[place].x0)
    above = [place for place, line in enumerate(lines) if line.y1 <= new.y1 and line.x0 < new.x1 and new.x0 < line.x1]
    return 1 + max(above, key=lambda place: lines[place].y1) if above else len(lines)


def notes_last(rows: Sequence[Line], height: float) -> list[Line]:
    """Return rows with the notes of all columns but the last behind the others, in their order."""
    if not rows:
        return []
    letters = [row.size for row in rows for _ in row.ink]
    usual = median(letters)
    text: list[Line] = []
    notes: list[Line] = []
    start = 0  # of the column in ``text``
    for row in rows:
        if len(text) > start and _begins_column(text[-1], row):
            foot = _foot(text, start, usual, height)
            notes.extend(text[foot:])
            del text[foot:]
            start = len(text)
        text.append(row)
    return text + notes


def _begins_column(above: Line, row: Line) -> bool:
    """Tell whether a row stands higher and to the right of all that the row before it covers."""
    return row.y0 < above.y0 - above.size and row.x0 > above.x0 + above.size and not row.table_row and not above.table_row


def _foot(text: Sequence[Line], start: int, usual: float, height: float) -> int:
    """Return where the notes at the foot of a column begin; a column of small type throughout has none."""
    foot = len(text)
    while foot > start and text[foot - 1].size < _SMALL * usual and text[foot - 1].y0 > _LOWER * height:
        foot -= 1
    return foot if foot > start else len(text)


def rows_in_order(sheet: Sheet) -> list[Line]:
    """Return the rows of a page in the order of reading; text that runs up or down the page comes last."""
    pieces = [piece for line in sheet.lines if line.upright for piece in pieces_of(line)]
    for order, piece in enumerate(pieces):
        piece.order = order
    rows = [row for block in _ordered(blocks_of(pieces)) for row in rows_of(block.lines)]
    return notes_last(rows, sheet.height) + rows_of_turned(sheet)


def _ordered(blocks: list[Block]) -> list[Block]:
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
        _mark_table(bands)
        return [block for band in bands for block in _ordered(band)]
    return sorted(blocks, key=lambda block: block.order)


def _gutter_cuts(blocks: list[Block]) -> list[tuple[list[Block], list[Block]]]:
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


def _beside_labels(left: list[Block], right: list[Block]) -> bool:
    """Tell whether one side holds nothing but bullets, numbers or short labels, which belong to the lines beside them."""
    sides = [[line for block in side for line in block.lines] for side in (left, right)]
    return any(_are_labels(side, other) for side, other in (sides, sides[::-1]))


def _are_labels(side: list[Line], other: list[Line]) -> bool:
    numbers = sum(bool(_FIGURES.fullmatch(line.text)) for line in side)
    if len(side) < 2 or (numbers <= 0.7 * len(side) and any(len(line.text) > _LABEL for line in side)):
        return False
    level = sum(any(line.level_with(beside) for beside in other) for line in side)
    if level < 0.8 * len(side):
        return False
    # Labels stand apart from each other; short lines at the usual distance are a narrow box of text.
    apart = all(below.y0 - above.y0 > _APART * above.size for above, below in pairwise(sorted(side, key=lambda line: line.y0)))
    if numbers > 0.7 * len(side):
        return True  # a column of a table
    return all(is_marker(line.text) or len(line.text) <= _NUMBER for line in side) or (apart and len(side) > 2)


def _row_by_row(blocks: list[Block]) -> list[Block]:
    lines = sorted((line for block in blocks for line in block.lines), key=lambda line: line.y0)
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.level_with(rows[-1][0]):
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.x0)
        if len(row) > 1 and not is_marker(row[0].text):
            row[0].table_row = 1 + row[0].order
    return [Block([joined(row)]) for row in rows]


def _are_columns(left: list[Block], right: list[Block]) -> bool:
    """Tell columns, which a file writes one after the other, from a table, which it writes row by row."""
    sides = [(line.order, False) for block in left for line in block.lines] + [
        (line.order, True) for block in right for line in block.lines
    ]
    jumps = sum(before[1] != after[1] for before, after in pairwise(sorted(sides)))
    if jumps <= max(1, _JUMPS * len(sides)):
        return True
    # Text that was written straight across both columns jumps at each line, and its lines fill their columns.
    return jumps > 0.8 * len(sides) and len(sides) >= 12 and all(_fill(side) > _FULL for side in (left, right))


def _mark_table(bands: list[list[Block]]) -> None:
    """Mark the bands that are rows of a table: three or more, each with cells at the same left edges."""
    cells = [(band, _cells(band)) for band in bands]
    edges = Counter(round(cell[0].box.x0 / _EDGE_STEP) for _, row in cells if len(row) > 1 for cell in row[1:])
    for band, row in cells:
        shared = [cell for cell in row[1:] if edges[round(cell[0].box.x0 / _EDGE_STEP)] >= _LEAST_TABLE_ROWS]
        if shared and all(len(block.lines) <= _MOST_CELL_LINES for block in band):
            number = 1 + min(block.order for block in band)
            for cell, blocks in enumerate(row):
                for line in (line for block in blocks for line in block.lines):
                    line.table_row, line.cell = number, cell


def _cells(band: list[Block]) -> list[list[Block]]:
    """Part a band at all of its gutters, from left to right."""
    cuts = _gutter_cuts(band) if len(band) > 1 else []
    starts = sorted({min(block.box.x0 for block in right) for _, right in cuts})
    cells: list[list[Block]] = [[] for _ in range(len(starts) + 1)]
    for block in sorted(band, key=lambda block: (block.box.y0, block.order)):
        cells[sum(start <= block.box.x0 for start in starts)].append(block)
    return cells


def _fill(side: list[Block]) -> float:
    """Return the mean width of lines as a share of their column's."""
    lines = [line for block in side for line in block.lines]
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    return sum(line.x1 - line.x0 for line in lines) / (len(lines) * max(width, 1.0))


def _bands(blocks: list[Block]) -> list[list[Block]]:
    """Part blocks at the gaps that run across the page."""
    bands: list[list[Block]] = []
    reach = float("-inf")
    for block in sorted(blocks, key=lambda block: block.box.y0):
        inset = _SHRINK * min(line.size for line in block.lines)
        if block.box.y0 + inset >= reach:
            bands.append([])
        bands[-1].append(block)
        reach = max(reach, block.box.y1 - inset)
    return bands
