"""Gather the blocks of a document without pages into sections: one page record for each heading.

Comes in: blocks (headings, paragraphs, list entries, table rows) in reading order. Goes out: pages with ``paged=False``.
Refuses to know which format the blocks came from.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from index.records import Page, Span
from ingest.readers.letters import without_private_signs

MOST_SPAN = 100  # columns or rows that a cell may take; a file may claim millions


class BlockKind(Enum):
    """What a block of text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ENTRY = "entry"  # of a list, with its bullet or number
    ROW = "row"  # of a table, cells parted by " | "
    PROVENANCE = "provenance"  # says where a section of our own comes from; no text to quote


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that stands by itself."""

    kind: BlockKind
    text: str
    level: int = 1  # of a heading, 1 is the highest
    line: int = 0  # 1-based line of the file, where it has lines


@dataclass(slots=True)
class Section:
    """The blocks below one heading."""

    path: tuple[str, ...]
    line: int = 0  # of the heading
    blocks: list[Block] = field(default_factory=list)


def sections_of(blocks: Iterable[Block]) -> list[Section]:
    """Return the sections of a document, in order, with the path of headings above each; empty ones are left out."""
    stack: list[tuple[int, str]] = []
    current = Section(())
    sections = [current]
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            stack = [entry for entry in stack if entry[0] < block.level]
            stack.append((block.level, block.text))
            current = Section(tuple(text for _, text in stack), block.line)
            sections.append(current)
        elif block.text.strip():
            current.blocks.append(block)
    return [section for section in sections if section.blocks]


def page_of(number: int, section: Section) -> Page:
    """Return a section as a page record; lists and tables are kept together with the line that introduces them."""
    text, runs = "", list[Span]()
    before: Block | None = None
    for block in section.blocks:
        gap = "" if before is None else _gap(before, block)
        if block.kind is not BlockKind.PARAGRAPH:
            _extend_run(runs, text, gap, before)
        # An entry of an inner list is set in; the first one of a text cannot be.
        shown = without_private_signs(block.text)
        text += gap + (shown.rstrip() if text and block.kind is BlockKind.ENTRY else shown.strip())
        if block.kind is not BlockKind.PARAGRAPH:
            runs[-1] = (runs[-1][0], len(text))
        before = block
    return Page(number, text, paged=False, section=section.path, keep_together=tuple(runs))


def pages_of(blocks: Iterable[Block]) -> list[Page]:
    """Return one page record for each section of a document."""
    return [page_of(number, section) for number, section in enumerate(sections_of(blocks), start=1)]


def row_of(cells: Sequence[str]) -> str:
    """Return the cells of a table's row parted by bars; an empty cell keeps its place, so that no other stands under its column."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if not filled:
        return ""
    # Where there is nothing but the first cell, nothing can be read under the wrong column.
    return " ".join((cells[0] if filled == [0] else " | ".join(cell.strip() for cell in cells)).split())


def rows_of_table(rows: Iterable[Sequence[str]]) -> Iterator[Block]:
    """Yield the rows of a table as blocks, all with the same columns; columns that are empty throughout only hold others apart."""
    kept = [list(row) for row in rows]
    width = max((len(row) for row in kept), default=0)
    whole = [[*row, *[""] * (width - len(row))] for row in kept]
    columns = [column for column in range(width) if any(row[column].strip() for row in whole)]
    for row in whole:
        text = row_of([row[column] for column in columns])
        if text:
            yield Block(BlockKind.ROW if len(columns) > 1 else BlockKind.PARAGRAPH, text)


def title_and_rest(blocks: list[Block]) -> tuple[str, list[Block]]:
    """Return the text of the one highest heading that opens a document, or nothing, and the blocks without it."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    if not headings or headings[0] is not blocks[0]:
        return "", blocks
    if any(block.level <= headings[0].level for block in headings[1:]):
        return "", blocks
    return headings[0].text, blocks[1:]


def _gap(before: Block, block: Block) -> str:
    return "\n" if before.kind is block.kind and block.kind is not BlockKind.PARAGRAPH else "\n\n"


def _extend_run(runs: list[Span], text: str, gap: str, before: Block | None) -> None:
    """Begin a list or table at its introduction (a paragraph that ends in a colon), or go on with the one before."""
    if gap == "\n":
        return
    start = len(text) + len(gap)
    if before is not None and before.kind is BlockKind.PARAGRAPH and before.text.rstrip().endswith(":"):
        start = len(text) - len(before.text.strip())
    runs.append((start, start))
