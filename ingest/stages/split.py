"""The fourth stage: from a document's pages to its passages.

Comes in: documents that are no copies. Goes out: documents that only lack vectors, each with the report of what was read, or that
nothing could be read in it. Refuses to embed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.build.left_out import LeftOut
from index.records import Document, OutlineEntry, Page, Passage
from index.text.splitting import Geometry, TokenCounter, split_pages
from ingest.cache.build_cache import Earlier
from ingest.readers.registry import FORMATS
from ingest.recipe import entry_digest, versions
from ingest.report import DocumentReport, report_of
from ingest.stages.copies import Fingerprint
from ingest.stages.deduplicate import DistinctDocument
from ingest.stages.on_the_way import LeftOutDocument

DRAWN = {one.media_type for one in FORMATS if one.is_drawn}  # media types whose pages can be drawn later


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """A document that was read and split."""

    document: Document
    pages: Sequence[Page]
    passages: Sequence[Passage]
    boxes: Mapping[int, NDArray[np.uint16]]
    report: DocumentReport
    reading: Mapping[str, Any]  # for the next ingestion
    original: Path | None
    fingerprint: Fingerprint
    outline: Sequence[OutlineEntry]

    def left_out(self, reason: str) -> LeftOut:
        """Return the note that the build does not hold it, for ``reason``."""
        return LeftOut(self.document.id, self.document.title, reason, noted={"key": self.reading["key"]})


class Splitter:
    """Splits the documents of a run, or takes their passages over."""

    def __init__(self, geometry: Geometry, count_tokens: TokenCounter, build_cache: Sequence[Earlier]) -> None:
        """Split by ``geometry`` and tokens what is not the same in one of ``build_cache``."""
        self._geometry = geometry
        self._count_tokens = count_tokens
        self._build_cache = build_cache

    def split(self, distinct: DistinctDocument) -> SplitDocument | LeftOutDocument:
        """Return the document with its passages, or that it is left out because there are none."""
        described = distinct.described
        document, pages, read = described.document, described.pages, described.read
        passages = self._passages(document, pages)
        report = report_of(document, read, passages)
        if not passages:
            return LeftOutDocument(LeftOutDocument.of(described.listed, report.reason).note, report)
        return SplitDocument(
            document,
            pages,
            passages,
            read.boxes,
            report,
            reading=_noted(distinct),
            original=described.listed.entry.path if read.media_type in DRAWN else None,
            fingerprint=distinct.fingerprint,
            outline=read.outline,
        )

    def _passages(self, document: Document, pages: Sequence[Page]) -> list[Passage]:
        for earlier in self._build_cache:
            passages = earlier.passages(document, pages, versions())
            if passages is not None:
                return passages
        return split_pages(document, pages, self._geometry, self._count_tokens)


def _noted(distinct: DistinctDocument) -> dict[str, Any]:
    """Return what the next ingestion is to know of how this was read."""
    listed, read = distinct.listed, distinct.described.read
    return {
        "alike": asdict(distinct.alike) if distinct.alike else None,
        "key": listed.key,
        "entry": entry_digest(listed.entry.document),
        "media_type": read.media_type,
        "page_count": read.page_count,
        "outcomes": [[one.number, one.status.value, one.reason, one.characters] for one in read.outcomes],
        "metadata": asdict(read.metadata),
    }
