"""The door to pdfium: open a PDF, take its pages with what is laid over them, draw them.

Comes in: a path or bytes. Goes out: sheets of glyph lines, pictures. Refuses to know columns, paragraphs and headings. Nothing
in a file is run: the pdfium that we use has no JavaScript engine, and nothing here tells it to carry out a file's actions.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from index.errors import UnreadableDocument
from ingest.readers.pdf.sheet.glyphs import Line, Sheet
from ingest.readers.pdf.sheet.page_glyphs import Fonts, Gatherer

LOCKED = "the file is protected by a password; save it without one and try again"

_MOST_PIXELS = 25_000_000
_WRITTEN = {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP}  # fields, text boxes, stamps


class PdfFile:
    """An open PDF file."""

    def __init__(self, source: Path | bytes) -> None:
        """Open a file.

        Raises:
            UnreadableDocument: pdfium cannot open it, or it needs a password.
        """
        try:
            self._document = pypdfium2.PdfDocument(source)
            self.source = source
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(_reason(error)) from error
        # Some files leave it to the program that shows them to write the values of their form into its fields.
        with suppress(pypdfium2.PdfiumError):
            self._document.init_forms()

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
        fonts: Fonts = {}
        for index in range(len(self)):
            try:
                page = self._document[index]
            except pypdfium2.PdfiumError:
                yield Sheet(index + 1, 0, 0, complaint="the page is damaged")
                continue
            sheet, own = _sheet(index + 1, page, fonts), raw.FPDFPage_CountObjects(page)
            written_over = _is_written_over(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS
            page.close()
            if written_over:
                with suppress(pypdfium2.PdfiumError):
                    sheet.laid_over = self._laid_over(sheet, own, fonts)
            yield sheet

    def _laid_over(self, sheet: Sheet, own: int, fonts: Fonts) -> list[Line]:
        """Return the lines laid over a page that was flattened; before, it held ``own`` objects, which come first."""
        page = self._document[sheet.number - 1]
        for _ in range(own):
            shown = raw.FPDFPage_GetObject(page, 0)
            raw.FPDFPage_RemoveObject(page, shown)
            raw.FPDFPageObj_Destroy(shown)
        lines = _gathered(sheet, page, fonts)
        page.close()
        return lines

    def plain_text(self, number: int) -> str:
        """Return the text of a page (1-based) in the file's order; empty where it cannot be had."""
        with suppress(pypdfium2.PdfiumError):
            page = self._document[number - 1]
            text_page = page.get_textpage()
            text = str(text_page.get_text_range(errors="replace"))
            text_page.close()
            page.close()
            return text
        return ""

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


def _sheet(number: int, page: pypdfium2.PdfPage, fonts: Fonts) -> Sheet:
    width, height = page.get_size()
    sheet = Sheet(number, width, height)
    kinds = {raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) for index in range(raw.FPDFPage_CountObjects(page))}
    sheet.has_content = bool(kinds)
    sheet.has_graphics = bool(kinds - {raw.FPDF_PAGEOBJ_TEXT})
    sheet.has_notes = raw.FPDFPage_GetAnnotCount(page) > 0
    try:
        sheet.lines = _gathered(sheet, page, fonts)
    except pypdfium2.PdfiumError:
        sheet.complaint = "the text of the page is damaged"
    return sheet


def _gathered(sheet: Sheet, page: pypdfium2.PdfPage, fonts: Fonts) -> list[Line]:
    """Return the lines of a page; what is not taken of it is counted on the sheet."""
    text_page = page.get_textpage()
    lines = Gatherer(page, text_page, fonts).lines(sheet)
    text_page.close()
    return lines


def _is_written_over(page: pypdfium2.PdfPage) -> bool:
    """Tell whether something with words of its own is laid over a page."""
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, index)
        kind = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if kind in _WRITTEN:
            return True
    return False
