"""Read Rich Text Format.

Comes in: a path. Goes out: the text as plain paragraphs. Refuses to guess headings: RTF as it is written seldom names them.
"""

import re
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from index.errors import UnreadableDocument
from ingest.read_document import FileMetadata, ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, BlockKind, pages_of
from ingest.sound_letters import joined

MEDIA_TYPE = "application/rtf"

_BULLET = re.compile(r"[•·\uf0b7-]\s+")


def read_rtf(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read an RTF file.

    Raises:
        UnreadableDocument: its codes cannot be followed.
    """
    source = path.read_bytes().decode("latin-1")  # RTF is ASCII; other letters are written as codes
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]  # the library has no types
    except (ValueError, IndexError, KeyError, TypeError, LookupError, RecursionError) as error:
        raise UnreadableDocument(f"the RTF codes of the file are damaged: {error}") from error
    text = joined(text)  # it gives a letter outside the basic plane as two
    blocks = [_block(" ".join(line.replace("|", " | ").split())) for line in text.split("\n") if line.strip(" |\t")]
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), FileMetadata())


def _block(line: str) -> Block:
    if " | " in f"{line} ":
        return Block(BlockKind.ROW, line.strip(" |"))
    return Block(BlockKind.ENTRY if _BULLET.match(line) else BlockKind.PARAGRAPH, line)
