"""Read a file of any known format.

Comes in: a path. Goes out: its pages, by the reader that its content asks for. Refuses to trust a file's name.
"""

import stat
from pathlib import Path

from index.errors import LocalismError, UnreadableDocument
from ingest.readers import plain_text
from ingest.readers.media_types import media_type_of
from ingest.readers.plain_reading import read_plainly
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.readers.registry import FORMATS
from ingest.readers.sound_letters import sound_document
from ingest.readers.web import html

_READERS = {one.media_type: one.read for one in FORMATS}
# What lies under the name of a PDF when a download went wrong: the page that said so.
_MISTAKEN = {plain_text.MEDIA_TYPE, html.MEDIA_TYPE}


def read_file(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a file by the reader that its content asks for.

    Raises:
        UnreadableDocument: no reader can read it; the message is the reason.
        CatalogueError: it is a Markdown file of our own with a broken header or source line.
    """
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise UnreadableDocument("it is not a file")
        if before.st_size == 0:
            raise UnreadableDocument("the file is empty")
        if before.st_size > options.limits.most_bytes:
            raise UnreadableDocument(
                f"the file has {before.st_size} bytes, more than the {options.limits.most_bytes} that are allowed"
            )
        media_type = media_type_of(path)
        if path.suffix.lower() == ".pdf" and media_type in _MISTAKEN:
            raise UnreadableDocument(
                "the file is named .pdf and is not a PDF: it holds plain text or a web page, as after a download that went wrong. "
                "Get it again, or name it .txt or .html to have it read as it is"
            )
        read = sound_document(_read(path, media_type, options))
        after = path.stat()
    except OSError as error:
        raise UnreadableDocument(f"the file cannot be opened: {error.strerror or error}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableDocument("the file changed while it was read; run again when it is complete")
    return read


def _read(path: Path, media_type: str, options: ReadingOptions) -> ReadDocument:
    try:
        return _READERS[media_type](path, options)
    except (LocalismError, OSError, MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  a mistake of a reader costs the shape of the text, not the text; every page says so
        return read_plainly(path, media_type, options, error)
