"""Turn a sheet upright: a table set sideways, a slide on its side.

Comes in: a sheet as the page is shown. Goes out: the same sheet with most of its text running from left to right. Refuses to
know columns.
"""

from collections import Counter
from dataclasses import replace

from ingest.readers.pdf.sheet.blocks import pieces_of, rows_across
from ingest.readers.pdf.sheet.glyphs import Glyph, Line, Sheet


def turn_of(glyphs: list[Glyph]) -> int:
    """Return the quarter turns, clockwise, that set a line upright, seen from where its first and last glyph stand."""
    first, last = glyphs[0], glyphs[-1]
    across, down = last.x0 - first.x0, last.y0 - first.y0
    if abs(down) <= 2 * abs(across) or abs(down) < first.height:
        return 0
    return 1 if down < 0 else 3


def turn_along(across: float, down: float) -> int:
    """Return the quarter turns, clockwise, that set text upright which runs in this direction on the page as it is shown."""
    if abs(down) > 2 * abs(across):
        return 1 if down < 0 else 3
    return 2 if across < 0 and abs(across) > 2 * abs(down) else 0


def upright(sheet: Sheet) -> Sheet:
    """Return a sheet turned so that most of its text runs from left to right: a table set sideways, a slide on its side."""
    ink: Counter[int] = Counter()
    for line in (*sheet.lines, *sheet.laid_over):
        ink[line.turn] += len(line.ink)
    turn = ink.most_common(1)[0][0] if ink else 0
    if turn == 0:
        return sheet
    lines, laid_over = ([_turned_line(line, sheet, turn) for line in lines] for lines in (sheet.lines, sheet.laid_over))
    width, height = (sheet.width, sheet.height) if turn == 2 else (sheet.height, sheet.width)
    return replace(sheet, width=width, height=height, lines=lines, laid_over=laid_over, turn=turn)


def _turned_line(line: Line, sheet: Sheet, turn: int) -> Line:
    return Line([_turned(glyph, sheet, turn) for glyph in line.glyphs], line.order, (line.turn - turn) % 4)


def rows_of_turned(sheet: Sheet) -> list[Line]:
    """Return the rows of what runs up, down or upside down on a sheet, one direction after the other, each as its reader sees it.

    The glyphs stand where they stood: boxes are told for the whole page.
    """
    rows: list[Line] = []
    for turn in (1, 2, 3):
        lines = [line for line in sheet.lines if line.turn == turn]
        set_up = replace(sheet, width=sheet.height, height=sheet.width) if turn != 2 else sheet
        found = rows_across([piece for line in lines for piece in pieces_of(_turned_line(line, sheet, turn))])
        rows += [_turned_line(row, set_up, 4 - turn) for row in found]
    return rows


def _turned(glyph: Glyph, sheet: Sheet, turn: int) -> Glyph:
    if turn == 1:
        box = (sheet.height - glyph.y1, glyph.x0, sheet.height - glyph.y0, glyph.x1)
    elif turn == 2:
        box = (sheet.width - glyph.x1, sheet.height - glyph.y1, sheet.width - glyph.x0, sheet.height - glyph.y0)
    else:
        box = (glyph.y0, sheet.width - glyph.x1, glyph.y1, sheet.width - glyph.x0)
    return Glyph(glyph.char, *box, box[3], glyph.bold, glyph.italic)
