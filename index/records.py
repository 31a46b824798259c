"""The words of the house as types: what a document, a page and a passage are.

Comes in: nothing. Goes out: frozen records that every room shares. Refuses to know how they are read, stored, searched or shown.
Every offset is in characters (Unicode code points), every range is half-open ``[start, end)``, page numbers are 1-based.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


class Kind(Enum):
    """What sort of text a document is."""

    NOTES = "notes"
    BRIEFING = "briefing"
    ORIGINAL = "original"


class Reading(Enum):
    """How the text of a page was obtained."""

    TEXT = "text"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a section of one of our own texts takes its facts from."""

    title: str
    where: str = ""  # the place inside the source: "s.95(6)", "p. 12"
    url: str = ""
    publisher: str = ""
    as_of: str = ""  # the state of the source that was read: "1 May 2026"


@dataclass(frozen=True, slots=True)
class Document:
    """One source listed in the catalogue."""

    id: str  # a slug: lower-case letters, digits and hyphens
    title: str
    kind: Kind
    publisher: str = ""
    published: str = ""  # a year or a date, as text
    url: str = ""
    licence: str = ""
    authors: str = ""
    about: str = ""  # id of the guide that a note is about, or empty
    sha256: str = ""  # of the file that was read, hex
    media_type: str = ""  # of the file that was read
    jurisdiction: str = ""
    as_of: str = ""  # when the facts were last checked, as text
    notice: str = ""  # shown with every citation: "Not legal advice."


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a page's text."""

    start: int
    end: int
    level: int  # 1 is the highest
    text: str


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the outline that a file brings along, as viewers show it beside the pages."""

    title: str
    page: int  # 1-based
    level: int  # 1 is the highest


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page, or of one section of a document that has no pages."""

    number: int  # 1-based: the physical page, or the section's place in the document
    text: str
    label: str | None = None  # the page number as printed, where known
    paged: bool = True  # False for a section of a document without pages
    section: tuple[str, ...] = ()  # the heading path in force where the page begins
    headings: tuple[Heading, ...] = ()  # headings inside ``text``, in order
    sources: tuple[Source, ...] = ()
    jurisdiction: str = ""
    as_of: str = ""
    reading: Reading = Reading.TEXT
    confidence: float | None = None  # of OCR, 0 to 1
    keep_together: tuple[Span, ...] = ()  # ranges that read as one: lists, tables
    asked: tuple[str, ...] = ()  # other ways in which people ask for what stands here; searched, never quoted


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim slice of one page's text: the unit that is found and quoted."""

    id: str
    document_id: str
    page_number: int
    start: int
    end: int
    text: str  # equals page.text[start:end], byte for byte
    section: tuple[str, ...] = ()
    sentences: tuple[Span, ...] = ()  # half-open ranges in ``text``, in order
    keys: tuple[str, ...] = ()  # its heading and other ways to ask for it; searched, never quoted

    @property
    def searched(self) -> str:
        """All words by which it is found: its headings, its text and its keys, a line each."""
        return "\n".join((*self.section, self.text, *self.keys))


def passage_id(document_id: str, text: str, occurrence: int = 0) -> str:
    """Return the id of a passage: 16 hex digits made from its document and its text.

    ``occurrence`` tells apart equal texts in one document (0 for the first). The id is the same in every build in which the
    text stands unchanged, and serving makes it again from the quote to prove that the quote equals its source.
    """
    key = f"{document_id}\0{text}" if occurrence == 0 else f"{document_id}\0{text}\0{occurrence}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
