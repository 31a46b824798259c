"""Turn Markdown into blocks of plain text.

Comes in: Markdown. Goes out: headings, paragraphs, list entries and table rows with their lines. Refuses to know our own
header.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ingest.readers.sections import Block, BlockKind, row_of

_PROVENANCE = re.compile(r"(?:Source|Applies to|As of):")
_LINE_ENDS = {"softbreak": " ", "hardbreak": "\n"}


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
