"""The picture of a PDF page with a quote drawn on it, and the finished pictures in memory.

Comes in: a passage or a page of the build; a key and a way to draw. Goes out: a PNG file, drawn by a process of its own, once,
however many ask at the same moment; what is held is bounded in bytes. Refuses to read text, to know HTTP, Discord and pdfium, and
any path from outside.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.pictures.drawing_jobs import Job, Rectangle
from bot.pictures.drawing_process import DrawingProcess, shared_drawing
from index.build.layout import BuildLayout
from index.build.reader import Build
from index.errors import UnknownPassage
from index.records import Document

LEAST_WIDTH, USUAL_WIDTH, MOST_WIDTH = 200, 900, 1400  # pixels
_FULL = 65535  # boxes are fractions of it
Boxes = NDArray[np.uint16]


class PictureCache:
    """Least recently used pictures go first. For one event loop."""

    def __init__(self, most_bytes: int) -> None:
        """Begin empty."""
        self._most_bytes = most_bytes
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._drawing: dict[Hashable, asyncio.Task[bytes]] = {}
        self.bytes = 0

    async def get(self, key: Hashable, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the picture of ``key``, drawn by ``draw`` where it is not held; those who ask meanwhile wait for the same."""
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        if key not in self._drawing:
            self._drawing[key] = asyncio.ensure_future(self._drawn(key, draw))
        # Shielded: when one of those who wait goes away, the others still get the picture.
        return await asyncio.shield(self._drawing[key])

    async def _drawn(self, key: Hashable, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            picture = await draw()
        finally:
            del self._drawing[key]
        if len(picture) <= self._most_bytes:
            self._held[key] = picture
            self.bytes += len(picture)
        while self.bytes > self._most_bytes:
            self.bytes -= len(self._held.popitem(last=False)[1])
        return picture


class PagePictures:
    """Draws pages of one build."""

    def __init__(self, build: Build, drawing: DrawingProcess | None = None) -> None:
        """Draw pages of ``build`` by ``drawing``, or by the process that all share."""
        self._build = build
        self._drawing = drawing or shared_drawing()
        self._originals = BuildLayout(build.folder).originals
        self._pictured = {document.id for document in build.records.documents if self._original(document)}

    def has(self, document_id: str) -> bool:
        """Tell whether pages of this document can be drawn."""
        return document_id in self._pictured

    def shows(self, document_id: str, number: int) -> bool:
        """Tell whether this page can be drawn as far as is known; ``number`` is 1-based."""
        return self.has(document_id) and not self._drawing.failed_lately(self._path(document_id), number)

    def of_passage(self, passage_id: str, width: int = USUAL_WIDTH) -> bytes:
        """Return the page of a passage with the passage marked, as PNG.

        Raises:
            UnknownPassage: the build holds no such passage, or no picture of its page.
            PageNotDrawn: the page takes too long to draw, or cannot be drawn.
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
            PageNotDrawn: the page takes too long to draw, or cannot be drawn.
        """
        self._build.records.document(document_id)
        return self._drawn(document_id, number, width, [])

    def _drawn(self, document_id: str, number: int, width: int, marked: list[Rectangle]) -> bytes:
        return self._drawing.draw(Job(self._path(document_id), number, width, tuple(marked)))

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
