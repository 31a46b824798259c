"""Turn sheets into leaves: pages whose rows are in order, read from their text or by OCR, or with a reason why not.

Comes in: an open PDF file. Goes out: leaves. Refuses to know paragraphs and other pages.

Fonts may name their letters where pdfium does not look: drawn fonts (Type 3) with a list of names. Such a page is read by those
names, without places, where every font of it names its letters and what comes of it reads as words.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from statistics import median

import numpy as np

from index.records import Reading
from ingest.readers.letters import UNNAMED, reads_as_words
from ingest.readers.ocr import DOTS_PER_INCH, OcrUnavailableError, OcrWord, mean_confidence, read_picture
from ingest.readers.pdf.layout import rows_in_order, with_laid_over
from ingest.readers.pdf.pdfium import PdfFile
from ingest.readers.pdf.sheet.as_seen import upright
from ingest.readers.pdf.sheet.glyphs import Glyph, Line, Sheet
from ingest.readers.pdf.structure import PageNames, page_names
from ingest.readers.read_document import NO_TEXT, PageOutcome, PageStatus, ReadingOptions

_NUMBERED = re.compile(r"/?[A-Za-z]{0,2}\d+|/?\.notdef")  # a name that says no letter: "a112", "g7", "31"
NAMELESS = "the page's fonts do not say which letters they show"
_MOST_UNMAPPED = 0.3  # of a page's characters; with more it reads as gibberish
_SPARSE = 25  # characters; a scan often carries a stamp or a number as its only text
_NUMBER = 4  # characters of a list's number, read well or badly: "12.", "2H."
_BLANK_DPI = 50
_BLANK_SHARE = 0.00005  # of a page's pixels; one short word has more


class NamedLetters:
    """The pages of one file, by the names of their letters; the file is opened when the first is asked for."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source

    @cached_property
    def _pages(self) -> PageNames:
        return page_names(self._source)

    def text(self, number: int) -> str:
        """Return the text of a page (1-based), or nothing."""
        names, text = self._pages.names(number), self._pages.text(number)
        if not names or any(_NUMBERED.fullmatch(name) for name in names):
            return ""
        return text if UNNAMED not in text and reads_as_words(text) else ""


@dataclass
class Leaf:
    """A page on its way from glyphs to text."""

    number: int  # 1-based
    width: float
    height: float
    turn: int = 0  # quarter turns, clockwise, that were made to set its text upright
    rows: list[Line] = field(default_factory=list)
    reading: Reading = Reading.TEXT
    confidence: float | None = None
    outcome: PageOutcome | None = None  # set where the page gives no text
    plain: str = ""  # the text of a page whose letters have no places
    remark: str = ""  # what is missing from a page that was read


def leaves(file: PdfFile, options: ReadingOptions) -> Iterator[Leaf]:
    """Yield the pages of a file in order."""
    left = options.ocr_file_seconds
    named = NamedLetters(file.source)
    for sheet in file.sheets():
        started = time.monotonic()
        leaf = _leaf(file, with_laid_over(upright(sheet)), replace(options, ocr_seconds=min(options.ocr_seconds, left)))
        if leaf.reading is Reading.OCR or leaf.outcome is not None:
            left = max(0.0, left - (time.monotonic() - started))
        if leaf.outcome is not None and leaf.outcome.reason.startswith(NAMELESS) and (text := named.text(leaf.number)):
            leaf.plain, leaf.outcome, leaf.remark = text, None, "read by the names of its letters, without their places"
        yield leaf


def _leaf(file: PdfFile, sheet: Sheet, options: ReadingOptions) -> Leaf:
    leaf = Leaf(sheet.number, sheet.width, sheet.height, sheet.turn)
    ink = sum(glyph.has_ink for line in sheet.lines for glyph in line.glyphs)
    garbled = sheet.unmapped > _MOST_UNMAPPED * (ink + sheet.unmapped)
    if not sheet.complaint and not garbled and ink >= (_SPARSE if sheet.has_graphics else 1):
        leaf.rows, leaf.remark = rows_in_order(sheet), _remark(sheet)
        return leaf
    reason = sheet.complaint or (NAMELESS if garbled else "")
    if not reason and _is_blank(file, sheet):
        leaf.outcome = PageOutcome(sheet.number, PageStatus.EMPTY, _kind_of_blank(sheet))
        return leaf
    _read_by_ocr(leaf, file, reason, options)
    if leaf.outcome is not None and ink and not garbled:
        leaf.rows, leaf.outcome = rows_in_order(sheet), None  # the few words that the page has are better than none
    return leaf


def _remark(sheet: Sheet) -> str:
    remarks = []
    if sheet.unmapped:
        remarks.append(f"{sheet.unmapped} characters that the page's fonts do not name")
    if sheet.unseen:
        remarks.append(f"{sheet.unseen} characters that nobody can see: invisible, white on white, or beside the page")
    if sheet.left_out:
        remarks.append(f"the last {sheet.left_out} characters of a page without end")
    return f"not read: {'; '.join(remarks)}" if remarks else ""


def _kind_of_blank(sheet: Sheet) -> str:
    if sheet.has_notes:
        return "nothing but empty form fields, or notes that are not shown"
    return "nothing to be seen on the page" if sheet.has_content else "a blank page"


def _is_blank(file: PdfFile, sheet: Sheet) -> bool:
    if not sheet.width or not sheet.height:
        return False
    picture = file.picture(sheet.number, _BLANK_DPI)
    ground = np.bincount(picture.ravel(), minlength=256).argmax()
    differing = np.abs(picture.astype(np.int16) - ground) > 40
    return bool(differing.mean() < _BLANK_SHARE)


def _read_by_ocr(leaf: Leaf, file: PdfFile, reason: str, options: ReadingOptions) -> None:
    cause = reason or NO_TEXT
    if not leaf.width:
        leaf.outcome = PageOutcome(leaf.number, PageStatus.UNREADABLE, cause)
        return
    try:
        picture = file.picture(leaf.number, DOTS_PER_INCH)
        words = read_picture(picture, options)
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
        scale = file.points_per_pixel(leaf.number, DOTS_PER_INCH)
        leaf.turn, leaf.width, leaf.height = 0, picture.shape[1] * scale, picture.shape[0] * scale
        _take_words(leaf, words, scale, confidence)


def _take_words(leaf: Leaf, words: list[list[OcrWord]], scale: float, confidence: float) -> None:
    usual = median(line[0].bottom - line[0].top for line in words)
    evened = _with_numbers([_evened(line, usual) for line in words])
    lines = [Line(_glyphs(line, scale), order) for order, line in enumerate(evened)]
    leaf.rows = rows_in_order(Sheet(leaf.number, leaf.width, leaf.height, lines))
    leaf.reading, leaf.confidence = Reading.OCR, confidence


def _evened(words: list[OcrWord], usual: float) -> list[OcrWord]:
    """Give a line the usual height if it is near: OCR measures ink, so that a line without a "g" or a "T" seems set smaller."""
    top, bottom = words[0].top, words[0].bottom
    if not 0.6 * usual < bottom - top < 1.5 * usual:
        return words
    middle = (top + bottom) / 2
    return [replace(word, top=middle - usual / 2, bottom=middle + usual / 2) for word in words]


def _with_numbers(lines: list[list[OcrWord]]) -> list[list[OcrWord]]:
    """Put the number of a list's entry before its words: OCR takes a row of numbers for a column of its own."""
    rest = list(lines)
    for number in [line for line in lines if len(line) == 1 and len(line[0].text) <= _NUMBER]:
        beside = [line for line in rest if line is not number and _stands_right_of(line[0], number[0])]
        if beside:
            nearest = min(beside, key=lambda line: line[0].left)
            rest = [number + line if line is nearest else line for line in rest if line is not number]
    return rest


def _stands_right_of(word: OcrWord, number: OcrWord) -> bool:
    height = number.bottom - number.top
    level = abs((word.top + word.bottom) - (number.top + number.bottom)) < height
    return level and 0 < word.left - number.right < 4 * height


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
