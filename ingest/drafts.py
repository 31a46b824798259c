"""From a file to passages: read it or take its reading over, describe it, split it.

Comes in: entries of the catalogue. Goes out: Drafts that only lack vectors, or reports that say why there is none. Refuses to
embed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.digests import file_digest
from index.embedder import Embedder
from index.errors import NotWritten
from index.records import Document, Page, Passage
from index.splitting import split_pages
from ingest.catalogue import Entry
from ingest.isolation import read_group
from ingest.read_document import ReadDocument
from ingest.recipe import Recipe, entry_digest, reading_key, versions
from ingest.report import DocumentReport, report_of
from ingest.reuse import EarlierBuild
from ingest.wordings import Wordings, with_wordings
from ingest.workers import ReadFailure

GROUP = 32  # files that are read before the first of them is split: bounds the memory, and keeps the workers busy
PICTURED = {"application/pdf"}  # media types whose pages can be drawn later


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that was read and split."""

    document: Document
    pages: Sequence[Page]
    passages: Sequence[Passage]
    boxes: Mapping[int, NDArray[np.uint16]]
    report: DocumentReport
    reading: Mapping[str, Any]  # for the next ingestion
    original: Path | None


class Drafter:
    """Makes drafts by one recipe, taking over from earlier builds what they already know."""

    def __init__(self, recipe: Recipe, wordings: Wordings, embedder: Embedder, earlier: Sequence[EarlierBuild]) -> None:
        """Draft by ``recipe``; ``embedder`` counts tokens."""
        self._recipe = recipe
        self._wordings = wordings
        self._embedder = embedder
        self._earlier = earlier

    def drafts(self, entries: Sequence[Entry]) -> Iterator[tuple[Draft | None, DocumentReport]]:
        """Yield the draft of each entry, in order, and its report; no draft where no text could be read.

        Raises:
            NotWritten: a file changed while it was read.
        """
        for start in range(0, len(entries), GROUP):
            group = entries[start : start + GROUP]
            fresh = [entry for entry in group if not any(one.knows(self._key(entry)) for one in self._earlier)]
            found = read_group([entry.path for entry in fresh], self._recipe.reading)
            for entry in fresh:
                _check_unchanged(entry)
            for entry in group:
                yield self._draft(entry, found.pop(entry.path, None))

    def _draft(self, entry: Entry, fresh: ReadDocument | ReadFailure | None) -> tuple[Draft | None, DocumentReport]:
        key = self._key(entry)
        read = fresh or next(one.reading(key) for one in self._earlier if one.knows(key))
        if isinstance(read, ReadFailure):
            return None, DocumentReport.unreadable(entry.document, read.reason)
        document = described(entry, read)
        pages = with_wordings(document.id, read.pages, self._wordings)
        passages = self._passages(document, pages)
        report = report_of(document, read, passages)
        if not passages:
            return None, report
        original = entry.path if read.media_type in PICTURED else None
        return Draft(document, pages, passages, read.boxes, report, _noted(entry, key, read), original), report

    def _key(self, entry: Entry) -> str:
        return reading_key(entry.document, self._recipe.reading)

    def _passages(self, document: Document, pages: Sequence[Page]) -> list[Passage]:
        for earlier in self._earlier:
            passages = earlier.passages(document, pages, versions())
            if passages is not None:
                return passages
        return split_pages(document, pages, self._recipe.geometry, self._embedder.count_tokens)


def described(entry: Entry, read: ReadDocument) -> Document:
    """Return the entry's document with what only the file knows; the catalogue goes before the file."""
    said, listed = read.metadata, entry.document
    return replace(
        listed,
        title=listed.title or said.title or entry.path.stem,
        authors=listed.authors or said.authors,
        published=listed.published or said.published,
        jurisdiction=listed.jurisdiction or said.jurisdiction,
        as_of=said.as_of,
        notice=said.notice,
        media_type=read.media_type,
    )


def _check_unchanged(entry: Entry) -> None:
    if not entry.path.is_file() or file_digest(entry.path) != entry.document.sha256:
        raise NotWritten(
            f"{entry.path.name!r} ({entry.document.id}) changed while it was read. Wait until it is complete and run again."
        )


def _noted(entry: Entry, key: str, read: ReadDocument) -> dict[str, Any]:
    return {
        "key": key,
        "entry": entry_digest(entry.document),
        "media_type": read.media_type,
        "page_count": read.page_count,
        "outcomes": [[one.number, one.status.value, one.reason, one.characters] for one in read.outcomes],
        "metadata": asdict(read.metadata),
    }
