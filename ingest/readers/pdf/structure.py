"""The door to pypdf: what a PDF says about itself. pypdf is imported here and in ``outline``, nowhere else.

Comes in: a path. Goes out: outline, page labels, metadata; a mended copy of a damaged file. Refuses to read text: pypdf breaks
words that pdfium keeps whole.
"""

import io
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from index.records import OutlineEntry
from ingest.readers.pdf.outline import Outline, line_of
from ingest.readers.read_document import FileMetadata

log = logging.getLogger(__name__)

# Whatever a broken file makes pypdf stumble over: structure is a help, never a condition of reading.
_STUMBLES = (
    PyPdfError,
    DependencyError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    OverflowError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Structure:
    """What a PDF says about itself."""

    metadata: FileMetadata = field(default_factory=FileMetadata)
    labels: dict[int, str] = field(default_factory=dict)  # by page, where they are more than 1, 2, 3
    outline: tuple[OutlineEntry, ...] = ()


def structure_of(path: Path) -> Structure:
    """Return what a PDF says about itself; what cannot be read is left empty."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(path, strict=False)
    except _STUMBLES as error:
        log.info("no structure: %s", error)
        return Structure()
    return Structure(_metadata(reader), _labels(reader), Outline(reader, _STUMBLES).entries())


def mended(path: Path) -> bytes | None:
    """Return a copy of a damaged file with a new table of its objects, or nothing if pypdf cannot find its pages."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    copy = io.BytesIO()
    try:
        pypdf.PdfWriter(clone_from=pypdf.PdfReader(path, strict=False)).write(copy)
    except _STUMBLES as error:
        log.info("cannot be mended: %s", error)
        return None
    return copy.getvalue()


def _metadata(reader: pypdf.PdfReader) -> FileMetadata:
    try:
        found = reader.metadata
        if found is None:
            return FileMetadata()
        return FileMetadata(line_of(found.title), line_of(found.author))  # its dates say when a program wrote the file
    except _STUMBLES as error:
        log.info("no metadata: %s", error)
        return FileMetadata()


def _labels(reader: pypdf.PdfReader) -> dict[int, str]:
    """Return the page labels of a file that has a table of them and not only counts its pages."""
    try:
        if "/PageLabels" not in reader.root_object:
            return {}
        labels = dict(enumerate(reader.page_labels, start=1))
    except _STUMBLES as error:
        log.info("no page labels: %s", error)
        return {}
    return {} if all(label == str(page) for page, label in labels.items()) else labels


class PageNames:
    """What pypdf tells of the fonts and the text of single pages; nothing where it stumbles."""

    def __init__(self, reader: pypdf.PdfReader | None) -> None:
        """Ask ``reader``; None knows nothing."""
        self._reader = reader

    def names(self, number: int) -> list[str]:
        """Return the names that the fonts of a page (1-based) give their letters; none where a font gives none."""
        try:
            return self._names(number)
        except _STUMBLES as error:
            log.info("no names of letters: %s", error)
            return []

    def _names(self, number: int) -> list[str]:
        if self._reader is None:
            return []
        found: list[str] = []
        page: Any = self._reader.pages[number - 1]  # a tree of pypdf's objects, of any shape where the file is odd
        for font in page["/Resources"]["/Font"].values():
            named = [str(one) for one in font["/Encoding"]["/Differences"] if isinstance(one, str)]
            if not named:
                return []
            found += named
        return found

    def text(self, number: int) -> str:
        """Return the text of a page (1-based), a line for each line."""
        try:
            text = self._reader.pages[number - 1].extract_text() if self._reader else ""
        except _STUMBLES as error:
            log.info("no text: %s", error)
            return ""
        return "\n".join(line_of(line) for line in text.splitlines()).strip()


def page_names(source: Path | bytes) -> PageNames:
    """Open a file to ask for the names of its letters."""
    try:
        return PageNames(pypdf.PdfReader(io.BytesIO(source) if isinstance(source, bytes) else source, strict=False))
    except _STUMBLES as error:
        log.info("no names of letters: %s", error)
        return PageNames(None)
