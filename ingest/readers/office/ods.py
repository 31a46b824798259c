"""Read OpenDocument spreadsheets (ODS).

Comes in: a path. Goes out: page records of some rows each, every cell as it is shown, with its column's name. Refuses to read hidden
sheets, rows and columns, and formulas.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.office.archives import Archive, attribute, local_name
from ingest.readers.office.sheet_rows import MOST_COLUMNS, MOST_ROWS, document_of_sheets
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_UNSEEN = {"collapse", "filter"}


def read_ods(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a spreadsheet sheet by sheet, row by row.

    Raises:
        UnreadableDocument: its archive or its content is damaged.
    """
    with Archive(path, options.limits.most_unpacked_bytes) as archive:
        root = archive.xml("content.xml")
    hidden = {
        attribute(style, "name")
        for style in root.iter()
        if local_name(style) == "style" and any(attribute(part, "display") == "false" for part in style)
    }
    sheets = [
        (attribute(table, "name"), _rows(table))
        for table in root.iter()
        if local_name(table) == "table" and attribute(table, "style-name") not in hidden
    ]
    return document_of_sheets(MEDIA_TYPE, sheets, FileMetadata())


def _rows(table: Any) -> Iterator[list[str]]:  # noqa: ANN401  lxml has no types
    for row in (part for part in table.iter() if local_name(part) == "table-row"):
        if attribute(row, "visibility") in _UNSEEN:
            continue
        cells = _cells(row)
        # Rows that say the same are written once with their number; a sheet ends in a million empty ones.
        for _ in range(_times(row, "number-rows-repeated", MOST_ROWS + 1) if any(cells) else 1):
            yield cells


def _cells(row: Any) -> list[str]:  # noqa: ANN401  as above
    cells: list[str] = []
    for cell in row:
        if local_name(cell) in ("table-cell", "covered-table-cell"):
            lines = (" ".join("".join(line.itertext()).split()) for line in cell if local_name(line) == "p")
            cells += [" ".join(lines)] * _times(cell, "number-columns-repeated", MOST_COLUMNS)
    return cells


def _times(element: Any, name: str, most: int) -> int:  # noqa: ANN401  as above
    said = attribute(element, name)
    return min(most, int(said)) if said.isdigit() else 1


FORMAT = Format("ODS", MEDIA_TYPE, (".ods",), read_ods, mark=ZIP_MARK)
