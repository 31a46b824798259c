"""Read a file of any known format.

Comes in: a path. Goes out: its pages, by the reader that its content asks for. Refuses to trust a file's name.
"""

from collections.abc import Callable
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.read_document import FileMetadata, PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers import markdown, plain_text
from ingest.readers.pdf import reader as pdf

_Reader = Callable[[Path, ReadingOptions], ReadDocument]

_READERS: dict[str, _Reader] = {
    markdown.MEDIA_TYPE: markdown.read_markdown,
    pdf.MEDIA_TYPE: pdf.read_pdf,
    plain_text.MEDIA_TYPE: plain_text.read_plain_text,
}


def read_file(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a file by the reader that its content asks for.

    Raises:
        UnreadableDocument: no reader can read it; the message is the reason.
        CatalogueError: it is a Markdown file of our own with a broken header or source line.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            raise UnreadableDocument("the file is empty")
        if size > options.most_bytes:
            raise UnreadableDocument(f"the file has {size} bytes, more than the {options.most_bytes} that are allowed")
        return _READERS[media_type_of(path)](path, options)
    except OSError as error:
        raise UnreadableDocument(f"the file cannot be opened: {error.strerror}") from error


def media_type_of(path: Path) -> str:
    """Return the media type of a file, told by its first bytes; the name only tells Markdown from plain text."""
    with path.open("rb") as file:
        start = file.read(1024)
    if b"%PDF-" in start:
        return pdf.MEDIA_TYPE
    return markdown.MEDIA_TYPE if path.suffix.lower() in (".md", ".markdown") else plain_text.MEDIA_TYPE


__all__ = ["FileMetadata", "PageOutcome", "PageStatus", "ReadDocument", "ReadingOptions", "media_type_of", "read_file"]
