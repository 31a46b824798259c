"""Read tables of values (CSV, TSV).

Comes in: a path. Goes out: page records of some rows each, every cell with its column's name. Refuses to tell such a table from
plain text by anything but the file's name.
"""

import csv
import io
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.readers.encodings import decode_text
from ingest.readers.formats import Format
from ingest.readers.office.sheet_rows import document_of_sheets
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions

MEDIA_TYPE = "text/csv"

_SAMPLE = 20_000  # characters that show how the columns are parted
_PARTED_BY = ",;\t|"


def read_csv(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a table of values row by row.

    Raises:
        UnreadableDocument: the file is not text, or its quotation marks do not fit together.
    """
    text = decode_text(path.read_bytes())
    try:
        rows = csv.reader(io.StringIO(text, newline=""), _dialect(text[:_SAMPLE]))
        return document_of_sheets(MEDIA_TYPE, [("", rows)], FileMetadata())
    except csv.Error as error:
        raise UnreadableDocument(f"the rows of the table cannot be told apart: {error}") from error


def _dialect(sample: str) -> type[csv.Dialect]:
    """Return how the columns are parted: by the mark that parts the first lines most evenly, else by commas."""
    lines = [line for line in sample.split("\n")[:20] if line.strip()]
    best = max(_PARTED_BY, key=lambda mark: min((line.count(mark) for line in lines), default=0))

    class Parted(csv.excel):
        delimiter = best if any(best in line for line in lines) else ","

    return Parted


FORMAT = Format(
    "CSV",
    MEDIA_TYPE,
    (".csv", ".tsv"),
    read_csv,
    frozenset({"text/tab-separated-values", "application/csv", "text/plain"}),
    told_by_name=True,
)
