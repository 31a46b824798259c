"""What the build holds, for people who look around in it: coverage and facts of documents, and the glossary.

Comes in: a build. Goes out: plain records. Refuses to know how they are shown.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from index.build.layout import BuildLayout
from index.build.left_out import LeftOut, read_left_out
from index.build.reader import Build
from index.lexicon import Term
from index.records import Document, Kind


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document could be read."""

    pages: int
    read: int
    paged: bool
    not_read: tuple[dict[str, Any], ...]  # page, status and reason of each page that was not read whole

    @property
    def share(self) -> float:
        """The share that could be read, 0 to 1."""
        return self.read / self.pages if self.pages else 1.0

    @property
    def sentence(self) -> str:
        """Say it: "52 of 60 pages could be read."."""
        unit = ("page" if self.paged else "section") + ("" if self.pages == 1 else "s")
        return f"{self.read} of {self.pages} {unit} could be read."


def coverage_of(build: Build, document_id: str) -> Coverage:
    """Return how much of a document could be read.

    Raises:
        UnknownDocument: the build holds no document of that id.
    """
    report = build.records.report_of(document_id)
    pages = build.records.pages(document_id)
    counted = int(report.get("pages", len(pages)))
    by_status = report.get("pages_by_status", {})
    read = sum(int(by_status.get(status, 0)) for status in ("read", "ocr")) if by_status else len(pages)
    return Coverage(counted, read, any(page.paged for page in pages), tuple(report.get("not_read", ())))


def left_out_of(build: Build) -> list[LeftOut]:
    """Return the documents that the corpus lists and the build does not hold: copies, and what could not be read."""
    return read_left_out(BuildLayout(build.folder).left_out)


def facts_of(document: Document) -> list[tuple[str, str]]:
    """Return the bibliographic facts of a document, each with its name, without those that are not known."""
    facts = [
        ("Authors", document.authors),
        ("Publisher", document.publisher),
        ("Published", document.published),
        ("Applies to", document.jurisdiction),
        ("As of", document.as_of),
        ("Licence", document.licence),
    ]
    return [(name, value) for name, value in facts if value]


def documents_of_kind(build: Build, kind: Kind) -> list[str]:
    """Return the ids of the documents of one kind."""
    return [document.id for document in build.records.documents if document.kind is kind]


def glossary_of(build: Build) -> list[Term]:
    """Return the terms of the glossary, in alphabetical order."""
    return sorted(build.lexicon.terms, key=lambda term: term.term.casefold())


def indexed_on(build: Build) -> str:
    """Return the day that the build was made, as people write it: "22 November 2026"."""
    made = datetime.fromisoformat(build.manifest.created)
    return f"{made.day} {made:%B %Y}"
