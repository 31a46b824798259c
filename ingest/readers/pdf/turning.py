"""Turn a sheet upright: a table set sideways, a slide on its side.

Comes in: a sheet as the page is shown. Goes out: the same sheet with most of its text running from left to right. Refuses to
know columns.
"""

from collections import Counter
from dataclasses import replace

from ingest.readers.pdf.glyphs import Glyph, Line, Sheet


def turn_of(glyphs: list[Glyph]) -> int:
    """Return the quarter turns, clockwise, that set a line upright, seen from where its first and last glyph stand."""
    first, last = glyphs[0], glyphs[-1]
    across, down = last.x0 - first.x0, last.y0 - first.y0
    if abs(down) <= 2 * abs(across) or abs(down) < first.height:
        return 0
    return 1 if down < 0 else 3


def upright(sheet: Sheet) -> Sheet:
    """Return a sheet turned so that most of its text runs from left to right: a table set sideways, a slide on its side."""
    ink: Counter[int] = Counter()
    for line in (*sheet.lines, *sheet.laid_over):
        ink[line.turn] += len(line.ink)
    turn = ink.most_common(1)[0][0] if ink else 0
    if turn == 0:
        return sheet
    lines, laid_over = ([_turned_line(line, sheet, turn) for line in lines] for lines in (sheet.lines, sheet.laid_over))
    return replace(sheet, width=sheet.height, height=sheet.width, lines=lines, laid_over=laid_over, turn=turn)


def _turned_line(line: Line, sheet: Sheet, turn: int) -> Line:
    return Line([_turned(glyph, sheet, turn) for glyph in line.glyphs], line.order, (line.turn - turn) % 4)


def _turned(glyph: Glyph, sheet: Sheet, turn: int) -> Glyph:
    if turn == 1:
        box = (sheet.height - glyph.y1, glyph.x0, sheet.height - glyph.y0, glyph.x1)
    else:
        box = (glyph.y0, sheet.width - glyph.x1, glyph.y1, sheet.width - glyph.x0)
    return Glyph(glyph.char, *box, box[3], glyph.bold, glyph.italic)
