"""Read plain text, in whatever of the common encodings it was saved.

Comes in: a path. Goes out: one page record, or one a form feed. Refuses to guess headings: plain text has none.
"""

import re
from pathlib import Path

from index.records import Page
from ingest.readers.encodings import decode_text
from ingest.readers.formats import Format
from ingest.readers.front_matter import metadata_of_blocks
from ingest.readers.letters import without_private_signs
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, BlockKind

MEDIA_TYPE = "text/plain"

_TRAILING_SPACE = re.compile(r"[^\S\n]+$", re.MULTILINE)


def read_plain_text(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a text file; a form feed begins a new section.

    Raises:
        UnreadableDocument: the file is not text.
    """
    parts = [
        _TRAILING_SPACE.sub("", part).strip() for part in without_private_signs(decode_text(path.read_bytes())).split("\f")
    ]
    pages = [Page(number, part, paged=False) for number, part in enumerate([part for part in parts if part], start=1)]
    blocks = [Block(BlockKind.PARAGRAPH, part) for part in re.split(r"\n[ \t]*\n", pages[0].text)] if pages else []
    metadata, _ = metadata_of_blocks(blocks, FileMetadata())
    return document_of_sections(MEDIA_TYPE, pages, metadata)


FORMAT = Format("plain text", MEDIA_TYPE, (".txt",), read_plain_text, is_perhaps=lambda start: True, is_harmless=True)
