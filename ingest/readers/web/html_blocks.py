"""Turn HTML into blocks of plain text.

Comes in: a parsed HTML element. Goes out: headings, paragraphs, list entries and table rows. Refuses to tell main text from menus,
except for elements that never hold text to quote.
"""

from collections.abc import Iterator
from typing import Any

from ingest.readers.letters import superscript
from ingest.readers.office.archives import local_name
from ingest.readers.sections import MOST_SPAN, Block, BlockKind, rows_of_table

_LEFT_OUT = {
    "script",
    "style",
    "nav",
    "noscript",
    "template",
    "button",
    "svg",
    "iframe",
    "form",
    "select",
    "head",
    "object",
    "math",
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul", "ol", "menu", "dir"}
_PARAGRAPHS = {"p", "pre", "blockquote", "dt", "dd", "figcaption", "caption", "address", "summary"}
_HOLDERS = {
    "html",
    "body",
    "main",
    "article",
    "section",
    "div",
    "header",
    "footer",
    "aside",
    "details",
    "figure",
    "dl",
    "center",
}
_BLOCKS = {*_HEADINGS, *_LISTS, *_PARAGRAPHS, *_HOLDERS, "table", "hr", "tr", "td", "th", "li"}


def blocks_of(root: Any) -> list[Block]:  # noqa: ANN401  lxml has no types
    """Return the blocks below an element, in order; entries of lists get "- " or their number."""
    return [block for block in _blocks(root) if block.text.strip()]


def _blocks(node: Any) -> Iterator[Block]:  # noqa: ANN401  as above
    loose: list[str] = [node.text or ""]  # text that stands between blocks without an element of its own
    for child in node:
        name = local_name(child).lower()
        if name in _LEFT_OUT:
            pass
        elif name in _BLOCKS:
            yield Block(BlockKind.PARAGRAPH, _words("".join(loose)))
            loose = []
            yield from _element_blocks(child, name)
        elif any(local_name(part).lower() in _BLOCKS for part in child.iter()):
            yield Block(BlockKind.PARAGRAPH, _words("".join(loose)))
            loose = []
            yield from _blocks(child)
        else:
            loose.append(_text(child))
        loose.append(child.tail or "")
    yield Block(BlockKind.PARAGRAPH, _words("".join(loose)))


def _element_blocks(element: Any, name: str) -> Iterator[Block]:  # noqa: ANN401  as above
    if name in _HEADINGS:
        yield Block(BlockKind.HEADING, _words(_text(element)), _HEADINGS[name])
    elif name in _LISTS:
        yield from _entries(element, 0)
    elif name == "table":
        yield from _rows(element)
    elif name in _PARAGRAPHS and not any(local_name(part).lower() in _BLOCKS for part in element.iterdescendants()):
        yield Block(BlockKind.PARAGRAPH, _words(_text(element)))
    else:
        yield from _blocks(element)


def _entries(entries: Any, depth: int) -> Iterator[Block]:  # noqa: ANN401  as above
    numbered, start = local_name(entries).lower() == "ol", entries.get("start") or ""
    first = int(start) if start.isdigit() else 1
    for count, entry in enumerate((part for part in entries if local_name(part).lower() == "li"), start=first):
        marker = f"{count}." if numbered else "-"
        nested = [part for part in entry.iterdescendants() if local_name(part).lower() in _LISTS]
        text = _words(_text(entry, without=nested))
        if text:
            yield Block(BlockKind.ENTRY, f"{'  ' * depth}{marker} {text}")
        for inner in nested:
            if not any(inner in set(other.iterdescendants()) for other in nested if other is not inner):
                yield from _entries(inner, depth + 1)


def _rows(table: Any) -> Iterator[Block]:  # noqa: ANN401  as above
    """Yield the rows of a table; one that only lays out the page (a single cell, or blocks of text in cells) is read as text."""
    rows = [part for part in table.iterdescendants() if local_name(part).lower() == "tr"]
    if any(local_name(part).lower() in ("table", *_HEADINGS) for part in table.iterdescendants()):
        for row in rows:
            if not any(local_name(above).lower() == "tr" for above in row.iterancestors() if above in rows):
                for cell in row:
                    yield from _blocks(cell)
        return
    yield from rows_of_table(_grid(rows))


def _grid(rows: list[Any]) -> Iterator[list[str]]:
    """Yield the texts of rows; cells that span columns or rows leave the places empty that they take."""
    taken: dict[int, int] = {}  # by column: rows, counted from this one, that a cell from above takes
    for row in rows:
        texts: list[str] = []
        for cell in (part for part in row if local_name(part).lower() in ("td", "th")):
            while taken.get(len(texts), 0):
                texts.append("")
            first, deep = len(texts), _span(cell, "rowspan")
            texts += [_words(_text(cell)), *[""] * (_span(cell, "colspan") - 1)]
            taken |= dict.fromkeys(range(first, len(texts)), deep)
        yield texts
        taken = {column: left - 1 for column, left in taken.items() if left > 1}


def _span(cell: Any, name: str) -> int:  # noqa: ANN401  as above
    said = cell.get(name) or ""
    return min(MOST_SPAN, max(1, int(said))) if said.isdigit() else 1


def _words(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def _text(node: Any, without: list[Any] | None = None) -> str:  # noqa: ANN401  as above
    parts = [node.text or ""]
    for child in node:
        name = local_name(child).lower()
        if name == "br":
            parts.append(" ")
        elif name == "sup" and (digits := _words(_text(child))).isdigit():
            parts.append(superscript(digits))
        elif name and name not in _LEFT_OUT and not (without and child in without):
            inner = _text(child, without)
            parts.append(f" {inner} " if name in _BLOCKS else inner)
        parts.append(child.tail or "")
    return "".join(parts)
