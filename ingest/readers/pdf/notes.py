"""Set the notes at the foot of a column behind the text of the page.

Comes in: rows in the order of reading. Goes out: the same rows, notes last. Refuses to move anything but small type that stands
at the foot of one column before another: there a note would part a sentence that goes on in the next column.
"""

from collections.abc import Sequence
from statistics import median

from ingest.readers.pdf.sheet.glyphs import Line

_SMALL = 0.93  # of the usual type
_LOWER = 0.65  # of the page's height, below which feet stand


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
