"""Read OpenDocument texts (ODT).

Comes in: a path. Goes out: one page record for each section. Refuses to read headers, footers, tracked deletions and comments; notes
come after the paragraph that they belong to.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.front_matter import metadata_of_blocks
from ingest.readers.office.archives import Archive, attribute, core_properties, local_name
from ingest.readers.read_document import ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import MOST_SPAN, Block, BlockKind, pages_of, rows_of_table

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"

_LEFT_OUT = {"note", "annotation", "tracked-changes", "bookmark", "sequence-decls", "frame"}
_HOLDERS = {
    "text",
    "section",
    "body",
    "index-body",
    "table-of-content",
    "text-box",
    "frame",
    "document-content",
    "illustration-index",
}


def read_odt(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read an OpenDocument text section by section.

    Raises:
        UnreadableDocument: its archive or its content is damaged.
    """
    with Archive(path, options.limits.most_unpacked_bytes) as archive:
        blocks = list(_blocks(archive.xml("content.xml")))
        said = core_properties(archive, "meta.xml")
    metadata, blocks = metadata_of_blocks(blocks, said)
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), metadata)


def _blocks(node: Any) -> Iterator[Block]:  # noqa: ANN401  lxml has no types
    for child in node:
        match local_name(child):
            case "h":
                yield Block(BlockKind.HEADING, " ".join(_text(child).split()), int(attribute(child, "outline-level") or 1))
            case "p":
                yield Block(BlockKind.PARAGRAPH, _text(child).strip())
                yield from _asides(child)
            case "list":
                yield from _entries(child, 0)
            case "table":
                yield from rows_of_table(_rows(child))
            case name if name in _HOLDERS:
                yield from _blocks(child)


def _asides(paragraph: Any) -> Iterator[Block]:  # noqa: ANN401  as above
    """Yield the notes and text boxes that are anchored in a paragraph."""
    for part in paragraph.iter():
        if local_name(part) == "note-body":
            yield Block(BlockKind.PARAGRAPH, " ".join(_text(line) for line in part).strip())
        elif local_name(part) == "text-box":
            yield from _blocks(part)


def _entries(entries: Any, depth: int) -> Iterator[Block]:  # noqa: ANN401  as above
    for entry in entries:
        marker = "- "
        for child in entry:
            name = local_name(child)
            if name == "list":
                yield from _entries(child, depth + 1)
            elif name == "h":
                yield from _blocks([child])
            elif name == "p" and (text := _text(child).strip()):
                yield Block(BlockKind.ENTRY, "  " * depth + marker + text)
                marker = "  "


def _rows(table: Any) -> Iterator[list[str]]:  # noqa: ANN401  as above
    for row in (part for part in table.iter() if local_name(part) == "table-row"):
        yield [text for cell in row if local_name(cell).endswith("table-cell") for text in _cells(cell)]


def _cells(cell: Any) -> list[str]:  # noqa: ANN401  as above
    text = " ".join(" ".join(_text(line) for line in cell.iter() if local_name(line) == "p").split())
    times = attribute(cell, "number-columns-repeated")
    return [text] * (min(int(times), MOST_SPAN) if times.isdigit() else 1)


def _text(node: Any) -> str:  # noqa: ANN401  as above
    parts = [node.text or ""]
    for child in node:
        match local_name(child):
            case "s":
                parts.append(" " * int(attribute(child, "c") or 1))
            case "tab":
                parts.append(" ")
            case "line-break":
                parts.append("\n")
            case name if name not in _LEFT_OUT:
                parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


FORMAT = Format("ODT", MEDIA_TYPE, (".odt",), read_odt, mark=ZIP_MARK)
