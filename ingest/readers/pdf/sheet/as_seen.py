"""How a sheet is seen: which way up a table set sideways or a slide on its side is read, and which text of a page nobody can see.

Comes in: a sheet as the page is shown; a page of pdfium and its glyphs, by the text objects that show them. Goes out: the same
sheet with most of its text running from left to right; whether glyphs are seen, or written invisibly, in the colour of their
ground, or beside the page. Refuses to know columns and words. With ``pdfium.py`` and ``page_glyphs.py`` it is the door to pdfium.

An invisible text over a scan is how OCR writes what the scan shows, and white letters on a dark bar are a heading: so doubtful text
is looked at on a picture of the page, and counts as seen where there is ink in its place.
"""

import ctypes
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingest.readers.pdf.sheet.blocks import pieces_of, rows_across
from ingest.readers.pdf.sheet.glyphs import Glyph, Line, Sheet

_LIGHT = 225  # of 255 in each of red, green and blue, from which on ink may be the colour of the paper
_FAINT = 10  # of 255: ink that can hardly be seen on anything
_SCAN = 0.5  # of the page: a picture that covers so much is a scan
_DOTS_PER_INCH = 100
_MOST_PIXELS = 4_000_000
_CONTRAST = 16  # of 255 grey steps between the darkest and the lightest dot in the place of a glyph
_LEAST_INK = 0.5  # of the glyphs of a text object
_DEEPEST = 3  # forms inside forms


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


def is_doubtful(shown: object) -> bool:
    """Tell whether a text object may be one that nobody can see: invisible, nearly transparent, or nearly white."""
    if raw.FPDFTextObj_GetTextRenderMode(shown) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    red, green, blue, cover = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(shown, red, green, blue, cover):
        return False
    return cover.value < _FAINT or min(red.value, green.value, blue.value) >= _LIGHT


def is_beside_page(glyph: Glyph, width: float, height: float) -> bool:
    """Tell whether most of a glyph stands beside a page of that size in points."""
    across, down = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return not (0 <= across <= width and 0 <= down <= height)


def unseen(page: pypdfium2.PdfPage, doubtful: Sequence[Sequence[Glyph]]) -> list[Glyph]:
    """Return the glyphs of those doubtful text objects that cannot be seen on the page."""
    if not any(doubtful) or is_scan(page):
        return []
    picture, scale = _picture(page)
    return [glyph for glyphs in doubtful if not _has_ink(glyphs, picture, scale) for glyph in glyphs]


def is_scan(page: pypdfium2.PdfPage) -> bool:
    """Tell whether pictures cover most of a page."""
    width, height = page.get_size()
    covered = sum(_area(raw.FPDFPage_GetObject(page, index), 0) for index in range(raw.FPDFPage_CountObjects(page)))
    return bool(covered >= _SCAN * width * height)


def _area(shown: object, depth: int) -> float:
    """Return the area, in square points, that a picture covers, or a form that holds nothing but one."""
    kind = raw.FPDFPageObj_GetType(shown)
    if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        held = (raw.FPDFFormObj_GetObject(shown, index) for index in range(min(raw.FPDFFormObj_CountObjects(shown), 50)))
        if not any(_area(one, depth + 1) for one in held):
            return 0.0
    elif kind != raw.FPDF_PAGEOBJ_IMAGE:
        return 0.0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(shown, left, bottom, right, top):
        return 0.0
    return abs(right.value - left.value) * abs(top.value - bottom.value)


def _picture(page: pypdfium2.PdfPage) -> tuple[NDArray[np.uint8], float]:
    """Return a page drawn in grey, uint8 of shape (height, width), and its pixels a point."""
    width, height = page.get_size()
    scale = min(_DOTS_PER_INCH / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    picture: NDArray[np.uint8] = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
    bitmap.close()
    return picture, scale


def _has_ink(glyphs: Sequence[Glyph], picture: NDArray[np.uint8], scale: float) -> bool:
    """Tell whether most glyphs stand where the picture shows more than an even ground."""
    shown = [glyph for glyph in glyphs if glyph.has_ink]
    seen = 0
    for glyph in shown:
        top, bottom = max(0, int(glyph.y0 * scale)), int(glyph.y1 * scale) + 1
        left, right = max(0, int(glyph.x0 * scale)), int(glyph.x1 * scale) + 1
        place = picture[top:bottom, left:right]
        seen += place.size > 0 and int(place.max()) - int(place.min()) >= _CONTRAST
    return seen >= _LEAST_INK * len(shown)
