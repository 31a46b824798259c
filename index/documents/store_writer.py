"""Write documents, pages and passages to disk: one SQLite file a build, written once.

Comes in: records. Goes out: a file that index.documents.store reads. Refuses to know about vectors, words and scores.
"""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import asdict, astuple
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.records import Document, OutlineEntry, Page, Passage

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL,
    first_row INTEGER NOT NULL, end_row INTEGER NOT NULL, report TEXT NOT NULL);
CREATE TABLE pages (document INTEGER NOT NULL, number INTEGER NOT NULL, record TEXT NOT NULL, text TEXT NOT NULL,
    boxes BLOB, PRIMARY KEY (document, number));
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document INTEGER NOT NULL, page INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, occurrence INTEGER NOT NULL, section TEXT NOT NULL, sentences TEXT NOT NULL,
    keys TEXT NOT NULL);
CREATE TABLE outlines (document INTEGER PRIMARY KEY, entries TEXT NOT NULL);
CREATE INDEX passages_of_page ON passages (document, page);
"""


class RecordsWriter:
    """Writes the records of a build, document by document; passages get their rows in the order they come."""

    def __init__(self, path: Path) -> None:
        """Create the file at ``path``, which must not exist."""
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")  # the build is synced as a whole before it is published
        self._connection.executescript(_SCHEMA)
        self.passages = 0
        self.documents = 0

    def add(
        self,
        document: Document,
        pages: Sequence[Page],
        passages: Sequence[Passage],
        boxes: dict[int, NDArray[np.uint16]],
        report: dict[str, Any],
        outline: Sequence[OutlineEntry] = (),
    ) -> None:
        """Add one document with its pages, its passages, the boxes of its characters, the report of its reading and its outline."""
        first = self.passages
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            (self.documents, document.id, _to_json(document), first, first + len(passages), json.dumps(report)),
        )
        self._connection.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
            [(self.documents, page.number, _page_json(page), page.text, _pack(boxes.get(page.number))) for page in pages],
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    first + offset,
                    passage.id,
                    self.documents,
                    passage.page_number,
                    passage.start,
                    passage.end,
                    occurrence,
                    json.dumps(passage.section),
                    json.dumps(passage.sentences),
                    json.dumps(passage.keys),
                )
                for offset, (passage, occurrence) in enumerate(zip(passages, _occurrences(passages), strict=True))
            ],
        )
        if outline:
            entries = json.dumps([astuple(entry) for entry in outline], ensure_ascii=False)
            self._connection.execute("INSERT INTO outlines VALUES (?, ?)", (self.documents, entries))
        self.passages += len(passages)
        self.documents += 1

    def close(self) -> None:
        """Finish the file."""
        self._connection.commit()
        self._connection.close()


def _occurrences(passages: Sequence[Passage]) -> list[int]:
    """Return for each passage how many earlier passages of the document have the same text."""
    seen: dict[str, int] = {}
    occurrences = []
    for passage in passages:
        occurrences.append(seen.get(passage.text, 0))
        seen[passage.text] = occurrences[-1] + 1
    return occurrences


def _to_json(record: Document) -> str:
    return json.dumps(asdict(record), default=_enum_value, ensure_ascii=False)


def _page_json(page: Page) -> str:
    fields = asdict(page)
    del fields["text"]
    return json.dumps(fields, default=_enum_value, ensure_ascii=False)


def _enum_value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"cannot store {type(value)}")


def _pack(boxes: NDArray[np.uint16] | None) -> bytes | None:
    return None if boxes is None else zlib.compress(np.ascontiguousarray(boxes, np.uint16).tobytes(), 6)
