"""The third stage: leave out documents that say what one before them says, and note which only look like one.

Comes in: described documents, in order. Goes out: those that are no copies, each with its fingerprint and what it is like; or that it
is left out. Refuses to know when two texts are the same.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.build.layout import BuildLayout
from index.build.left_out import read_left_out
from index.errors import BuildError
from index.records import Document
from ingest.readers.read_document import ReadDocument
from ingest.stages.copies import Alike, Fingerprint, Originals, left_out_by_choice
from ingest.stages.describe import DescribedDocument
from ingest.stages.on_the_way import LeftOutDocument, Listed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DistinctDocument:
    """A described document that is no copy."""

    described: DescribedDocument
    fingerprint: Fingerprint
    alike: Alike | None

    @property
    def listed(self) -> Listed:
        """The entry it came from."""
        return self.described.listed


class Deduplicator:
    """Tells the copies of a run."""

    def __init__(self, noted: Mapping[str, str]) -> None:
        """Know what earlier builds left out as copies by ``noted`` fingerprints, by the key of their reading."""
        self._noted = noted
        self._originals = Originals()

    def is_likely(self, listed: Listed) -> bool:
        """Tell whether this was a copy for an earlier build, or is the same file as what is held."""
        return listed.key in self._noted or self._originals.same_file(listed.entry.document) is not None

    def known(self, listed: Listed) -> LeftOutDocument | None:
        """Return that this is left out, where that is known without reading it: by choice, by its bytes, by what was noted of it."""
        entry = listed.entry
        if entry.copy_of and self._originals.holds(entry.copy_of):
            return LeftOutDocument.of(listed, left_out_by_choice(entry.copy_of), entry.copy_of)
        if copy := self._originals.same_file(entry.document):
            return LeftOutDocument.of(listed, copy.reason, copy.original)
        noted = self._noted.get(listed.key)
        return self._same_text(listed, Fingerprint.from_text(noted)) if noted else None

    def deduplicate(self, described: DescribedDocument) -> DistinctDocument | LeftOutDocument:
        """Return the document with what it is like, or that it is left out because one that is held has its text."""
        fingerprint = Fingerprint.of(_told(described.read))
        alike = self._originals.alike(described.document, fingerprint)
        return self._same_text(described.listed, fingerprint) or DistinctDocument(described, fingerprint, alike)

    def hold(self, document: Document, fingerprint: Fingerprint) -> None:
        """Note that the build will hold this: what comes later is compared with it."""
        self._originals.keep(document, fingerprint)

    def _same_text(self, listed: Listed, fingerprint: Fingerprint) -> LeftOutDocument | None:
        copy = self._originals.same_text(listed.entry.document, fingerprint)
        return LeftOutDocument.of(listed, copy.reason, copy.original, fingerprint.text) if copy else None


def noted_fingerprints(builds: Sequence[Path]) -> dict[str, str]:
    """Return the fingerprints of what the builds in the folders ``builds`` left out as copies, by the key of their reading."""
    fingerprints: dict[str, str] = {}
    for build in builds:
        try:
            left_out = read_left_out(BuildLayout(build).left_out)
        except BuildError as error:
            log.info("nothing to take over: %s", error)
            continue
        fingerprints |= {one.noted["key"]: one.noted["fingerprint"] for one in left_out if "fingerprint" in one.noted}
    return fingerprints


def _told(read: ReadDocument) -> Iterator[str]:
    """Yield all that a document says: what tells two notices apart may stand in a title or a heading only."""
    yield read.metadata.title
    for page in read.pages:
        yield from (*page.section, page.text)
