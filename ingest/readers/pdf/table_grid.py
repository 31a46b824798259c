"""Find the column of each cell of a table, so that an empty cell keeps its place.

Comes in: the paragraphs of a page in order. Goes out: the same paragraphs; rows of tables know the columns of their cells. Refuses to
guess: where the cells of a row do not each fall under one column of the table, the row stays as it was.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.readers.pdf.paragraphs import Paragraph, Role, cells_of

_LEAST_ROWS = 2  # with all of their cells, before the columns of a table are believed
_LEAST_COLUMNS = 2
_NEAR = 0.5  # of the type's height by which a cell may stand beside its column

_Extent = tuple[float, float]
"""Left and right edge, in points."""


def mark_columns(paragraphs: Sequence[Paragraph]) -> None:
    """Give the rows of each table the columns of their cells where some cells of the table are empty."""
    for table in _tables(paragraphs):
        extents = [_cell_extents(row) for row in table]
        width = max(len(cells) for cells in extents)
        full = [cells for cells in extents if len(cells) == width]
        if width < _LEAST_COLUMNS or len(full) < _LEAST_ROWS:
            continue
        columns = [(min(cells[place][0] for cells in full), max(cells[place][1] for cells in full)) for place in range(width)]
        if any(left[1] > right[0] for left, right in pairwise(columns)):
            continue  # cells of one column reach over into the next
        for row, cells in zip(table, extents, strict=True):
            placed = _placed(cells, columns, _NEAR * row.size)
            if len(cells) < width and placed:
                row.columns, row.column_count = placed, width


def _tables(paragraphs: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """Yield the rows of each table: rows in succession, down the page."""
    table: list[Paragraph] = []
    for paragraph in paragraphs:
        # A value alone in its row is no table's row to the eye that marks them; between two it is one.
        goes_down = bool(table) and paragraph.box.y0 > table[-1].box.y0
        if paragraph.role is Role.ROW and (goes_down or not table):
            table.append(paragraph)
            continue
        if table:
            yield table
        table = [paragraph] if paragraph.role is Role.ROW else []
    if table:
        yield table


def _cell_extents(paragraph: Paragraph) -> list[_Extent]:
    """Return where each cell of a row stands, in the order in which they are written out."""
    extents: list[_Extent] = []
    before: int | None = None
    for row in paragraph.rows:
        starts = cells_of(row)
        pieces = [row.glyphs[start:end] for start, end in zip(starts, [*starts[1:], len(row.glyphs)], strict=True)]
        for place, glyphs in enumerate(pieces):
            ink = [glyph for glyph in glyphs if glyph.has_ink]
            if not ink:
                continue
            extent = (min(glyph.x0 for glyph in ink), max(glyph.x1 for glyph in ink))
            if place == 0 and before == row.cell:
                extents[-1] = (min(extents[-1][0], extent[0]), max(extents[-1][1], extent[1]))
            else:
                extents.append(extent)
        before = row.cell
    return extents


def _placed(cells: Sequence[_Extent], columns: Sequence[_Extent], near: float) -> tuple[int, ...]:
    """Return the column of each cell, in rising order; nothing where one stands under none, or under several."""
    placed: list[int] = []
    for left, right in cells:
        under = [place for place, column in enumerate(columns) if left < column[1] + near and right > column[0] - near]
        if len(under) != 1 or (placed and under[0] <= placed[-1]):
            return ()
        placed.append(under[0])
    return tuple(placed)
