"""From a file to passages: read it or take its reading over, describe it, split it.

Comes in: entries of the catalogue. Goes out: Drafts that only lack vectors, or what is left out and why: what could not be read, and
copies of what stands before them. Refuses to embed.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.build.layout import BuildLayout
from index.build.left_out import LeftOut, read_left_out
from index.encoders.full import Embedder
from index.errors import BuildError
from index.records import Document, Page, Passage
from index.text.splitting import split_pages
from ingest.cache.build_cache import Earlier, EarlierBuild
from ingest.cache.checkpoint import Checkpoint
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.wordings import Paraphrases, with_paraphrases
from ingest.readers.read_document import ReadDocument
from ingest.readers.registry import FORMATS
from ingest.readers.sound_letters import shown_name, sound_record
from ingest.recipe import Recipe, entry_digest, reading_key, versions
from ingest.report import DocumentReport, report_of
from ingest.stages.deduplicate import Alike, Fingerprint, Originals, left_out_by_choice
from ingest.stages.faults import fault_of
from ingest.stages.prefetch import Arriving
from ingest.stages.workers import ReadFailure

log = logging.getLogger(__name__)

GROUP = 32  # files that are given to the workers together: bounds the memory, and keeps them busy
PICTURED = {one.media_type for one in FORMATS if one.is_drawn}  # media types whose pages can be drawn later


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

    def left_out(self, reason: str) -> LeftOut:
        """Return the note that the build does not hold it, for ``reason``."""
        return LeftOut(self.document.id, self.document.title, reason, noted={"key": self.reading["key"]})


Drafted = tuple[Draft | LeftOut, DocumentReport]


class Drafter:
    """Makes drafts by one recipe, taking over from earlier builds, and an interrupted run, what they already know."""

    def __init__(
        self,
        recipe: Recipe,
        wordings: Paraphrases,
        embedder: Embedder,
        earlier: Sequence[Earlier],
        kept: Checkpoint,
        fingerprints: Mapping[str, str],
        most_workers: Callable[[], int] = lambda: 0,
    ) -> None:
        """Draft by ``recipe``; ``embedder`` counts tokens; what is read is kept in ``kept``.

        ``fingerprints`` are those of documents that earlier builds left out as copies, by the key of their reading;
        ``most_workers`` tells how many files may be read at a time, as many as there are processors where 0.
        """
        self._recipe = recipe
        self._wordings = wordings
        self._embedder = embedder
        self._earlier: Sequence[Earlier] = (*earlier, kept)
        self._kept = kept
        self._fingerprints = fingerprints
        self._most_workers = most_workers
        self._originals = Originals()

    def drafts(self, entries: Sequence[Entry]) -> Iterator[Drafted]:
        """Yield the draft of each entry, in order, and its report; what gives nothing or is a copy is left out."""
        # What the catalogue calls a copy comes last: it is left out only where the one that it names was kept.
        ordered = sorted(entries, key=lambda entry: bool(entry.copy_of))
        for start in range(0, len(ordered), GROUP):
            group = ordered[start : start + GROUP]
            with closing(self._arriving([entry for entry in group if not self._is_known(entry)])) as arriving:
                for entry in group:
                    yield self._drafted(entry, arriving)

    def _is_known(self, entry: Entry) -> bool:
        key = self._key(entry)
        taken_over = key in self._fingerprints or any(one.knows(key) for one in self._earlier)
        return taken_over or self._originals.same_file(entry.document) is not None

    def _arriving(self, entries: Sequence[Entry]) -> Arriving:
        first: dict[str, Entry] = {}
        for entry in entries:
            first.setdefault(self._key(entry), entry)  # of several equal files the first is read, the others are not
        return Arriving(first, self._recipe.reading, self._kept, self._most_workers())

    def _drafted(self, entry: Entry, arriving: Arriving) -> Drafted:
        key = self._key(entry)
        if entry.copy_of and self._originals.holds(entry.copy_of):
            return _left_out(entry, key, left_out_by_choice(entry.copy_of), entry.copy_of)
        copy = self._originals.same_file(entry.document)
        if copy:
            return _left_out(entry, key, copy.reason, copy.original)
        # A copy of an earlier run is compared by what was noted of it, and not read again.
        noted = self._fingerprints.get(key)
        if noted and (copy := self._originals.same_text(entry.document, Fingerprint.from_text(noted))):
            return _left_out(entry, key, copy.reason, copy.original, noted)
        read = self._reading(entry, key, arriving)
        if isinstance(read, ReadFailure):
            return _left_out(entry, key, read.reason)
        try:
            return self._new(entry, key, read)
        except Exception as error:  # noqa: BLE001  one document's bad luck must not end the run; what is of the run is raised again
            return _left_out(entry, key, fault_of(error, "described and split"))

    def _reading(self, entry: Entry, key: str, arriving: Arriving) -> ReadDocument | ReadFailure:
        if arriving.holds(key):
            return arriving.take(key)
        known = next((one for one in self._earlier if one.knows(key)), None)
        if known:
            return known.reading(key)
        # What was not read with its group: a copy whose original is gone, or the second of two files that cannot be read.
        with closing(self._arriving([entry])) as again:
            return again.take(key)

    def _new(self, entry: Entry, key: str, read: ReadDocument) -> Drafted:
        fingerprint = Fingerprint.of(_told(read))
        copy = self._originals.same_text(entry.document, fingerprint)
        if copy:
            return _left_out(entry, key, copy.reason, copy.original, fingerprint.text)
        document = sound_record(described(entry, read))
        pages = with_paraphrases(document.id, read.pages, self._wordings)
        passages = self._passages(document, pages)
        report = report_of(document, read, passages)
        if not passages:
            return _left_out(entry, key, report.reason)[0], report
        alike = self._originals.alike(document, fingerprint)
        original = entry.path if read.media_type in PICTURED else None
        draft = Draft(document, pages, passages, read.boxes, report, _noted(entry, key, read, alike), original)
        self._originals.keep(document, fingerprint)
        return draft, report

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
    listed = entry.document
    said = replace(read.metadata, **{key: "" for key in entry.blank if hasattr(read.metadata, key)})
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


def noted_fingerprints(builds: Path, earlier: Sequence[EarlierBuild]) -> dict[str, str]:
    """Return the fingerprints of what ``earlier`` builds left out as copies, by the key of their reading."""
    fingerprints: dict[str, str] = {}
    for build in earlier:
        try:
            left_out = read_left_out(BuildLayout(builds / build.id).left_out)
        except BuildError as error:
            log.info("nothing to take over: %s", error)
            continue
        fingerprints |= {one.noted["key"]: one.noted["fingerprint"] for one in left_out if "fingerprint" in one.noted}
    return fingerprints


def _left_out(entry: Entry, key: str, reason: str, copy_of: str = "", fingerprint: str = "") -> Drafted:
    document = entry.document
    noted = {"key": key, "fingerprint": fingerprint} if fingerprint else {"key": key}
    left = LeftOut(document.id, document.title or shown_name(entry.path.stem), reason, copy_of, noted)
    return left, DocumentReport.without(document, reason, copy_of)


def _told(read: ReadDocument) -> Iterator[str]:
    """Yield all that a document says: what tells two notices apart may stand in a title or a heading only."""
    yield read.metadata.title
    for page in read.pages:
        yield from (*page.section, page.text)


def _noted(entry: Entry, key: str, read: ReadDocument, alike: Alike | None) -> dict[str, Any]:
    return {
        "alike": asdict(alike) if alike else None,
        "key": key,
        "entry": entry_digest(entry.document),
        "media_type": read.media_type,
        "page_count": read.page_count,
        "outcomes": [[one.number, one.status.value, one.reason, one.characters] for one in read.outcomes],
        "metadata": asdict(read.metadata),
    }
