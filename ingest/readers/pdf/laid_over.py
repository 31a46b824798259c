"""Set what is laid over a page among its lines: values of form fields, text boxes, stamps.

Comes in: a sheet with its lines and those laid over it. Goes out: the sheet with all of them as its lines, in the order in which a
file would have written them. Refuses to know pdfium.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.sheet.blocks import pieces_of
from ingest.readers.pdf.sheet.glyphs import Line, Sheet

_MOST_LEAPS = 0.4  # of a line's letters


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
