"""Turn the rows of a sheet into pages: each cell with the name of its column.

Comes in: the name of a sheet and its rows as texts. Goes out: page records of some rows each, so that a citation says which. Refuses
to know the format, and to read more rows and columns than a person would look through.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.records import Page
from ingest.readers.read_document import FileMetadata, PageOutcome, PageStatus, ReadDocument
from ingest.readers.sections import Block, BlockKind, Section, page_of, row_of

MOST_ROWS = 20_000  # of a file; the rest is reported
MOST_COLUMNS = 200
MOST_CELL = 5_000  # characters
_ROWS_A_PAGE = 40
_LEAST_NAMES = 2
_LOOKED_THROUGH = 10  # rows above the one that names the columns: titles, dates, blank ones

Row = Sequence[str]


@dataclass(slots=True)
class _Sheet:
    """The rows of one sheet that hold anything, each with its 1-based number."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def document_of_sheets(media_type: str, sheets: Iterable[tuple[str, Iterable[Row]]], metadata: FileMetadata) -> ReadDocument:
    """Return the document of sheets, each a name (empty where the format has none) and its rows."""
    taken, left_out = _taken(sheets)
    pages = list(_pages(taken))
    outcomes = [PageOutcome(page.number, PageStatus.READ, characters=len(page.text)) for page in pages]
    if left_out:
        reason = f"the rows after the first {MOST_ROWS:,} are not read; put what people ask for into a file of its own"
        outcomes.append(PageOutcome(len(pages) + 1, PageStatus.UNREADABLE, reason))
    if not outcomes:
        outcomes = [PageOutcome(1, PageStatus.EMPTY, "the file holds no text to quote")]
    return ReadDocument(media_type, tuple(pages), len(outcomes), tuple(outcomes), metadata)


def _taken(sheets: Iterable[tuple[str, Iterable[Row]]]) -> tuple[list[_Sheet], bool]:
    """Return the rows that are read, and whether there are more."""
    taken: list[_Sheet] = []
    count = 0
    for name, rows in sheets:
        sheet = _Sheet(name)
        taken.append(sheet)
        for number, row in enumerate(rows, start=1):
            cells = [" ".join(cell[:MOST_CELL].split()) for cell in row[:MOST_COLUMNS]]
            if not any(cells):
                continue
            count += 1
            if count > MOST_ROWS:
                return taken, True
            sheet.rows.append((number, cells))
    return taken, False


def _pages(sheets: Sequence[_Sheet]) -> Iterator[Page]:
    number = 0
    several = len([sheet for sheet in sheets if sheet.rows]) > 1
    for sheet in sheets:
        path = (sheet.name,) if several and sheet.name else ()
        blocks = list(_blocks(sheet.rows))
        for start in range(0, len(blocks), _ROWS_A_PAGE):
            part = blocks[start : start + _ROWS_A_PAGE]
            number += 1
            where = (f"rows {part[0][0]} to {part[-1][0]}",) if len(blocks) > _ROWS_A_PAGE else ()
            yield page_of(number, Section((*path, *where), blocks=[block for _, block in part]))


def _blocks(rows: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, Block]]:
    """Yield the number and the block of each row; what stands above the names of the columns is text."""
    place = _naming(rows)
    names = rows[place][1] if place is not None else []
    for index, (number, cells) in enumerate(rows):
        if place is None:
            yield number, Block(BlockKind.ROW, row_of(cells))
        elif index < place:
            yield number, Block(BlockKind.PARAGRAPH, " ".join(cell for cell in cells if cell))
        elif index > place:
            yield number, Block(BlockKind.ROW, _named(names, cells))


def _naming(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """Return the place of the row that names the columns, or nothing: words in every cell, as wide as what is below."""
    if len(rows) < 2:
        return None
    width = max(_width(cells) for _, cells in rows)
    for place, (_, cells) in enumerate(rows[:_LOOKED_THROUGH]):
        filled = [cell for cell in cells if cell]
        if len(filled) >= max(_LEAST_NAMES, 0.6 * width) and place < len(rows) - 1:
            return place if all(_is_name(cell) for cell in filled) and len(set(filled)) == len(filled) else None
    return None


def _width(cells: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(cells) if cell), default=0)


def _is_name(cell: str) -> bool:
    """Tell whether a cell may name a column: words or a year, no price and no amount."""
    plain = cell.strip("£$€% ").replace(",", "").replace(".", "")
    return not plain.isdigit() or (len(cell) == 4 and cell.isdigit())


def _named(names: Sequence[str], cells: Sequence[str]) -> str:
    shown = []
    for place, cell in enumerate(cells):
        if cell:
            name = names[place] if place < len(names) else ""
            shown.append(f"{name.rstrip(':')}: {cell}" if name else cell)
    return " | ".join(shown)
