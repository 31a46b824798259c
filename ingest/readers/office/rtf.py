"""Read Rich Text Format.

Comes in: a path. Goes out: the text as plain paragraphs. Refuses to guess headings: RTF as it is written seldom names them.
"""

import re
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from index.errors import UnreadableDocument
from ingest.readers.formats import Format
from ingest.readers.front_matter import metadata_of_blocks
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, BlockKind, pages_of, row_of
from ingest.readers.sound_letters import joined

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
    except (ValueError, ArithmeticError, IndexError, KeyError, TypeError, LookupError, RecursionError) as error:
        raise UnreadableDocument(f"the RTF codes of the file are damaged: {error}") from error
    text = joined(text)  # it gives a letter outside the basic plane as two
    blocks = [_block(line.strip()) for line in text.split("\n") if line.strip(" |\t")]
    metadata, blocks = metadata_of_blocks(blocks, FileMetadata())
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), metadata)


def _block(line: str) -> Block:
    cells = line.removesuffix("|").split("|")  # the library sets a bar behind each cell
    if len(cells) > 1:
        return Block(BlockKind.ROW, row_of(cells))
    line = " ".join(cells[0].split())
    return Block(BlockKind.ENTRY if _BULLET.match(line) else BlockKind.PARAGRAPH, line)


FORMAT = Format("RTF", MEDIA_TYPE, (".rtf",), read_rtf, frozenset({"text/rtf"}), mark=b"{\\rtf")
