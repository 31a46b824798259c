"""Read a PDF page by page as plain text: what is left where the reader itself failed.

Comes in: a path and what went wrong. Goes out: pages without boxes, headings and tables, each of which says why. Refuses to put text
into another order.
"""

from pathlib import Path

from index.records import Page
from ingest.readers.letters import HYPHEN_AT_LINE_END
from ingest.readers.pdf.pdfium import PdfFile
from ingest.readers.pdf.structure import structure_of
from ingest.readers.read_document import PageOutcome, PageStatus, ReadDocument


def read_plain_pages(path: Path, media_type: str, cause: str) -> ReadDocument:
    """Return the pages of a PDF in the file's order of words; ``cause`` is told with each.

    Raises:
        UnreadableDocument: it cannot be opened.
    """
    pages: list[Page] = []
    outcomes: list[PageOutcome] = []
    with PdfFile(path) as file:
        for number in range(1, len(file) + 1):
            text = _plain(file.plain_text(number))
            if text:
                pages.append(Page(number, text))
            status = PageStatus.READ if text else PageStatus.UNREADABLE
            outcomes.append(PageOutcome(number, status, cause, len(text)))
        return ReadDocument(media_type, tuple(pages), len(file), tuple(outcomes), structure_of(path).metadata)


def _plain(text: str) -> str:
    whole = text.replace(HYPHEN_AT_LINE_END + "\r\n", "").replace(HYPHEN_AT_LINE_END, "-")
    return "\n".join(" ".join(line.split()) for line in whole.splitlines()).strip()
