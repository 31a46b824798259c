"""Read workbooks and tables: Excel (XLSX), OpenDocument (ODS), values parted by commas (CSV).

Comes in: a path. Goes out: one page record for each group of rows, every cell with its column's name. Refuses hidden sheets, and to
calculate: a formula of Excel gives the value that the workbook was saved with. openpyxl is imported here and nowhere else.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from ingest.readers.encodings import decode_text
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.office.archives import Archive, attribute, local_name
from ingest.readers.office.sheet_rows import MOST_COLUMNS, MOST_ROWS, document_of_sheets
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions

_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What a broken workbook makes openpyxl stumble over.
_STUMBLES = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError,
)  # fmt: skip
_MOST_PLACES = 5 * MOST_ROWS  # rows of a sheet that are looked at, empty ones included
_CURRENCY = re.compile(r"[£$€]")
_DECIMALS = re.compile(r"0\.(0+)")
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_UNSEEN = {"collapse", "filter"}
_CSV_TYPE = "text/csv"

_SAMPLE = 20_000  # characters that show how the columns are parted
_PARTED_BY = ",;\t|"


def read_xlsx(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a workbook sheet by sheet, row by row.

    Raises:
        UnreadableDocument: its archive is damaged or unpacks to too much, or its parts do not fit together.
    """
    import openpyxl  # takes longer to load than most corpora need it

    with Archive(path, options.limits.most_unpacked_bytes):
        pass  # it can be opened, and unpacks to no more than is allowed; zipfile lets no member grow beyond what it declares
    try:
        with path.open("rb") as file:
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            shown = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            sheets = [(sheet.title, _rows(sheet)) for sheet in shown]
            return document_of_sheets(_XLSX_TYPE, sheets, FileMetadata())
    except _STUMBLES as error:
        raise UnreadableDocument("the file is damaged: its sheets cannot be read") from error


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401  openpyxl has no types
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong, or a million rows of nothing
    for row in sheet.iter_rows(max_row=_MOST_PLACES):
        yield [shown(cell.value, str(getattr(cell, "number_format", "General") or "General")) for cell in row[:MOST_COLUMNS]]


def shown(value: object, form: str) -> str:
    """Return a cell as its format shows it: currency, per cent, decimals and thousands; dates as year-month-day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | time):
        return value.isoformat()
    return _number(value, form) if isinstance(value, int | float) else str(value)


def _number(value: float, form: str) -> str:
    plain = form.split(";")[0]
    decimals = _DECIMALS.search(plain)
    places = len(decimals.group(1)) if decimals else 0
    if "%" in plain:
        return f"{100 * value:.{places}f}%"
    if plain == "General":
        return f"{value:.10g}"
    currency = _CURRENCY.search(plain)
    amount = f"{abs(value):{',' if ',' in plain else ''}.{places}f}"
    return f"{'-' if value < 0 else ''}{currency.group() if currency else ''}{amount}"


XLSX = Format("XLSX", _XLSX_TYPE, (".xlsx", ".xlsm"), read_xlsx, mark=ZIP_MARK, member="xl/")


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
        (attribute(table, "name"), _rows_of_table(table))
        for table in root.iter()
        if local_name(table) == "table" and attribute(table, "style-name") not in hidden
    ]
    return document_of_sheets(_ODS_TYPE, sheets, FileMetadata())


def _rows_of_table(table: Any) -> Iterator[list[str]]:  # noqa: ANN401  lxml has no types
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


ODS = Format("ODS", _ODS_TYPE, (".ods",), read_ods, mark=ZIP_MARK)


def read_csv(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a table of values row by row.

    Raises:
        UnreadableDocument: the file is not text, or its quotation marks do not fit together.
    """
    text = decode_text(path.read_bytes())
    try:
        rows = csv.reader(io.StringIO(text, newline=""), _dialect(text[:_SAMPLE]))
        return document_of_sheets(_CSV_TYPE, [("", rows)], FileMetadata())
    except csv.Error as error:
        raise UnreadableDocument(f"the rows of the table cannot be told apart: {error}") from error


def _dialect(sample: str) -> type[csv.Dialect]:
    """Return how the columns are parted: by the mark that parts the first lines most evenly, else by commas."""
    lines = [line for line in sample.split("\n")[:20] if line.strip()]
    best = max(_PARTED_BY, key=lambda mark: min((line.count(mark) for line in lines), default=0))

    class Parted(csv.excel):
        delimiter = best if any(best in line for line in lines) else ","

    return Parted


CSV = Format(
    "CSV",
    _CSV_TYPE,
    (".csv", ".tsv"),
    read_csv,
    frozenset({"text/tab-separated-values", "application/csv", "text/plain"}),
    told_by_name=True,
)
