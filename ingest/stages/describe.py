"""The second stage: from what was read to the record of a document and its pages.

Comes in: an entry and what stands in its file. Goes out: the document as the build will name it, and its pages with the ways in which
people ask for them. Refuses to read and to guess: the catalogue goes before what the file says of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Document, Page
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.paraphrases import Paraphrases, with_paraphrases
from ingest.readers.read_document import ReadDocument
from ingest.readers.sound_letters import sound_record
from ingest.stages.on_the_way import Listed
from ingest.stages.read import ReadEntry


@dataclass(frozen=True, slots=True)
class DescribedDocument:
    """A document that was read, and what is known of it."""

    listed: Listed
    read: ReadDocument
    document: Document
    pages: Sequence[Page]


def describe(read_entry: ReadEntry, paraphrases: Paraphrases) -> DescribedDocument:
    """Return the document and its pages."""
    listed, read = read_entry.listed, read_entry.read
    document = sound_record(record_of(listed.entry, read))
    return DescribedDocument(listed, read, document, with_paraphrases(document.id, read.pages, paraphrases))


def record_of(entry: Entry, read: ReadDocument) -> Document:
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
