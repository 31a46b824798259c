"""Bind the leaves of a PDF into the pages of one document.

Comes in: leaves, some hundred at a time, and the structure of the file. Goes out: pages with boxes, labels and sections; rows of
tables know the columns of their cells, so that an empty cell keeps its place. Refuses to know pdfium, pypdf and tesseract: it only
leads the way from leaves to pages; and to guess: where the cells of a row do not each fall under one column of the table, the row
stays as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.records import Heading, Page, Reading
from ingest.readers.front_matter import metadata_of
from ingest.readers.letters import UNNAMED
from ingest.readers.pdf.assemble import PageText, page_text, vocabulary_of
from ingest.readers.pdf.furniture import edge_rows, printed_numbers, running_rows
from ingest.readers.pdf.headings import Typography, lines_of, title_shown
from ingest.readers.pdf.leaves import Leaf
from ingest.readers.pdf.paragraphs import Paragraph, Role, cells_of, paragraphs_of
from ingest.readers.pdf.structure import Structure
from ingest.readers.read_document import Boxes, FileMetadata, PageOutcome, PageStatus, ReadDocument

_LEAST_ROWS = 2  # with all of their cells, before the columns of a table are believed
_LEAST_COLUMNS = 2
_NEAR = 0.5  # of the type's height by which a cell may stand beside its column

_Extent = tuple[float, float]
"""Left and right edge, in points."""
MEDIA_TYPE = "application/pdf"
_MOST_OF = 0.6  # of a heading that repeats the title
_FIRST_PAGES = 3  # of which the first that holds text shows the title


def mark_columns(paragraphs: Sequence[Paragraph]) -> None:
    """Give the rows of each table the columns of their cells where some cells of the table are empty."""
    for table in _tables(paragraphs):
        extents = [_cell_extents(row) for row in table]
        width = max(len(cells) for cells in extents)
        full = [cells for cells in extents if len(cells) == width]
        if width < _LEAST_COLUMNS or len(full) < _LEAST_ROWS:
            continue
        columns = [(min(cells[place][0] for cells in full), max(cells[place][1] for cells in full)) for place in range(width)]
        if any(left[1] > right[0] for left, right in pairwise(columns)):
            continue  # cells of one column reach over into the next
        for row, cells in zip(table, extents, strict=True):
            placed = _placed(cells, columns, _NEAR * row.size)
            if len(cells) < width and placed:
                row.columns, row.column_count = placed, width


def _tables(paragraphs: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """Yield the rows of each table: rows in succession, down the page."""
    table: list[Paragraph] = []
    for paragraph in paragraphs:
        # A value alone in its row is no table's row to the eye that marks them; between two it is one.
        goes_down = bool(table) and paragraph.box.y0 > table[-1].box.y0
        if paragraph.role is Role.ROW and (goes_down or not table):
            table.append(paragraph)
            continue
        if table:
            yield table
        table = [paragraph] if paragraph.role is Role.ROW else []
    if table:
        yield table


def _cell_extents(paragraph: Paragraph) -> list[_Extent]:
    """Return where each cell of a row stands, in the order in which they are written out."""
    extents: list[_Extent] = []
    before: int | None = None
    for row in paragraph.rows:
        starts = cells_of(row)
        pieces = [row.glyphs[start:end] for start, end in zip(starts, [*starts[1:], len(row.glyphs)], strict=True)]
        for place, glyphs in enumerate(pieces):
            ink = [glyph for glyph in glyphs if glyph.has_ink]
            if not ink:
                continue
            extent = (min(glyph.x0 for glyph in ink), max(glyph.x1 for glyph in ink))
            if place == 0 and before == row.cell:
                extents[-1] = (min(extents[-1][0], extent[0]), max(extents[-1][1], extent[1]))
            else:
                extents.append(extent)
        before = row.cell
    return extents


def _placed(cells: Sequence[_Extent], columns: Sequence[_Extent], near: float) -> tuple[int, ...]:
    """Return the column of each cell, in rising order; nothing where one stands under none, or under several."""
    placed: list[int] = []
    for left, right in cells:
        under = [place for place, column in enumerate(columns) if left < column[1] + near and right > column[0] - near]
        if len(under) != 1 or (placed and under[0] <= placed[-1]):
            return ()
        placed.append(under[0])
    return tuple(placed)


class Binder:
    """Gathers leaves into the pages of one document."""

    def __init__(self, structure: Structure) -> None:
        """Begin with no page; ``structure`` is the file's."""
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
        pages, outcomes = tuple(self._pages), tuple(self._outcomes)
        return ReadDocument(MEDIA_TYPE, pages, page_count, outcomes, metadata, self._boxes, self._structure.outline)


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
