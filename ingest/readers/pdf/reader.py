"""Read a PDF file: every page, the right page, or a plain word why not.

Comes in: a path. Goes out: pages with boxes, labels and sections. Refuses to know pdfium, pypdf and tesseract: it only leads
the way from leaves to pages.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.errors import UnreadableDocument
from index.records import Heading, Page, Reading
from ingest.readers.broken_off import BROKEN_OFF, pdf_breaks_off
from ingest.readers.formats import Format
from ingest.readers.front_matter import metadata_of
from ingest.readers.letters import UNNAMED
from ingest.readers.pdf.assemble import PageText, page_text, vocabulary_of
from ingest.readers.pdf.furniture import edge_rows, printed_numbers, running_rows
from ingest.readers.pdf.headings import Typography
from ingest.readers.pdf.leaves import Leaf, leaves
from ingest.readers.pdf.paragraphs import paragraphs_of
from ingest.readers.pdf.pdfium import LOCKED, PdfFile
from ingest.readers.pdf.structure import Structure, mended, structure_of
from ingest.readers.pdf.table_grid import mark_columns
from ingest.readers.pdf.title_page import lines_of, title_shown
from ingest.readers.read_document import Boxes, FileMetadata, PageOutcome, PageStatus, ReadDocument, ReadingOptions

MEDIA_TYPE = "application/pdf"

_GATHERING = 250  # pages that are looked at together: what repeats shows itself, and memory stays bounded
_MOST_OF = 0.6  # of a heading that repeats the title
_FIRST_PAGES = 3  # of which the first that holds text shows the title


def read_pdf(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a PDF file.

    Raises:
        UnreadableDocument: it needs a password, is damaged beyond mending, or has no pages.
    """
    try:
        document = _read_or_mend(path, options)
    except UnreadableDocument as error:
        if str(error) == LOCKED or not pdf_breaks_off(path):
            raise
        raise UnreadableDocument(BROKEN_OFF) from error
    return _as_far_as_it_goes(document) if pdf_breaks_off(path) else document


def _as_far_as_it_goes(document: ReadDocument) -> ReadDocument:
    """Say with the last page that was found that the file ends there too early."""
    *before, last = document.outcomes
    reason = "; ".join(
        one for one in (last.reason, "after this page the file breaks off, as a download does; get it again") if one
    )
    return replace(document, outcomes=(*before, replace(last, reason=reason)))


def _read_or_mend(path: Path, options: ReadingOptions) -> ReadDocument:
    structure = structure_of(path)
    try:
        document = _read(path, structure, options)
    except UnreadableDocument as error:
        copy = None if str(error) == LOCKED else mended(path)
        if copy is None:
            raise
        document = _read(copy, structure, options)
    return document


def _read(source: Path | bytes, structure: Structure, options: ReadingOptions) -> ReadDocument:
    with PdfFile(source) as file:
        if len(file) == 0:
            raise UnreadableDocument("the file has no pages")
        binder = _Binder(structure)
        every = leaves(file, options)
        while gathering := list(islice(every, _GATHERING)):
            binder.bind(gathering)
        document = binder.document(len(file))
        if file.is_encrypted and not document.pages:
            raise UnreadableDocument("the file is encrypted and nothing in it could be read; save it without protection")
        return document


class _Binder:
    """Gathers leaves into the pages of one document."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._pages: list[Page] = []
        self._outcomes: list[PageOutcome] = []
        self._boxes: dict[int, Boxes] = {}
        self._path: list[Heading] = []  # the headings in force, highest first
        self._metadata: FileMetadata | None = None

    def bind(self, gathering: Sequence[Leaf]) -> None:
        """Add the next leaves: take away what repeats, find headings, write the text out."""
        edges = [edge for leaf in gathering for edge in edge_rows(leaf.number, leaf.height, leaf.rows)]
        numbers = printed_numbers(edges, len(gathering))
        running = running_rows(edges, numbers, len(gathering))
        if all(id(row) in running or not row.text.strip(UNNAMED) for leaf in gathering for row in leaf.rows):
            running = set()  # a document that holds nothing else
        paragraphs = {leaf.number: paragraphs_of([row for row in leaf.rows if id(row) not in running]) for leaf in gathering}
        by_text = {leaf.number for leaf in gathering if leaf.reading is Reading.TEXT}
        typography = Typography.of({n: found for n, found in paragraphs.items() if n in by_text}, self._structure.outline)
        if self._metadata is None:
            first = next((found for leaf in gathering[:_FIRST_PAGES] if (found := paragraphs[leaf.number])), [])
            self._metadata = metadata_of(title_shown(first, typography.body), self._structure.metadata, lines_of(first))
        vocabulary = vocabulary_of(one for found in paragraphs.values() for one in found)
        for leaf in gathering:
            if leaf.number in by_text:
                typography.mark(leaf.number, paragraphs[leaf.number])
            label = self._structure.labels.get(leaf.number, numbers.get(leaf.number))
            mark_columns(paragraphs[leaf.number])
            self._add(leaf, page_text(paragraphs[leaf.number], vocabulary), label)

    def _add(self, leaf: Leaf, written: PageText, label: str | None) -> None:
        text = written.text or leaf.plain
        if not text:
            empty = PageOutcome(
                leaf.number, PageStatus.EMPTY, "nothing but a running head or page number" if leaf.rows else "a blank page"
            )
            self._outcomes.append(leaf.outcome or empty)
            return
        status = PageStatus.OCR if leaf.reading is Reading.OCR else PageStatus.READ
        self._outcomes.append(PageOutcome(leaf.number, status, leaf.remark, len(text)))
        if written.text:
            self._boxes[leaf.number] = written.boxes(leaf.width, leaf.height, leaf.turn)
        section = tuple(heading.text for heading in self._path)  # before this page's own headings
        self._pages.append(
            Page(
                leaf.number,
                text,
                label,
                section=section,
                headings=self._nested(written.headings),
                reading=leaf.reading,
                confidence=leaf.confidence,
                keep_together=tuple(written.runs),
            )
        )

    def _nested(self, headings: Sequence[Heading]) -> tuple[Heading, ...]:
        """Return headings with their depth in the path as their level: 1, 2, 3, whatever levels the document skips."""
        nested: list[Heading] = []
        for heading in headings:
            if self._is_title(heading.text):
                continue
            while self._path and self._path[-1].level >= heading.level:
                self._path.pop()
            self._path.append(heading)
            nested.append(replace(heading, level=len(self._path)))
        return tuple(nested)

    def _is_title(self, text: str) -> bool:
        """Tell whether a heading is the document's title, which stands above every path."""
        heading, title = _key(text), _key(self._metadata.title if self._metadata else "")
        if len(heading) <= 8 or len(title) <= 8:
            return False
        return heading in title or (title in heading and len(title) > _MOST_OF * len(heading))

    def document(self, page_count: int) -> ReadDocument:
        """Return the document of all leaves so far."""
        metadata = self._metadata or FileMetadata()
        return ReadDocument(MEDIA_TYPE, tuple(self._pages), page_count, tuple(self._outcomes), metadata, self._boxes)


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


FORMAT = Format(
    "PDF",
    MEDIA_TYPE,
    (".pdf",),
    read_pdf,
    frozenset({"application/x-pdf"}),
    mark=b"%PDF-",
    mark_within=1024,
    is_drawn=True,
)
