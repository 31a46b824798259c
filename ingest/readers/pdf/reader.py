"""Read a PDF file: every page, the right page, or a plain word why not.

Comes in: a path. Goes out: the document of its pages, as far as the file goes; or its words alone, where reading it failed. Refuses to
know how leaves become pages.
"""

from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.errors import UnreadableDocument
from index.records import Page
from ingest.readers.broken_off import BROKEN_OFF, pdf_breaks_off
from ingest.readers.formats import Format
from ingest.readers.letters import HYPHEN_AT_LINE_END
from ingest.readers.pdf.binder import MEDIA_TYPE as MEDIA_TYPE
from ingest.readers.pdf.binder import Binder
from ingest.readers.pdf.leaves import leaves
from ingest.readers.pdf.pdfium import LOCKED, PdfFile
from ingest.readers.pdf.structure import Structure, mended, structure_of
from ingest.readers.read_document import PageOutcome, PageStatus, ReadDocument, ReadingOptions

_GATHERING = 250  # pages that are looked at together: what repeats shows itself, and memory stays bounded


def read_pdf(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a PDF file.

    Raises:
        UnreadableDocument: it needs a password, is damaged beyond mending, or has no pages.
    """
    try:
        document = _read_or_mend(path, options)
    except UnreadableDocument as error:
        if str(error) == LOCKED or not pdf_breaks_off(path):
            raise
        raise UnreadableDocument(BROKEN_OFF) from error
    return _as_far_as_it_goes(document) if pdf_breaks_off(path) else document


def words_of_pdf(path: Path, cause: str) -> ReadDocument:
    """Return the pages of a PDF in the file's order of words, without boxes, each with ``cause`` for it."""
    pages: list[Page] = []
    outcomes: list[PageOutcome] = []
    with PdfFile(path) as file:
        for number in range(1, len(file) + 1):
            text = _in_lines(file.plain_text(number))
            if text:
                pages.append(Page(number, text))
            status = PageStatus.READ if text else PageStatus.UNREADABLE
            outcomes.append(PageOutcome(number, status, cause, len(text)))
        structure = structure_of(path)
        return ReadDocument(
            MEDIA_TYPE, tuple(pages), len(file), tuple(outcomes), structure.metadata, outline=structure.outline
        )


def _in_lines(text: str) -> str:
    whole = text.replace(HYPHEN_AT_LINE_END + "\r\n", "").replace(HYPHEN_AT_LINE_END, "-")
    return "\n".join(" ".join(line.split()) for line in whole.splitlines()).strip()


def _as_far_as_it_goes(document: ReadDocument) -> ReadDocument:
    """Say with the last page that was found that the file ends there too early."""
    *before, last = document.outcomes
    reason = "; ".join(
        one for one in (last.reason, "after this page the file breaks off, as a download does; get it again") if one
    )
    return replace(document, outcomes=(*before, replace(last, reason=reason)))


def _read_or_mend(path: Path, options: ReadingOptions) -> ReadDocument:
    structure = structure_of(path)
    try:
        document = _read(path, structure, options)
    except UnreadableDocument as error:
        copy = None if str(error) == LOCKED else mended(path)
        if copy is None:
            raise
        document = _read(copy, structure, options)
    return document


def _read(source: Path | bytes, structure: Structure, options: ReadingOptions) -> ReadDocument:
    with PdfFile(source) as file:
        if len(file) == 0:
            raise UnreadableDocument("the file has no pages")
        binder = Binder(structure)
        every = leaves(file, options)
        while gathering := list(islice(every, _GATHERING)):
            binder.bind(gathering)
        document = binder.document(len(file))
        if file.is_encrypted and not document.pages:
            raise UnreadableDocument("the file is encrypted and nothing in it could be read; save it without protection")
        return document


FORMAT = Format(
    "PDF",
    MEDIA_TYPE,
    (".pdf",),
    read_pdf,
    frozenset({"application/x-pdf"}),
    mark=b"%PDF-",
    mark_within=1024,
    is_drawn=True,
)
