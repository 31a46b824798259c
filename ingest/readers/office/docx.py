"""Read Word documents (DOCX).

Comes in: a path. Goes out: one page record for each section. Refuses to read headers, footers, deleted text and comments; notes
come after the text, never inside a sentence.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.front_matter import metadata_of_blocks
from ingest.readers.office.archives import Archive, attribute, core_properties, local_name
from ingest.readers.office.word_lists import WordLists
from ingest.readers.read_document import ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import MOST_SPAN, Block, BlockKind, pages_of, rows_of_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_HEADING = re.compile(r"heading (\d)")
_LEFT_OUT = {"del", "moveFrom", "Fallback", "instrText", "delText", "txbxContent", "pPr", "rPr", "footnoteReference"}
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


def read_docx(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a Word document section by section.

    Raises:
        UnreadableDocument: its archive or its main part is damaged.
    """
    with Archive(path, options.limits.most_unpacked_bytes) as archive:
        main = next(
            (member for kind, member in archive.relations("").values() if kind == "officeDocument"), "word/document.xml"
        )
        if main not in archive.names:
            raise UnreadableDocument("the file is damaged: it has no text part")
        word = _Word(archive, main)
        blocks = [*word.blocks(archive.xml(main)), *word.notes()]
        said = core_properties(archive, "docProps/core.xml")
    metadata, blocks = metadata_of_blocks(blocks, said)
    return document_of_sections(MEDIA_TYPE, pages_of(blocks), metadata)


class _Word:
    """The parts of a Word document that its text refers to."""

    def __init__(self, archive: Archive, main: str) -> None:
        self._archive = archive
        self._parts = {kind: member for kind, member in archive.relations(main).values() if member in archive.names}
        self._levels = self._heading_levels()
        self._listed = {
            attribute(style, "styleId"): found
            for style in self._part("styles")
            if (found := _properties(style)).get("numId", "0") != "0"
        }
        self._lists = WordLists(self._part("numbering"))

    def _part(self, kind: str) -> Any:  # noqa: ANN401  lxml has no types
        return self._archive.xml(self._parts[kind]) if kind in self._parts else []

    def _heading_levels(self) -> dict[str, int]:
        """Return the level of each heading style by its id."""
        levels: dict[str, int] = {}
        for style in self._part("styles"):
            names = [attribute(child, "val").lower() for child in style if local_name(child) == "name"]
            found = _HEADING.match(names[0]) if names else None
            if found:
                levels[attribute(style, "styleId")] = int(found.group(1)) + 1
            elif names and names[0] == "title":
                levels[attribute(style, "styleId")] = 1
        return levels

    def blocks(self, node: Any) -> Iterator[Block]:  # noqa: ANN401  as above
        """Yield the blocks below an element, in order; text boxes come after the paragraph that holds them."""
        for child in node:
            match local_name(child):
                case "p":
                    yield from self._paragraph(child)
                case "tbl":
                    yield from rows_of_table(self._rows(child))
                case "body" | "sdt" | "sdtContent" | "customXml" | "ins" | "smartTag" | "txbxContent":
                    yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:  # noqa: ANN401  as above
        text = _text(paragraph).strip()
        if text:
            yield self._block(text, _properties(paragraph))
        for box in paragraph.iter():
            if local_name(box) == "txbxContent" and not any(local_name(above) == "Fallback" for above in box.iterancestors()):
                yield from self.blocks(box)

    def _block(self, text: str, properties: dict[str, str]) -> Block:
        outline = properties.get("outlineLvl", "")
        level = self._levels.get(properties.get("pStyle", "")) or (int(outline) + 2 if outline in tuple("012345") else 0)
        if level:
            return Block(BlockKind.HEADING, " ".join(text.split()), level)
        listed = self._listed.get(properties.get("pStyle", ""), {}) | properties
        number = listed.get("numId", "0")
        if number == "0":
            return Block(BlockKind.PARAGRAPH, text)
        depth = int(listed.get("ilvl") or 0)
        return Block(BlockKind.ENTRY, f"{'  ' * depth}{self._lists.marker(number, depth)} {text}")

    def _rows(self, table: Any) -> Iterator[list[str]]:  # noqa: ANN401  as above
        for row in (child for child in table.iter() if local_name(child) == "tr" and _nearest(child, "tbl") is table):
            yield [text for cell in row if local_name(cell) in ("tc", "sdt") for text in _cells(cell)]

    def notes(self) -> Iterator[Block]:
        """Yield the footnotes and endnotes, which follow the text."""
        for kind in ("footnotes", "endnotes"):
            for note in self._part(kind):
                text = " ".join(_cell_text(note).split())
                if text and attribute(note, "type") in ("", "normal"):
                    yield Block(BlockKind.PARAGRAPH, text)


def _properties(paragraph: Any) -> dict[str, str]:  # noqa: ANN401  as above
    """Return the values set for a paragraph, or by a style, by the names of their elements; not those from before a change."""
    held = [part for child in paragraph if local_name(child) == "pPr" for part in child]
    held += [part for child in held if local_name(child) == "numPr" for part in child]
    return {local_name(part): attribute(part, "val") for part in held}


def _nearest(element: Any, name: str) -> Any:  # noqa: ANN401  as above
    return next((above for above in element.iterancestors() if local_name(above) == name), None)


def _cell_text(cell: Any) -> str:  # noqa: ANN401  as above
    return " ".join(_text(part) for part in cell.iter() if local_name(part) == "p")


def _cells(cell: Any) -> list[str]:  # noqa: ANN401  as above
    """Return the text of a cell, and an empty text for each further column that it spans."""
    spans = next((attribute(part, "val") for part in cell.iter() if local_name(part) == "gridSpan"), "")
    return [" ".join(_cell_text(cell).split()), *[""] * (min(int(spans), MOST_SPAN) - 1 if spans.isdigit() else 0)]


def _text(node: Any) -> str:  # noqa: ANN401  as above
    """Return the text of a paragraph as it is shown: with insertions, without deletions, fields by their shown value."""
    parts: list[str] = []
    for child in node:
        name = local_name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in _MARKS:
            parts.append(_MARKS[name])
        elif name not in _LEFT_OUT:
            parts.append(_text(child))
    return "".join(parts)


FORMAT = Format("DOCX", MEDIA_TYPE, (".docx",), read_docx, mark=ZIP_MARK, member="word/")
