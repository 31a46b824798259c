"""Read Markdown: our own notes, with a header and sources, and anyone's plain file.

Comes in: a path. Goes out: one page record for each section, as plain text without markup. Refuses to know about splitting.

A file of ours begins with a TOML header between two ``+++`` lines (``as_of``, ``notice``, ``[sources]`` and more), and
each of its sections with a block quote of ``Source:``, ``Applies to:`` and ``As of:`` lines. The section wins over the header.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from index.errors import CatalogueError
from index.records import Page, Source
from ingest.readers.encodings import decode_text
from ingest.readers.formats import Format
from ingest.readers.provisions import address_of
from ingest.readers.read_document import FileMetadata, ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import Block, BlockKind, Section, page_of, row_of, sections_of, title_and_rest

_PROVENANCE = re.compile(r"(?:Source|Applies to|As of):")
_LINE_ENDS = {"softbreak": " ", "hardbreak": "\n"}
MEDIA_TYPE = "text/markdown"

_FENCE = "+++"
_HEADER_KEYS = {"as_of", "jurisdiction", "notice", "title", "authors", "published", "sources"}
_SOURCE_KEYS = {"title", "url", "as_of", "publisher"}
_CITED = re.compile(r"\[(?P<key>[^\]]+)\]\s*(?P<where>[^\[]*?)\s*(?:;\s*(?=\[)|;?\s*$)")


def blocks_of(markdown: str) -> list[Block]:
    """Return the blocks of a Markdown text, in order, without markup.

    Entries of lists keep "- " or their number, indented by two spaces a level; cells of a table row are parted by " | ". HTML
    inside Markdown is left out: it is markup, not text.
    """
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    return _blocks(tree.children)


def _blocks(nodes: list[SyntaxTreeNode]) -> list[Block]:
    return [block for node in nodes for block in _blocks_of_node(node)]


def _blocks_of_node(node: SyntaxTreeNode) -> list[Block]:
    match node.type:
        case "heading":
            return [Block(BlockKind.HEADING, " ".join(_plain(node).split()), int(node.tag[1:]), _line(node))]
        case "bullet_list" | "ordered_list":
            return [block for entry in node.children for block in _entry_blocks(entry)]
        case "blockquote":
            return [_quoted(child, block) for child in node.children for block in _blocks_of_node(child)]
        case "table":
            rows = [row for part in node.children for row in part.children]
            return [Block(BlockKind.ROW, row_of([_plain(cell) for cell in row.children]), line=_line(row)) for row in rows]
        case "paragraph":
            return [Block(BlockKind.PARAGRAPH, _plain(node), line=_line(node))]
        case "fence" | "code_block":
            return [Block(BlockKind.PARAGRAPH, node.content.rstrip(), line=_line(node))]
    return []


def _entry_blocks(entry: SyntaxTreeNode) -> list[Block]:
    marker = f"{entry.info}{entry.markup}" if entry.info else "-"
    inner = _blocks(entry.children)
    return [
        Block(BlockKind.ENTRY, f"{marker} {block.text}" if index == 0 else f"  {block.text}", line=block.line)
        for index, block in enumerate(inner)
    ]


def _quoted(node: SyntaxTreeNode, block: Block) -> Block:
    if node.type == "paragraph" and _PROVENANCE.match(block.text):
        return Block(BlockKind.PROVENANCE, node.children[0].content, line=block.line)  # with its line breaks
    return block


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0


def _plain(node: SyntaxTreeNode) -> str:
    """Return the text that a reader sees: no emphasis marks, links by their words, pictures by their description."""
    if node.type in ("text", "code_inline", "text_special", "image"):
        return node.content
    if node.type in _LINE_ENDS:
        return _LINE_ENDS[node.type]
    return "".join(_plain(child) for child in node.children)


@dataclass(frozen=True, slots=True)
class _Header:
    """What the header of one of our own files says."""

    metadata: FileMetadata = field(default_factory=FileMetadata)
    sources: Mapping[str, Source] = field(default_factory=dict)
    lines: int = 0  # that it takes


def read_markdown(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a Markdown file section by section.

    Raises:
        CatalogueError: a header or source line of our own format is broken; the message names file and line.
        UnreadableDocument: the file is not text.
    """
    text = decode_text(path.read_bytes())
    header = _read_header(path, text)
    # Blank lines in place of the header keep the line numbers of messages true.
    body = "\n" * header.lines + "\n".join(text.split("\n")[header.lines :])
    title, blocks = title_and_rest(blocks_of(body))
    pages = [_page(path, header, number, section) for number, section in enumerate(sections_of(blocks), start=1)]
    metadata = replace(header.metadata, title=header.metadata.title or title)
    return document_of_sections(MEDIA_TYPE, pages, metadata)


def _error(path: Path, line: int, complaint: str) -> CatalogueError:
    return CatalogueError(f"{path.name}, line {line}: {complaint}")


def _read_header(path: Path, text: str) -> _Header:
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return _Header()
    closing = next((index for index, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE), None)
    if closing is None:
        raise _error(path, 1, f"the header that {_FENCE} opens is never closed by a second {_FENCE} line.")
    try:
        table = tomllib.loads("\n".join(lines[1:closing]))
    except tomllib.TOMLDecodeError as error:
        raise _error(path, _toml_line(error), f"the header is not valid TOML: {error}.") from error
    _check_keys(path, table, _HEADER_KEYS, "the header")
    sources = {key: _source(path, lines, key, entry) for key, entry in table.pop("sources", {}).items()}
    return _Header(FileMetadata(**table), sources, closing + 1)


def _toml_line(error: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"line (\d+)", str(error))
    return int(found.group(1)) + 1 if found else 1  # the header begins below its fence


def _check_keys(path: Path, table: Mapping[str, object], known: set[str], where: str, line: int = 1) -> None:
    for key, entry in table.items():
        if key not in known:
            raise _error(path, line, f"{where} has an unknown key {key!r}; it may have {', '.join(sorted(known))}.")
        if key != "sources" and not isinstance(entry, str):
            raise _error(path, line, f"{where} gives {key!r} as {type(entry).__name__}; write it as text in quotes.")


def _source(path: Path, lines: list[str], key: str, entry: object) -> Source:
    line = next((number for number, text in enumerate(lines, start=1) if re.match(rf"\s*{re.escape(key)}\s*=", text)), 1)
    if not isinstance(entry, dict) or not entry.get("title"):
        raise _error(path, line, f"source {key!r} needs at least a title.")
    _check_keys(path, entry, _SOURCE_KEYS, f"source {key!r}", line)
    return Source(**entry)


def _page(path: Path, header: _Header, number: int, section: Section) -> Page:
    notes = [block for block in section.blocks if block.kind is BlockKind.PROVENANCE]
    section.blocks = [block for block in section.blocks if block.kind is not BlockKind.PROVENANCE]
    said = _said(notes)
    if header.sources and section.blocks and "Source" not in said:
        name = section.path[-1] if section.path else "the text before the first heading"
        raise _error(
            path, section.line or header.lines + 1, f"section {name!r} has no source; write '> Source: [KEY] place' below it."
        )
    sources = _cited(path, header, *said["Source"]) if header.sources and "Source" in said else ()
    return replace(
        page_of(number, section),
        sources=sources,
        jurisdiction=said.get("Applies to", (header.metadata.jurisdiction, 0))[0],
        as_of=said.get("As of", (header.metadata.as_of, 0))[0],
    )


def _said(notes: list[Block]) -> dict[str, tuple[str, int]]:
    """Return what a section's block quote says: its key, the words, and their line."""
    said: dict[str, tuple[str, int]] = {}
    for note in notes:
        for offset, line in enumerate(note.text.split("\n")):
            key, _, words = line.partition(":")
            said[key.strip()] = (words.strip(), note.line + offset)
    return said


def _cited(path: Path, header: _Header, citation: str, line: int) -> tuple[Source, ...]:
    if not re.fullmatch(rf"(?:{_CITED.pattern})+", citation.replace("\n", " ")):
        raise _error(path, line, f"cannot read the sources {citation!r}; write '[KEY] place; [KEY] place'.")
    sources: list[Source] = []
    for cited in _CITED.finditer(citation):
        if cited["key"] not in header.sources:
            raise _error(path, line, f"unknown source [{cited['key']}]; the header defines {', '.join(header.sources)}.")
        source = header.sources[cited["key"]]
        sources.append(replace(source, where=cited["where"], url=address_of(source.url, cited["where"])))
    return tuple(sources)


FORMAT = Format(
    "Markdown",
    MEDIA_TYPE,
    (".md", ".markdown"),
    read_markdown,
    frozenset({"text/plain"}),
    told_by_name=True,
    is_harmless=True,
)
