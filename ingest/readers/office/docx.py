"""Read Word documents (DOCX), with the numbers and bullets that Word sets before the entries of lists.

Comes in: a path. Goes out: one page record for each section. Refuses to read headers, footers, deleted text and comments; notes
come after the text, never inside a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.front_matter import metadata_of_blocks
from ingest.readers.office.archives import Archive, attribute, core_properties, local_name
from ingest.readers.read_document import ReadDocument, ReadingOptions, document_of_sections
from ingest.readers.sections import MOST_SPAN, Block, BlockKind, pages_of, rows_of_table

_PLACE = re.compile(r"%(\d)")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_NUMBERED = {"decimal", "decimalZero", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_HEADING = re.compile(r"heading (\d)")
_LEFT_OUT = {"del", "moveFrom", "Fallback", "instrText", "delText", "txbxContent", "pPr", "rPr", "footnoteReference"}
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


@dataclass(frozen=True, slots=True)
class _Level:
    """How the entries of one depth of a list are counted and shown."""

    form: str = "bullet"
    shown: str = ""  # "%1.%2" shows the counts of the first and the second depth
    first: int = 1


class WordLists:
    """The lists of a document, and how far each has counted."""

    def __init__(self, numbering: Iterable[Any]) -> None:
        """Take the lists from the elements of a numbering part."""
        self._levels: dict[tuple[str, int], _Level] = {}
        self._counts: Counter[tuple[str, int]] = Counter()
        abstract: dict[str, dict[int, _Level]] = {}
        for entry in numbering:
            if local_name(entry) == "abstractNum":
                levels = (level for level in entry if local_name(level) == "lvl")
                abstract[attribute(entry, "abstractNumId")] = {int(attribute(one, "ilvl") or 0): _level(one) for one in levels}
            elif local_name(entry) == "num":
                for depth, level in abstract.get(value_of(entry, "abstractNumId"), {}).items():
                    self._levels[attribute(entry, "numId"), depth] = level

    def marker(self, number: str, depth: int) -> str:
        """Return what stands before the next entry of a list at a depth: "-" for bullets of all shapes."""
        level = self._levels.get((number, depth), _Level())
        if level.form not in _NUMBERED:
            return "-"
        self._counts[number, depth] += 1
        for deeper in [key for key in self._counts if key[0] == number and key[1] > depth]:
            del self._counts[deeper]
        shown = level.shown if "%" in level.shown else f"%{depth + 1}."
        return _PLACE.sub(lambda place: self._shown(number, int(place.group(1)) - 1), shown)

    def _shown(self, number: str, depth: int) -> str:
        level = self._levels.get((number, depth), _Level("decimal"))
        # A depth without an entry of its own counts as begun.
        return _in_form(level.first - 1 + max(1, self._counts[number, depth]), level.form)


def value_of(element: Any, name: str) -> str:  # noqa: ANN401  lxml has no types
    """Return the value that a child of that name sets, or nothing."""
    return next((attribute(child, "val") for child in element if local_name(child) == name), "")


def _level(element: Any) -> _Level:  # noqa: ANN401  as above
    first = value_of(element, "start")
    return _Level(value_of(element, "numFmt"), value_of(element, "lvlText"), int(first) if first.isdigit() else 1)


def _in_form(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)  # after z comes aa, then bb
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman"):
        return _roman(count).upper() if form == "upperRoman" else _roman(count)
    return f"{count:02}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    letters = ""
    for value, letter in (*_ROMAN, *_ROMAN_ONES):
        letters += letter * (count // value)
        count %= value
    return letters


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
