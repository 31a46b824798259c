"""Say where a quote stands.

Comes in: a passage with its document and page. Goes out: a Citation, the same for every surface. Refuses to know scores.
"""

from dataclasses import dataclass

from index.records import Document, Kind, Page, Passage, Reading, Source


@dataclass(frozen=True, slots=True)
class PageReference:
    """A page of a document: its place in the file and the number printed on it."""

    number: int  # 1-based, physical
    label: str | None  # as printed, where known

    def __str__(self) -> str:  # type: ignore[explicit-override]  # typing.override needs Python 3.12
        """Return "p. 12 [PDF 14]", or "p. 14" where both are the same or no label is known."""
        if self.label is None or self.label == str(self.number):
            return f"p. {self.number}"
        return f"p. {self.label} [PDF {self.number}]"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands."""

    document: str  # id
    title: str
    publisher: str
    published: str
    kind: Kind
    section: str  # "A > B", or empty
    page: PageReference | None  # None for documents without pages
    url: str  # of the section's own source where a note gives one, else of the document; may be empty
    text: str  # the citation in one line
    about: str = ""  # for a note: the title of the text that it is about
    authors: str = ""
    sources: tuple[Source, ...] = ()  # where the section takes its facts from
    jurisdiction: str = ""
    as_of: str = ""
    notice: str = ""  # "Not legal advice. …"
    reading: Reading = Reading.TEXT  # OCR where the words were read off a picture


def cite(passage: Passage, page: Page, document: Document, guide: Document | None) -> Citation:
    """Return the citation of ``passage``.

    Args:
        passage: what is quoted.
        page: the page or section it stands on.
        document: the document of that page.
        guide: the guide that the document is a note about, where it is one.
    """
    reference = PageReference(page.number, page.label) if page.paged else None
    section = " > ".join(passage.section)
    about = guide.title if guide else ""
    url = next((source.url for source in page.sources if source.url), "") or document.url or (guide.url if guide else "")
    as_of = page.as_of or document.as_of
    return Citation(
        document=document.id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        kind=document.kind,
        section=section,
        page=reference,
        url=url,
        text=_one_line(document, about, section, reference, page, as_of),
        about=about,
        authors=document.authors,
        sources=page.sources,
        jurisdiction=page.jurisdiction or document.jurisdiction,
        as_of=as_of,
        notice=document.notice,
        reading=page.reading,
    )


def source_line(source: Source) -> str:
    """Return a section's source in one line: "Localism Act 2011, s.95(6) (as of 1 May 2026)"."""
    line = ", ".join(part for part in (source.title, source.where) if part)
    return f"{line} ({dated(source.as_of)})" if source.as_of else line


def dated(as_of: str) -> str:
    """Return "as of 1 May 2026" for "1 May 2026", and "as made, 2012" as it stands."""
    return as_of if as_of.startswith("as ") else f"as of {as_of}"


def _one_line(document: Document, about: str, section: str, reference: PageReference | None, page: Page, as_of: str) -> str:
    parts = [document.title]
    if about and about not in document.title:
        parts.append(f"on {about}")
    parts.extend(part for part in (document.publisher, document.published) if part)
    if section:
        parts.append(f"“{section}”")
    if reference:
        parts.append(str(reference))
    if page.reading is Reading.OCR:
        parts.append("read by OCR")
    if page.sources:
        parts.append("from " + "; ".join(source_line(source) for source in page.sources))
    if as_of and document.kind is not Kind.ORIGINAL and not any(source.as_of for source in page.sources):
        parts.append(dated(as_of))
    return ", ".join(parts)
