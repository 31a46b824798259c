"""Read Excel workbooks (XLSX). openpyxl is imported here and nowhere else.

Comes in: a path. Goes out: page records of some rows each, every cell with its column's name. Refuses to calculate: a formula
gives the value that the workbook was saved with. Hidden sheets are not read.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.office.archives import Archive
from ingest.readers.office.sheet_rows import MOST_COLUMNS, MOST_ROWS, document_of_sheets
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What a broken workbook makes openpyxl stumble over.
_STUMBLES = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError,
)  # fmt: skip
_MOST_PLACES = 5 * MOST_ROWS  # rows of a sheet that are looked at, empty ones included
_CURRENCY = re.compile(r"[£$€]")
_DECIMALS = re.compile(r"0\.(0+)")


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
            return document_of_sheets(MEDIA_TYPE, sheets, FileMetadata())
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


FORMAT = Format("XLSX", MEDIA_TYPE, (".xlsx", ".xlsm"), read_xlsx, mark=ZIP_MARK, member="xl/")
