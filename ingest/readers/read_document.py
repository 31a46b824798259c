"""What reading a file gives: pages, boxes, metadata, and a plain word for every page that could not be read.

Comes in: nothing. Goes out: the records that readers fill. Refuses to know any file format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from index.records import OutlineEntry, Page

Boxes = NDArray[np.uint16]


NO_TEXT = "the page shows something but holds no text"  # a scan, or a drawing


class PageStatus(Enum):
    """What became of a page."""

    READ = "read"
    OCR = "ocr"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of one page; nothing is skipped in silence."""

    number: int  # 1-based
    status: PageStatus
    reason: str = ""  # why it is empty or unreadable, or what was left out
    characters: int = 0  # that were read


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """What a file says about itself; the catalogue knows better."""

    title: str = ""
    authors: str = ""
    published: str = ""  # a year or a date, as text
    notice: str = ""
    as_of: str = ""
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the reading of one file may take; a file that was read is the same whatever they are."""

    seconds: float = 300.0
    memory_bytes: int = 900 * 2**20  # beyond what a worker takes before it reads
    most_bytes: int = 512 * 2**20  # a larger file is refused
    most_unpacked_bytes: int = 256 * 2**20  # a zipped format that unpacks to more is refused


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How files are read."""

    ocr: bool = True  # read pages without text by OCR where tesseract is installed
    ocr_languages: str = "eng"  # as tesseract names them: "eng+cym"
    ocr_least_confidence: float = 0.6  # 0 to 1; a page below it is reported, not quoted
    ocr_seconds: float = 60.0  # for one page
    ocr_file_seconds: float = 240.0  # for all pages of a file; those beyond are reported, not read
    limits: FileLimits = FileLimits()


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file as it was read."""

    media_type: str
    pages: tuple[Page, ...]  # only those with text, in order
    page_count: int  # of the file, with those that have no text
    outcomes: tuple[PageOutcome, ...]
    metadata: FileMetadata = field(default_factory=FileMetadata)
    # Per page number, uint16 of shape (len(page.text), 4): x0 y0 x1 y1 as shares of the page's width and height times 65535,
    # origin top left, zeros for a character without ink. Empty for formats that have no pictures of pages.
    boxes: Mapping[int, Boxes] = field(default_factory=dict)
    outline: tuple[OutlineEntry, ...] = ()  # that the file brings along, in order; headings found in the text are the pages'


def document_of_sections(media_type: str, sections: list[Page], metadata: FileMetadata) -> ReadDocument:
    """Return the document of a format without pages: every section that has text was read."""
    outcomes = tuple(PageOutcome(page.number, PageStatus.READ, characters=len(page.text)) for page in sections if page.text)
    if not outcomes:
        outcomes = (PageOutcome(1, PageStatus.EMPTY, "the file holds no text to quote"),)
    return ReadDocument(media_type, tuple(page for page in sections if page.text), len(outcomes), outcomes, metadata)
