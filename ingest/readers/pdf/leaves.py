"""Turn sheets into leaves: pages whose rows are in order, read from their text or by OCR, or with a reason why not.

Comes in: an open PDF file. Goes out: leaves. Refuses to know paragraphs and other pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from index.records import Reading
from ingest.read_document import PageOutcome, PageStatus, ReadingOptions
from ingest.readers.ocr import DOTS_PER_INCH, OcrUnavailableError, OcrWord, mean_confidence, read_picture
from ingest.readers.pdf.glyphs import Glyph, Line, Sheet
from ingest.readers.pdf.layout import rows_in_order
from ingest.readers.pdf.pdfium import PdfFile

_MOST_UNMAPPED = 0.3  # of a page's characters; with more it reads as gibberish
_SPARSE = 25  # characters; a scan often carries a stamp or a number as its only text
_BLANK_DPI = 36
_BLANK_SHARE = 0.002  # of a page's pixels; fewer that differ are dirt or a ruled line


@dataclass
class Leaf:
    """A page on its way from glyphs to text."""

    number: int  # 1-based
    width: float
    height: float
    rows: list[Line] = field(default_factory=list)
    reading: Reading = Reading.TEXT
    confidence: float | None = None
    outcome: PageOutcome | None = None  # set where the page gives no text


def leaves(file: PdfFile, options: ReadingOptions) -> Iterator[Leaf]:
    """Yield the pages of a file in order."""
    for sheet in file.sheets():
        yield _leaf(file, sheet, options)


def _leaf(file: PdfFile, sheet: Sheet, options: ReadingOptions) -> Leaf:
    leaf = Leaf(sheet.number, sheet.width, sheet.height)
    ink = sum(glyph.has_ink for line in sheet.lines for glyph in line.glyphs)
    garbled = sheet.unmapped > _MOST_UNMAPPED * (ink + sheet.unmapped)
    if not sheet.complaint and not garbled and ink >= (_SPARSE if sheet.has_graphics else 1):
        leaf.rows = rows_in_order(sheet)
        return leaf
    reason = sheet.complaint or ("the page's fonts do not say which letters they show" if garbled else "")
    if not reason and _is_blank(file, sheet):
        leaf.outcome = PageOutcome(sheet.number, PageStatus.EMPTY, "a blank page")
        return leaf
    _read_by_ocr(leaf, file, reason, options)
    if leaf.outcome is not None and ink and not garbled:
        leaf.rows, leaf.outcome = rows_in_order(sheet), None  # the few words that the page has are better than none
    return leaf


def _is_blank(file: PdfFile, sheet: Sheet) -> bool:
    if not sheet.has_graphics:
        return not sheet.lines
    picture = file.picture(sheet.number, _BLANK_DPI)
    ground = np.bincount(picture.ravel(), minlength=256).argmax()
    differing = np.abs(picture.astype(np.int16) - ground) > 40
    return bool(differing.mean() < _BLANK_SHARE)


def _read_by_ocr(leaf: Leaf, file: PdfFile, reason: str, options: ReadingOptions) -> None:
    cause = reason or "the page is a picture without text"
    if not leaf.width:
        leaf.outcome = PageOutcome(leaf.number, PageStatus.UNREADABLE, cause)
        return
    try:
        words = read_picture(file.picture(leaf.number, DOTS_PER_INCH), options)
    except OcrUnavailableError as error:
        leaf.outcome = PageOutcome(leaf.number, PageStatus.UNREADABLE, f"{cause}; {error}")
        return
    confidence = mean_confidence(words)
    if not words:
        leaf.outcome = PageOutcome(leaf.number, PageStatus.EMPTY, f"{cause}; OCR found no words")
    elif confidence < options.ocr_least_confidence:
        doubt = (
            f"OCR is only {confidence:.0%} sure of its words, under the {options.ocr_least_confidence:.0%} that are asked for"
        )
        leaf.outcome = PageOutcome(leaf.number, PageStatus.UNREADABLE, f"{cause}; {doubt}")
    else:
        _take_words(leaf, words, file, confidence)


def _take_words(leaf: Leaf, words: list[list[OcrWord]], file: PdfFile, confidence: float) -> None:
    scale = file.points_per_pixel(leaf.number, DOTS_PER_INCH)
    lines = [Line(_glyphs(line, scale), order) for order, line in enumerate(words)]
    leaf.rows = rows_in_order(Sheet(leaf.number, leaf.width, leaf.height, lines))
    leaf.reading, leaf.confidence = Reading.OCR, confidence


def _glyphs(words: list[OcrWord], scale: float) -> list[Glyph]:
    """Spread the letters of each word evenly over its box: OCR places words, not letters."""
    glyphs: list[Glyph] = []
    for word in words:
        if glyphs:
            glyphs.append(Glyph(" ", glyphs[-1].x1, glyphs[-1].y0, glyphs[-1].x1, glyphs[-1].y1))
        step = (word.right - word.left) / len(word.text)
        for index, letter in enumerate(word.text):
            left = word.left + index * step
            glyphs.append(Glyph(letter, left * scale, word.top * scale, (left + step) * scale, word.bottom * scale))
    return glyphs
