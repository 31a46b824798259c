"""The door to pdfium: open a PDF, take its glyphs, draw its pages. pypdfium2 is imported here and nowhere else.

Comes in: a path or bytes. Goes out: sheets of glyph lines, pictures. Refuses to know columns, paragraphs and headings. Nothing
in a file is run: pdfium is used without its JavaScript engine and forms are never initialised.
"""

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from index.errors import UnreadableDocument
from ingest.readers.pdf.glyphs import Glyph, Line, Sheet
from ingest.readers.pdf.letters import UNNAMED, letters_of, marks_by_glyph_number, shows_glyph_numbers
from ingest.readers.pdf.turning import turn_of

LOCKED = "the file is protected by a password; save it without one and try again"

_BREAKS = "\r\n"
_SCALE = 65535  # steps to a side when page coordinates are turned into shares of the page
_BOLD_WEIGHT = 600
_BOLD_NAMES = (b"bold", b"black", b"heavy", b"demi")
_ITALIC_NAMES = (b"italic", b"oblique")
_MOST_GLYPHS = 200_000  # of one page; a page of small print has 10,000
_MOST_PIXELS = 25_000_000


class PdfFile:
    """An open PDF file."""

    def __init__(self, source: Path | bytes) -> None:
        """Open a file.

        Raises:
            UnreadableDocument: pdfium cannot open it, or it needs a password.
        """
        try:
            self._document = pypdfium2.PdfDocument(source)
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(_reason(error)) from error

    def __enter__(self) -> "PdfFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    @property
    def is_encrypted(self) -> bool:
        """Tell whether the file is encrypted, be it with an empty password."""
        return int(raw.FPDF_GetSecurityHandlerRevision(self._document)) >= 0

    def sheets(self) -> Iterator[Sheet]:
        """Yield the pages in order; one that cannot be opened says so in its ``complaint``."""
        fonts: dict[tuple[bytes, int], _Font] = {}
        for index in range(len(self)):
            try:
                page = self._document[index]
            except pypdfium2.PdfiumError:
                yield Sheet(index + 1, 0, 0, complaint="the page is damaged")
                continue
            yield _sheet(index + 1, page, fonts)
            page.close()

    def picture(self, number: int, dots_per_inch: int) -> NDArray[np.uint8]:
        """Return a page (1-based) drawn in grey, uint8 of shape (height, width)."""
        page = self._document[number - 1]
        width, height = page.get_size()
        bitmap = page.render(scale=_scale(width, height, dots_per_inch), grayscale=True, may_draw_forms=False)
        picture: NDArray[np.uint8] = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
        bitmap.close()
        page.close()
        return picture

    def points_per_pixel(self, number: int, dots_per_inch: int) -> float:
        """Return the side of a pixel of a page's picture, in points."""
        page = self._document[number - 1]
        width, height = page.get_size()
        page.close()
        return 1 / _scale(width, height, dots_per_inch)


def _scale(width: float, height: float, dots_per_inch: int) -> float:
    """Return pixels a point: fewer where a huge page would take too much memory."""
    return float(min(dots_per_inch / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5))


def _reason(error: pypdfium2.PdfiumError) -> str:
    if "password" in str(error).lower():
        return LOCKED
    if "security" in str(error).lower():
        return "the file is encrypted in a way that cannot be read"
    return "the file is damaged: it cannot be opened as PDF"


def _sheet(number: int, page: pypdfium2.PdfPage, fonts: "dict[tuple[bytes, int], _Font]") -> Sheet:
    width, height = page.get_size()
    sheet = Sheet(number, width, height)
    kinds = {raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) for index in range(raw.FPDFPage_CountObjects(page))}
    sheet.has_content = bool(kinds)
    sheet.has_graphics = bool(kinds - {raw.FPDF_PAGEOBJ_TEXT})
    sheet.has_notes = raw.FPDFPage_GetAnnotCount(page) > 0
    try:
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        sheet.complaint = "the text of the page is damaged"
        return sheet
    _Gatherer(page, text_page, fonts).gather(sheet)
    text_page.close()
    return sheet


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

    def height(self, x: float, y: float) -> float:
        """Return how far below the top a point is shown."""
        return self.d * x + self.e * y + self.f


@dataclass(slots=True)
class _Font:
    """A font of the file, by name; its codes tell whether they are letters."""

    bold: bool
    italic: bool
    codes: Counter[str] = field(default_factory=Counter)
    glyph_numbers: bool = False  # once seen, it holds for the pages after


class _Gatherer:
    """Takes the glyphs of one page, in the file's order, and parts them into lines where pdfium ends one."""

    def __init__(
        self, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, fonts: dict[tuple[bytes, int], _Font]
    ) -> None:
        self._text = text_page.raw  # the bare handle: the wrapper would be unwrapped at every call
        self._fonts = fonts
        self._placing = _Placing.of(page)
        self._rect = raw.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._run: object = None  # the text object of the last glyph: its font holds until the next
        self._font = _Font(False, False)
        self._taken: list[tuple[Glyph, _Font]] = []  # of the line that is open

    def gather(self, sheet: Sheet) -> None:
        """Fill the sheet's lines."""
        lines: list[list[tuple[Glyph, _Font]]] = []
        count = min(raw.FPDFText_CountChars(self._text), _MOST_GLYPHS)
        sheet.left_out = raw.FPDFText_CountChars(self._text) - count
        for index in range(count):
            char = chr(raw.FPDFText_GetUnicode(self._text, index) or 0xFFFD)
            if char in _BREAKS and raw.FPDFText_IsGenerated(self._text, index) == 1:
                self._end_line(lines)
            else:
                self._take(index, char)
        self._end_line(lines)
        for font in self._fonts.values():
            font.glyph_numbers = font.glyph_numbers or shows_glyph_numbers(font.codes)
        if any(font.glyph_numbers for font in self._fonts.values()):
            for font in self._fonts.values():
                font.glyph_numbers = font.glyph_numbers or marks_by_glyph_number(font.codes)
        for taken in lines:
            glyphs = [letter for glyph, font in taken for letter in _spelled(glyph, font.glyph_numbers, sheet)]
            if any(glyph.has_ink for glyph in glyphs):
                sheet.lines.append(Line(glyphs, len(sheet.lines), turn_of(glyphs)))

    def _take(self, index: int, char: str) -> None:
        if not raw.FPDFText_GetLooseCharBox(self._text, index, self._rect):
            return
        raw.FPDFText_GetCharOrigin(self._text, index, self._x, self._y)
        box = (*self._placing.box(self._rect), self._placing.height(self._x.value, self._y.value))
        run = raw.FPDFText_GetTextObject(self._text, index)
        if run and (address := ctypes.addressof(run.contents)) != self._run:
            self._run = address
            self._font = self._font_of(index, run)
        if char == " " and raw.FPDFText_IsGenerated(self._text, index) == 1:
            self._taken.append((Glyph(char, *box), _GENERATED))
        else:
            self._font.codes[char] += 1
            self._taken.append((Glyph(char, *box, self._font.bold, self._font.italic), self._font))

    def _font_of(self, index: int, run: object) -> _Font:
        raw.FPDFText_GetFontInfo(self._text, index, self._name, len(self._name), self._flags)
        # Two fonts of one file may share a name; one of them may have lost its map to letters.
        font = raw.FPDFTextObj_GetFont(run)
        name = (self._name.value, ctypes.addressof(font.contents) if font else 0)
        if name not in self._fonts:
            lower = self._name.value.lower()
            heavy = raw.FPDFText_GetFontWeight(self._text, index) >= _BOLD_WEIGHT
            bold = heavy or any(part in lower for part in _BOLD_NAMES)
            self._fonts[name] = _Font(bold, any(part in lower for part in _ITALIC_NAMES))
        return self._fonts[name]

    def _end_line(self, lines: list[list[tuple[Glyph, _Font]]]) -> None:
        if self._taken:
            lines.append(self._taken)
        self._taken = []


_GENERATED = _Font(False, False)  # of spaces that pdfium inferred


def _spelled(glyph: Glyph, glyph_numbers: bool, sheet: Sheet) -> list[Glyph]:
    """Return the letters that a reader sees for a glyph; one that nobody can name is counted and left out."""
    letters = letters_of(glyph.char, glyph_numbers)
    sheet.unmapped += letters == UNNAMED
    if letters == glyph.char:
        return [glyph]
    return [replace(glyph, char=letter) for letter in letters]
