"""The picture of a PDF page with a quote drawn on it: the one door to pdfium when serving.

Comes in: a passage or a page of the build. Goes out: a PNG file. Refuses to read text,
to know HTTP and Discord, and any path from outside.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.png import png_of
from index.build import Build
from index.errors import UnknownPassage
from index.layout import BuildLayout
from index.records import Document

if TYPE_CHECKING:
    import pypdfium2

LEAST_WIDTH, USUAL_WIDTH, MOST_WIDTH = 200, 900, 1400  # pixels
TALLEST = 3.0  # a page higher than so many widths is drawn smaller
_MARKER = np.array([255, 230, 120], np.uint16)  # multiplied, so that ink stays dark under it
_LINE = np.array([185, 127, 0], np.uint8)  # under the quote, for those who see no yellow
_FULL = 65535  # boxes are fractions of it

# pdfium is not safe to use from two threads at once, whoever calls it.
_PDFIUM = threading.Lock()

Boxes = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page, as fractions of its width and height from the top left."""

    left: float
    top: float
    right: float
    bottom: float


class PagePictures:
    """Draws pages of one build."""

    def __init__(self, build: Build) -> None:
        """Draw pages of ``build``."""
        self._build = build
        self._originals = BuildLayout(build.folder).originals
        self._pictured = {document.id for document in build.records.documents if self._original(document)}

    def has(self, document_id: str) -> bool:
        """Tell whether pages of this document can be drawn."""
        return document_id in self._pictured

    def of_passage(self, passage_id: str, width: int = USUAL_WIDTH) -> bytes:
        """Return the page of a passage with the passage marked, as PNG.

        Raises:
            UnknownPassage: the build holds no such passage, or no picture of its page.
        """
        passage = self._build.records.passage(passage_id)
        boxes = self._build.records.boxes(passage.document_id, passage.page_number)
        marked = [] if boxes is None else lines_of(boxes[passage.start : passage.end])
        return self._drawn(passage.document_id, passage.page_number, width, marked)

    def of_page(self, document_id: str, number: int, width: int = USUAL_WIDTH) -> bytes:
        """Return a page without marks, as PNG; ``number`` is 1-based.

        Raises:
            UnknownDocument: the build holds no such document.
            UnknownPassage: the document has no page of that number, or no pictures.
        """
        self._build.records.document(document_id)
        return self._drawn(document_id, number, width, [])

    def _drawn(self, document_id: str, number: int, width: int, marked: list[Rectangle]) -> bytes:
        import pypdfium2  # with the first picture: it takes 4 MB, and many a server holds no PDF

        with _PDFIUM, pypdfium2.PdfDocument(self._path(document_id)) as opened:
            sheet = _sheet(opened, document_id, number)
            wide, high = sheet.get_size()
            scale = min(width / max(wide, 1e-6), TALLEST * width / max(high, 1e-6))
            bitmap = sheet.render(scale=scale, rev_byteorder=True, no_smoothpath=False)
            pixels = np.array(bitmap.to_numpy()[:, :, :3], np.uint8)
            bitmap.close()
        for rectangle in marked:
            mark(pixels, rectangle)
        return png_of(pixels)

    def _path(self, document_id: str) -> Path:
        path = self._original(self._build.records.document(document_id))
        if path is None:
            raise UnknownPassage(f"There are no pictures of the pages of {document_id!r}.")
        return path

    def _original(self, document: Document) -> Path | None:
        """Return the file that pages are drawn from; its name is a hash out of the build, never anything typed."""
        if document.media_type != "application/pdf" or not document.sha256:
            return None
        path = self._originals / document.sha256
        return path if path.is_file() else None


def lines_of(boxes: Boxes) -> list[Rectangle]:
    """Return one rectangle for each line of text that ``boxes``, shape (characters, 4), stand on.

    A character begins a new line when it lies wholly beside or under the line so far, or left of its end (another column).
    """
    inked = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])].astype(np.int64)
    lines: list[list[int]] = []
    for left, top, right, bottom in inked.tolist():
        line = lines[-1] if lines else None
        if line and top < line[3] and bottom > line[1] and left >= line[2] - (bottom - top):
            line[:] = [min(line[0], left), min(line[1], top), max(line[2], right), max(line[3], bottom)]
        else:
            lines.append([left, top, right, bottom])
    return [Rectangle(*(edge / _FULL for edge in line)) for line in lines]


def mark(pixels: NDArray[np.uint8], rectangle: Rectangle) -> None:
    """Draw a marker over ``rectangle`` on ``pixels``, shape (height, width, 3), in place, with a line under it."""
    height, width, _ = pixels.shape
    left, right = int(rectangle.left * width) - 2, int(np.ceil(rectangle.right * width)) + 2
    top, bottom = int(rectangle.top * height) - 1, int(np.ceil(rectangle.bottom * height)) + 2
    here = pixels[max(top, 0) : bottom, max(left, 0) : right]
    here[:] = (here.astype(np.uint16) * _MARKER // 255).astype(np.uint8)
    pixels[max(bottom - 2, 0) : bottom, max(left, 0) : right] = _LINE


def _sheet(opened: "pypdfium2.PdfDocument", document_id: str, number: int) -> "pypdfium2.PdfPage":
    if not 1 <= number <= len(opened):
        raise UnknownPassage(f"{document_id!r} has {len(opened)} pages; there is no page {number}.")
    return opened[number - 1]
