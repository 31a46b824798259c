"""Read a file as plain text where its own reader failed: a mistake of ours costs headings and tables, not the file.

Comes in: a path, its media type and what went wrong. Goes out: its text page by page, each page with a word about the failure. Refuses
to guess at formats whose text cannot be had without their reader.
"""

from collections.abc import Iterator
from pathlib import Path

import lxml.html

from index.records import Page
from ingest.readers.encodings import decode_text
from ingest.readers.office import docx, odt, pptx, sheets
from ingest.readers.office.archives import Archive, local_name
from ingest.readers.pdf import reader as pdf
from ingest.readers.read_document import FileMetadata, PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.web import epub, html, markdown

_ZIPPED = {
    docx.MEDIA_TYPE: "word/document",
    odt.MEDIA_TYPE: "content",
    sheets.ODS.media_type: "content",
    pptx.MEDIA_TYPE: "ppt/slides/slide",
    epub.MEDIA_TYPE: "",
}
_TEXT_MEMBERS = ("xml", "html", "htm")  # members of archives, not files: xhtml too
_PARAGRAPHS = {"p", "h", "h1", "h2", "h3", "h4", "h5", "h6", "li"}


def read_plainly(path: Path, media_type: str, options: ReadingOptions, error: Exception) -> ReadDocument:
    """Return the text of a file whose reader raised ``error``.

    Raises:
        Exception: ``error`` itself, where no plain text can be had.
    """
    cause = f"read as plain text, without headings and tables, for its reader failed ({type(error).__name__})"
    if media_type == pdf.MEDIA_TYPE:
        read = pdf.words_of_pdf(path, cause)
    else:
        texts = [text for text in _texts(path, media_type, options) if text.strip()]
        pages = tuple(Page(number, text.strip(), paged=False) for number, text in enumerate(texts, start=1))
        outcomes = tuple(PageOutcome(page.number, PageStatus.READ, cause, len(page.text)) for page in pages)
        read = ReadDocument(media_type, pages, len(pages), outcomes, FileMetadata())
    if not read.pages:
        raise error
    return read


def _texts(path: Path, media_type: str, options: ReadingOptions) -> Iterator[str]:
    if media_type in _ZIPPED:
        with Archive(path, options.limits.most_unpacked_bytes) as archive:
            yield from _members(archive, _ZIPPED[media_type])
    elif media_type == html.MEDIA_TYPE:
        yield _paragraphs(html.parse_html(path.read_bytes()))
    elif media_type in (markdown.MEDIA_TYPE, sheets.CSV.media_type):
        yield decode_text(path.read_bytes())


def _members(archive: Archive, start: str) -> Iterator[str]:
    for name in archive.names:
        if not name.startswith(start) or not name.endswith(_TEXT_MEMBERS):
            continue
        if name.endswith(".xml"):
            yield _paragraphs(archive.xml(name))
        else:
            yield _paragraphs(lxml.html.document_fromstring(archive.read(name)))


def _paragraphs(root: "lxml.html.HtmlElement") -> str:
    found = (" ".join("".join(one.itertext()).split()) for one in root.iter() if local_name(one) in _PARAGRAPHS)
    return "\n\n".join(text for text in found if text)
