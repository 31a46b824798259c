"""Read a PDF file: every page, the right page, or a plain word why not.

Comes in: a path. Goes out: pages with boxes, labels and sections. Refuses to know pdfium, pypdf and tesseract: it only leads
the way from leaves to pages.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.errors import UnreadableDocument
from index.records import Page, Reading
from ingest.read_document import Boxes, PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.pdf.assemble import PageText, page_text
from ingest.readers.pdf.furniture import edge_rows, printed_numbers, running_rows
from ingest.readers.pdf.headings import Typography
from ingest.readers.pdf.leaves import Leaf, leaves
from ingest.readers.pdf.paragraphs import Paragraph, paragraphs_of
from ingest.readers.pdf.pdfium import PdfFile
from ingest.readers.pdf.structure import Structure, mended, structure_of

MEDIA_TYPE = "application/pdf"

_GATHERING = 250  # pages that are looked at together: what repeats shows itself, and memory stays bounded
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Titles that a program set and nobody corrected.
_NO_TITLE = re.compile(
    r"untitled|microsoft word|\.(?:docx?|indd|qxd|pub|pdf|pptx?|rtf|odt)\b|^\W*\d+\W|artwork", re.IGNORECASE
)


def read_pdf(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a PDF file.

    Raises:
        UnreadableDocument: it needs a password, is damaged beyond mending, or has no pages.
    """
    with _opened(path) as file:
        if len(file) == 0:
            raise UnreadableDocument("the file has no pages")
        binder = _Binder(structure_of(path))
        every = leaves(file, options)
        while gathering := list(islice(every, _GATHERING)):
            binder.bind(gathering)
        return binder.document(len(file))


def _opened(path: Path) -> PdfFile:
    try:
        file = PdfFile(path)
    except UnreadableDocument:
        copy = mended(path)
        if copy is None:
            raise
        return PdfFile(copy)
    return file


class _Binder:
    """Gathers leaves into the pages of one document."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._pages: list[Page] = []
        self._outcomes: list[PageOutcome] = []
        self._boxes: dict[int, Boxes] = {}
        self._path: tuple[str, ...] = ()  # of headings in force
        self._cover_title = ""

    def bind(self, gathering: Sequence[Leaf]) -> None:
        """Add the next leaves: take away what repeats, find headings, write the text out."""
        edges = [edge for leaf in gathering for edge in edge_rows(leaf.number, leaf.height, leaf.rows)]
        numbers = printed_numbers(edges, len(gathering))
        running = running_rows(edges, numbers, len(gathering))
        paragraphs = {leaf.number: paragraphs_of([row for row in leaf.rows if id(row) not in running]) for leaf in gathering}
        by_text = {leaf.number for leaf in gathering if leaf.reading is Reading.TEXT}
        typography = Typography.of({n: found for n, found in paragraphs.items() if n in by_text}, self._structure.outline)
        self._cover_title = self._cover_title or _largest(paragraphs[gathering[0].number])
        vocabulary = {word.lower() for found in paragraphs.values() for one in found for word in _WORD.findall(one.text)}
        for leaf in gathering:
            if leaf.number in by_text:
                typography.mark(leaf.number, paragraphs[leaf.number])
            label = self._structure.labels.get(leaf.number, numbers.get(leaf.number))
            self._add(leaf, page_text(paragraphs[leaf.number], vocabulary), label)

    def _add(self, leaf: Leaf, written: PageText, label: str | None) -> None:
        text = written.text
        if not text:
            empty = PageOutcome(
                leaf.number, PageStatus.EMPTY, "nothing but a running head or page number" if leaf.rows else "a blank page"
            )
            self._outcomes.append(leaf.outcome or empty)
            return
        status = PageStatus.OCR if leaf.reading is Reading.OCR else PageStatus.READ
        self._outcomes.append(PageOutcome(leaf.number, status, characters=len(text)))
        self._boxes[leaf.number] = written.boxes(leaf.width, leaf.height)
        self._pages.append(
            Page(
                leaf.number,
                text,
                label,
                section=self._path,
                headings=tuple(written.headings),
                reading=leaf.reading,
                confidence=leaf.confidence,
                keep_together=tuple(written.runs),
            )
        )
        for heading in written.headings:
            self._path = (*self._path[: heading.level - 1], heading.text)

    def document(self, page_count: int) -> ReadDocument:
        """Return the document of all leaves so far."""
        metadata = self._structure.metadata
        if not metadata.title or _NO_TITLE.search(metadata.title):
            metadata = replace(metadata, title=self._cover_title)
        return ReadDocument(MEDIA_TYPE, tuple(self._pages), page_count, tuple(self._outcomes), metadata, self._boxes)


def _largest(paragraphs: Sequence[Paragraph]) -> str:
    """Return the words in the largest type of the first page: the title, where the file names none."""
    words = [paragraph for paragraph in paragraphs if len(paragraph.text) > 3]
    return max(words, key=lambda paragraph: paragraph.size).text[:200] if words else ""
