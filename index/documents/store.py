"""Read documents, pages and passages from a build's SQLite file.

Comes in: ids, rows and page numbers. Goes out: records equal to those that were written, and every passage proved equal to its slice
as it is read. Refuses to know about vectors, words and scores.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild, UnknownDocument, UnknownPassage
from index.records import Document, Heading, Kind, OutlineEntry, Page, Passage, Reading, Source, passage_id
from index.remembered import Remembered

_PASSAGE = """SELECT passages.row, passages.id, documents.id, passages.page, passages.start, passages.end, passages.occurrence,
    passages.section, passages.sentences, passages.keys, substr(pages.text, passages.start + 1, passages.end - passages.start)
    FROM passages JOIN documents ON documents.number = passages.document
    JOIN pages ON pages.document = passages.document AND pages.number = passages.page"""


class Records:
    """An opened records file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path`` for reading only.

        Raises:
            DamagedBuild: the file is missing or not a records file.
        """
        self._lock = threading.Lock()
        try:
            # immutable: a published build never changes, so SQLite needs no locks, and a read-only file system will do.
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            self.size = int(self._fetch("SELECT count(*) FROM passages")[0][0])
            self._documents = self._read_documents()
        except sqlite3.Error as error:
            raise DamagedBuild(
                f"The records of the build cannot be read ({error}). Build the index again: localism-ingest build"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def documents(self) -> list[Document]:
        """All documents, in the order of the catalogue."""
        return [document for document, _, _ in self._documents.values()]

    def document(self, document_id: str) -> Document:
        """Return a document by its id.

        Raises:
            UnknownDocument: the build holds none of that id.
        """
        return self._known(document_id)[0]

    def rows_of(self, document_id: str) -> range:
        """Return the passage rows of a document.

        Raises:
            UnknownDocument: the build holds none of that id.
        """
        return self._known(document_id)[1]

    def report_of(self, document_id: str) -> dict[str, Any]:
        """Return the report of how a document was read."""
        return dict(self._known(document_id)[2])

    def outline(self, document_id: str) -> tuple[OutlineEntry, ...]:
        """Return the outline that the document's file brought along; empty where it had none, and in builds older than that.

        Raises:
            UnknownDocument: the build holds none of that id.
        """
        self._known(document_id)
        if not self._fetch("SELECT 1 FROM sqlite_master WHERE name = 'outlines'"):
            return ()
        found = self._fetch(
            "SELECT entries FROM outlines JOIN documents ON documents.number = outlines.document WHERE documents.id = ?",
            document_id,
        )
        return tuple(OutlineEntry(*entry) for entry in json.loads(found[0][0])) if found else ()

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of ``rows``, in that order, each proved equal to its source.

        Raises:
            DamagedBuild: a slice is not what its id was made from.
        """
        marks = ",".join("?" * len(rows))
        found = {
            found[0]: _passage(found) for found in self._fetch(f"{_PASSAGE} WHERE passages.row IN ({marks})", *map(int, rows))
        }
        return [found[int(row)] for row in rows]

    def all_passages(self) -> Iterator[Passage]:
        """Yield every passage in row order, each proved equal to its source."""
        for start in range(0, self.size, 500):
            yield from self.passages(range(start, min(start + 500, self.size)))

    def passage(self, passage_id: str) -> Passage:
        """Return a passage by its id.

        Raises:
            UnknownPassage: the build holds none of that id.
        """
        found = self._fetch(f"{_PASSAGE} WHERE passages.id = ?", passage_id)
        if not found:
            raise UnknownPassage(
                f"There is no passage {passage_id[:40]!r} in this build; ask the question again for a new link."
            )
        return _passage(found[0])

    def row_of(self, passage_id: str) -> int:
        """Return the row of a passage."""
        found = self._fetch("SELECT row FROM passages WHERE id = ?", passage_id)
        if not found:
            raise UnknownPassage(
                f"There is no passage {passage_id[:40]!r} in this build; ask the question again for a new link."
            )
        return int(found[0][0])

    def passages_of_page(self, document_id: str, page_number: int) -> list[Passage]:
        """Return the passages of one page, in reading order."""
        rows = self._fetch(
            f"{_PASSAGE} WHERE documents.id = ? AND passages.page = ? ORDER BY passages.row", document_id, page_number
        )
        return [_passage(row) for row in rows]

    def page(self, document_id: str, number: int) -> Page:
        """Return one page.

        Raises:
            UnknownDocument: the build holds no such document.
            UnknownPassage: the document has no page of that number with text.
        """
        self._known(document_id)
        found = self._fetch(
            "SELECT pages.record, pages.text FROM pages JOIN documents ON documents.number = pages.document "
            "WHERE documents.id = ? AND pages.number = ?",
            document_id,
            number,
        )
        if not found:
            raise UnknownPassage(f"There is no page {number} with text in {document_id!r}.")
        return _page(*found[0])

    def pages(self, document_id: str) -> list[Page]:
        """Return all pages of a document, in order."""
        self._known(document_id)
        found = self._fetch(
            "SELECT pages.record, pages.text FROM pages JOIN documents ON documents.number = pages.document "
            "WHERE documents.id = ? ORDER BY pages.number",
            document_id,
        )
        return [_page(*row) for row in found]

    def boxes(self, document_id: str, number: int) -> NDArray[np.uint16] | None:
        """Return the boxes of a page's characters, shape (characters, 4): x0, y0, x1, y1 as fractions of 65535 from the top left.

        None where the format has no pictures.
        """
        found = self._fetch(
            "SELECT pages.boxes FROM pages JOIN documents ON documents.number = pages.document "
            "WHERE documents.id = ? AND pages.number = ?",
            document_id,
            number,
        )
        if not found or found[0][0] is None:
            return None
        return np.frombuffer(zlib.decompress(found[0][0]), np.uint16).reshape(-1, 4)

    def _known(self, document_id: str) -> tuple[Document, range, dict[str, Any]]:
        known = self._documents.get(document_id)
        if known is None:
            raise UnknownDocument(
                f"There is no document {document_id[:80]!r}. The documents are: {', '.join(self._documents) or 'none yet'}."
            )
        return known

    def _read_documents(self) -> dict[str, tuple[Document, range, dict[str, Any]]]:
        rows = self._fetch("SELECT id, record, first_row, end_row, report FROM documents ORDER BY number")
        return {
            identifier: (_document(record), range(first, end), json.loads(report))
            for identifier, record, first, end, report in rows
        }

    def _fetch(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


class RecentPassages:
    """The passages of a records file, of which those looked up last are not read again."""

    def __init__(self, records: Records, most: int = 1024) -> None:
        """Remember ``most`` passages of ``records``."""
        self._records = records
        self._recent: Remembered[Passage] = Remembered(most)

    def of(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of ``rows``, in that order.

        Raises:
            DamagedBuild: a slice is not what its id was made from.
        """
        found = {row: passage for row in rows if (passage := self._recent.get(row)) is not None}
        missing = [row for row in rows if row not in found]
        if missing:
            found |= zip(missing, self._records.passages(missing), strict=True)
            for row in missing:
                self._recent.put(row, found[row])
        return [found[row] for row in rows]


def _passage(row: tuple[Any, ...]) -> Passage:
    _, identifier, document_id, page, start, end, occurrence, section, sentences, keys, text = row
    if passage_id(document_id, text, occurrence) != identifier:
        raise DamagedBuild(
            f"Passage {identifier} no longer equals its source in {document_id!r}, page {page}. Build the index again: "
            "localism-ingest build"
        )
    spans = tuple((first, last) for first, last in json.loads(sentences))
    return Passage(identifier, document_id, page, start, end, text, tuple(json.loads(section)), spans, tuple(json.loads(keys)))


def _document(record: str) -> Document:
    fields = json.loads(record)
    return Document(**{**fields, "kind": Kind(fields["kind"])})


def _page(record: str, text: str) -> Page:
    fields = json.loads(record)
    fields["section"] = tuple(fields["section"])
    fields["headings"] = tuple(Heading(**heading) for heading in fields["headings"])
    fields["sources"] = tuple(Source(**source) for source in fields["sources"])
    fields["reading"] = Reading(fields["reading"])
    fields["keep_together"] = tuple((start, end) for start, end in fields["keep_together"])
    fields["asked"] = tuple(fields["asked"])
    return Page(text=text, **fields)
