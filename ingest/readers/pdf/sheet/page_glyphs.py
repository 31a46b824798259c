"""Take the glyphs of a page from pdfium, each with its place, its font and the letters that it shows.

Comes in: a page of pdfium. Goes out: lines of glyphs in the file's order. Refuses to know files, columns and paragraphs. With
``pdfium.py`` it is the door to pdfium.
"""

import ctypes
import math
from collections import Counter
from dataclasses import dataclass, field, replace

import pypdfium2
import pypdfium2.raw as raw

from ingest.readers.letters import (
    UNNAMED,
    letters_of,
    marks_by_glyph_number,
    may_show_bullet,
    shows_glyph_numbers,
    shows_signs,
    sign_of,
)
from ingest.readers.pdf.sheet.as_seen import is_beside_page, is_doubtful, turn_along, turn_of, unseen
from ingest.readers.pdf.sheet.glyphs import Glyph, Line, Sheet, pairs_joined

_BREAKS = "\r\n"
_SCALE = 65535  # steps to a side when page coordinates are turned into shares of the page
_BOLD_WEIGHT = 600
_BOLD_NAMES = (b"bold", b"black", b"heavy", b"demi")
_ITALIC_NAMES = (b"italic", b"oblique")
_MOST_GLYPHS = 200_000  # of one page; a page of small print has 10,000


@dataclass(frozen=True, slots=True)
class _Placing:
    """Turns page coordinates into points from the top left, as the page is shown (cropped and turned)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> "_Placing":
        """Measure the placing of a page at three corners."""
        width, height = page.get_size()
        reach = 1000.0  # points between the corners measured; pdfium answers in whole steps
        x, y = ctypes.c_int(), ctypes.c_int()
        measured = []
        for corner in ((0.0, 0.0), (reach, 0.0), (0.0, reach)):
            raw.FPDF_PageToDevice(page, 0, 0, _SCALE, _SCALE, 0, *corner, x, y)
            measured.append((x.value * width / _SCALE, y.value * height / _SCALE))
        (x0, y0), (xr, yr), (xu, yu) = measured
        return cls((xr - x0) / reach, (xu - x0) / reach, x0, (yr - y0) / reach, (yu - y0) / reach, y0)

    def box(self, rect: raw.FS_RECTF) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a rectangle as it is shown."""
        xs = (self.a * rect.left + self.b * rect.bottom, self.a * rect.right + self.b * rect.top)
        ys = (self.d * rect.left + self.e * rect.bottom, self.d * rect.right + self.e * rect.top)
        return min(xs) + self.c, min(ys) + self.f, max(xs) + self.c, max(ys) + self.f

    def turn(self, angle: float) -> int:
        """Return the quarter turns, clockwise, that set text upright which runs at ``angle``, in radians."""
        across, up = math.cos(angle), -math.sin(angle)  # pdfium counts angles clockwise
        return turn_along(self.a * across + self.b * up, self.d * across + self.e * up)

    def height(self, x: float, y: float) -> float:
        """Return how far below the top a point is shown."""
        return self.d * x + self.e * y + self.f


@dataclass(slots=True)
class Font:
    """A font of the file, by name; its codes tell whether they are letters."""

    bold: bool
    italic: bool
    signs: bool = False  # shows bullets, ticks and arrows in place of letters
    bullets: bool = False  # its "o" may be a bullet
    codes: Counter[str] = field(default_factory=Counter)
    glyph_numbers: bool = False  # once seen, it holds for the pages after


Fonts = dict[tuple[bytes, int], Font]
"""The fonts of a file seen so far, by name and place in memory."""


class Gatherer:
    """Takes the glyphs of one page, in the file's order, and parts them into lines where pdfium ends one."""

    def __init__(self, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, fonts: Fonts) -> None:
        self._page = page
        self._doubtful: list[list[Glyph]] = []  # of each text object that may not be seen
        self._is_doubtful = False
        self._text = text_page.raw  # the bare handle: the wrapper would be unwrapped at every call
        self._fonts = fonts
        self._placing = _Placing.of(page)
        self._rect = raw.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._run: object = None  # the text object of the last glyph: its font holds until the next
        self._font = Font(False, False)
        self._taken: list[tuple[Glyph, Font]] = []  # of the line that is open
        self._turn = 0  # of the last glyph's text object
        self._lines: list[tuple[list[tuple[Glyph, Font]], int]] = []  # with the turn that its text objects tell

    def lines(self, sheet: Sheet) -> list[Line]:
        """Return the lines; what is left out and what has no name is counted on the sheet."""
        count = min(raw.FPDFText_CountChars(self._text), _MOST_GLYPHS)
        sheet.left_out += raw.FPDFText_CountChars(self._text) - count
        for index in range(count):
            char = chr(raw.FPDFText_GetUnicode(self._text, index) or 0xFFFD)
            if char in _BREAKS and raw.FPDFText_IsGenerated(self._text, index) == 1:
                self._end_line()
            else:
                self._take(index, char)
        self._end_line()
        lines = [(_with_signs(taken), turn) for taken, turn in self._seen(sheet)]
        self._look_for_glyph_numbers()
        spelled = (
            ([letter for glyph, font in taken for letter in _spelled(glyph, font.glyph_numbers, sheet)], turn)
            for taken, turn in lines
        )
        seen = ((glyphs, turn) for glyphs, turn in spelled if any(glyph.has_ink for glyph in glyphs))
        return [Line(glyphs, order, turn or turn_of(glyphs)) for order, (glyphs, turn) in enumerate(seen)]

    def _look_for_glyph_numbers(self) -> None:
        """Note which fonts show glyph numbers in place of letters, as far as the pages so far tell."""
        fonts = self._fonts.values()
        for font in fonts:
            font.glyph_numbers = font.glyph_numbers or shows_glyph_numbers(font.codes)
        if any(font.glyph_numbers for font in fonts):
            for font in fonts:
                font.glyph_numbers = font.glyph_numbers or marks_by_glyph_number(font.codes)

    def _take(self, index: int, char: str) -> None:
        if not raw.FPDFText_GetLooseCharBox(self._text, index, self._rect):
            return
        raw.FPDFText_GetCharOrigin(self._text, index, self._x, self._y)
        box = (*self._placing.box(self._rect), self._placing.height(self._x.value, self._y.value))
        run = raw.FPDFText_GetTextObject(self._text, index)
        if run and (address := ctypes.addressof(run.contents)) != self._run:
            self._run = address
            turn = self._placing.turn(raw.FPDFText_GetCharAngle(self._text, index))
            if turn != self._turn:
                self._end_line()  # pdfium goes on in one line where the text turns about
                self._turn = turn
            self._font = self._font_of(index, run)
            self._is_doubtful = is_doubtful(run)
            if self._is_doubtful:
                self._doubtful.append([])
        if char == " " and raw.FPDFText_IsGenerated(self._text, index) == 1:
            self._taken.append((Glyph(char, *box), _GENERATED))
        else:
            self._font.codes[char] += 1
            glyph = Glyph(char, *box, self._font.bold, self._font.italic)
            self._taken.append((glyph, self._font))
            if self._is_doubtful:
                self._doubtful[-1].append(glyph)

    def _font_of(self, index: int, run: object) -> Font:
        raw.FPDFText_GetFontInfo(self._text, index, self._name, len(self._name), self._flags)
        # Two fonts of one file may share a name; one of them may have lost its map to letters.
        font = raw.FPDFTextObj_GetFont(run)
        name = (self._name.value, ctypes.addressof(font.contents) if font else 0)
        if name not in self._fonts:
            lower = self._name.value.lower()
            heavy = raw.FPDFText_GetFontWeight(self._text, index) >= _BOLD_WEIGHT
            bold = heavy or any(part in lower for part in _BOLD_NAMES)
            italic = any(part in lower for part in _ITALIC_NAMES)
            self._fonts[name] = Font(bold, italic, shows_signs(lower), may_show_bullet(lower))
        return self._fonts[name]

    def _seen(self, sheet: Sheet) -> list[tuple[list[tuple[Glyph, Font]], int]]:
        """Return the lines without glyphs that nobody can see; those are counted on the sheet."""
        hidden = {id(glyph) for glyph in unseen(self._page, self._doubtful)}
        lines = self._lines
        hidden |= {id(glyph) for line, _ in lines for glyph, _ in line if is_beside_page(glyph, sheet.width, sheet.height)}
        if not hidden:
            return lines
        sheet.unseen += sum(id(glyph) in hidden and glyph.has_ink for line, _ in lines for glyph, _ in line)
        kept = (([(glyph, font) for glyph, font in line if id(glyph) not in hidden], turn) for line, turn in lines)
        return [(line, turn) for line, turn in kept if line]

    def _end_line(self) -> None:
        if self._taken:
            self._lines.append((pairs_joined(self._taken), self._turn))
        self._taken = []


_GENERATED = Font(False, False)  # of spaces that pdfium inferred


def _with_signs(taken: list[tuple[Glyph, Font]]) -> list[tuple[Glyph, Font]]:
    """Return a line with the signs that a reader sees where a font of signs gives letters, and its bullet where that is an "o"."""
    ink = [(glyph, font) for glyph, font in taken if glyph.has_ink]
    if len(ink) > 1 and ink[0][0].char == "o" and ink[0][1].bullets and not ink[1][1].bullets:
        ink[0][0].char = "•"
    for glyph, font in ink:
        if font.signs:
            glyph.char = sign_of(glyph.char)
    return taken


def _spelled(glyph: Glyph, glyph_numbers: bool, sheet: Sheet) -> list[Glyph]:
    """Return the letters that a reader sees for a glyph; one that nobody can name is counted and left out."""
    letters = letters_of(glyph.char, glyph_numbers)
    sheet.unmapped += letters == UNNAMED
    if letters == glyph.char:
        return [glyph]
    return [replace(glyph, char=letter) for letter in letters]
