"""Write paragraphs out as the text of a page, every character with its box.

Comes in: paragraphs in order. Goes out: text, boxes, headings, ranges to keep together. Refuses to change what a reader sees:
words parted at a line end are joined, marks of notes raised, double spaces made single, nothing else.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

import numpy as np

from index.records import Heading, Span
from ingest.readers.letters import HYPHEN_AT_LINE_END, UNNAMED, superscript
from ingest.readers.pdf.paragraphs import Paragraph, Role, cells_of
from ingest.readers.pdf.sheet.glyphs import Glyph, Line
from ingest.readers.read_document import Boxes

_HYPHENS = ("-", "\u2010", HYPHEN_AT_LINE_END)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD_AT_END = re.compile(r"([^\W\d_]+)$")
_WORD_AT_START = re.compile(r"([^\W\d_]+)")
# First parts that keep their hyphen wherever the line ends.
_KEEPS_HYPHEN = frozenset(
    "self non well high low long short full part cross ex co semi quasi half all post pre anti multi".split()
)
_AFTER_ING = ("ly", "ness", "ful", "less", "s")
_RAISED_SIZE = 0.8  # of the line's type
_RAISED_BY = 0.12  # of the line's height, above its baseline
_UNSEEN_GAP = 0.08  # of the type's height: a space that opens no gap is not seen
_LONGEST_ENTRY = 45  # words
_SEEN_GAP = 0.3  # of the type's height: a gap that parts words without a space; tracked capitals have less
_LEADER = [".", ".", "."]
_CELL_BORDER = " | "
_STEPS = 65535


@dataclass
class PageText:
    """The text of a page as it grows."""

    characters: list[str] = field(default_factory=list)
    glyphs: list[Glyph | None] = field(default_factory=list)  # one for each character; None for what only parts words
    headings: list[Heading] = field(default_factory=list)
    runs: list[Span] = field(default_factory=list)  # lists and tables

    @property
    def text(self) -> str:
        """Return the text so far."""
        return "".join(self.characters)

    def add(self, text: str, glyph: Glyph | None = None) -> None:
        """Add characters of one glyph, or characters without ink."""
        for character in text:
            self.characters.append(character)
            self.glyphs.append(glyph)

    def boxes(self, width: float, height: float, turn: int) -> Boxes:
        """Return the boxes, uint16 of shape (characters, 4), as shares of the page's sides times 65535.

        ``turn`` is how many quarter turns, clockwise, set the text upright; the boxes are those before the turns.
        """
        corners = np.array(
            [(g.x0, g.y0, g.x1, g.y1) if g and g.has_ink else (0, 0, 0, 0) for g in self.glyphs], dtype=np.float64
        ).reshape(-1, 4)
        shares = corners / np.array([width, height, width, height]).clip(min=1.0)
        x0, y0, x1, y1 = shares.clip(0, 1).T
        before = {
            0: (x0, y0, x1, y1),
            1: (y0, 1 - x1, y1, 1 - x0),
            2: (1 - x1, 1 - y1, 1 - x0, 1 - y0),
            3: (1 - y1, x0, 1 - y0, x1),
        }[turn]
        boxes: Boxes = (np.stack(before, axis=1) * _STEPS * (corners.any(axis=1, keepdims=True))).round().astype(np.uint16)
        return boxes


def page_text(paragraphs: Sequence[Paragraph], vocabulary: Container[str]) -> PageText:
    """Write out the paragraphs of a page; ``vocabulary`` holds the document's words in lower case."""
    page = PageText()
    before: Paragraph | None = None
    start_before = 0
    for paragraph in paragraphs:
        listed = _is_listed(paragraph)
        joins = before is not None and listed and before.role is paragraph.role and _is_listed(before)
        if before is not None:
            page.add("\n" if joins else "\n\n")
        start = len(page.characters)
        _write(page, paragraph, vocabulary)
        end = len(page.characters)
        if paragraph.role is Role.HEADING:
            page.headings.append(Heading(start, end, paragraph.level, " ".join(page.text[start:end].split())))
        if listed:
            introduced = before is not None and _introduces(before)
            first = page.runs.pop()[0] if joins else start_before if introduced else start
            page.runs.append((first, end))
        before, start_before = paragraph, start
    return page


def vocabulary_of(paragraphs: Iterable[Paragraph]) -> set[str]:
    """Return the words of a document in lower case, without the halves of words that are parted at a line end."""
    words: set[str] = set()
    for paragraph in paragraphs:
        parted = False
        for row in paragraph.rows:
            text = row.text.partition(" ")[2] if parted else row.text
            parted = row.text.endswith(_HYPHENS)
            words.update(_WORD.findall((text.rpartition(" ")[0] if parted else text).lower()))
    return words


def _is_listed(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph belongs to a list or table; a long numbered paragraph stands by itself."""
    return paragraph.role is Role.ROW or (paragraph.role is Role.ENTRY and len(paragraph.text.split()) <= _LONGEST_ENTRY)


def _introduces(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph, which may be a numbered one, leads to a list."""
    leads = paragraph.role is Role.TEXT or (paragraph.role is Role.ENTRY and not _is_listed(paragraph))
    return leads and paragraph.text.rstrip().endswith((":", "…", "..."))


def _write(page: PageText, paragraph: Paragraph, vocabulary: Container[str]) -> None:
    borders = _borders(paragraph)
    page.add(next(borders))
    for index, row in enumerate(paragraph.rows):
        if index and row.cell != paragraph.rows[index - 1].cell:
            page.add(next(borders))
        elif index and not _join_words(page, row, vocabulary):
            page.add(" ")
        _write_row(page, row, set(cells_of(row)[1:]) if paragraph.role is Role.ROW else set(), borders)
    if paragraph.columns:
        page.add(" |" * (paragraph.column_count - 1 - paragraph.columns[-1]))


def _borders(paragraph: Paragraph) -> Iterator[str]:
    """Yield what stands before the first cell of a row, then before each other: a bar for each column that is empty, too."""
    before = -1
    for column in paragraph.columns:
        yield "| " * (column - before - 1) if before < 0 else " |" * (column - before) + " "
        before = column
    yield from chain([] if paragraph.columns else [""], repeat(_CELL_BORDER))


def _write_row(page: PageText, row: Line, cells: set[int], borders: Iterator[str]) -> None:
    last: Glyph | None = None
    pending = False  # a space that has not been written
    for index, glyph in enumerate(row.glyphs):
        if not glyph.has_ink:
            pending = last is not None
            continue
        if glyph.char == "." and page.characters[-3:] == _LEADER:
            last, pending = glyph, True  # dots that lead to a page number: three say as much
            continue
        if index in cells:
            page.add(next(borders))
        elif last is not None and _is_parted(last, glyph, row, pending):
            page.add(" ")
        page.add(_seen(glyph, row, last), glyph)
        last, pending = glyph, False


def _is_parted(last: Glyph, glyph: Glyph, row: Line, spaced: bool) -> bool:
    """Tell whether a reader sees a space between two glyphs.

    Some files put a space that opens no gap before or after a note's mark, others part words by a gap without a space.
    """
    gap = glyph.x0 - last.x1
    if not spaced:
        return gap > _SEEN_GAP * row.size
    return gap >= _UNSEEN_GAP * row.size or not (glyph.char in ".,;:!?)" or _is_raised(glyph, row))


def _is_raised(glyph: Glyph, row: Line) -> bool:
    """Tell whether a glyph is a digit that is smaller than its line and stands above the baseline: the mark of a note."""
    if not glyph.char.isdigit():
        return False
    return glyph.height < _RAISED_SIZE * row.size and row.base - glyph.base > _RAISED_BY * row.size


def _seen(glyph: Glyph, row: Line, last: Glyph | None) -> str:
    if glyph.char == HYPHEN_AT_LINE_END:
        return "-"
    if glyph.char == UNNAMED:
        return "•" if last is None and len(row.text) > 2 else ""
    return superscript(glyph.char) if _is_raised(glyph, row) else glyph.char


def _join_words(page: PageText, row: Line, vocabulary: Container[str]) -> bool:
    """Join a word parted by a hyphen at the line end to its rest; tell whether the row goes on without a space."""
    if not page.characters or page.characters[-1] not in _HYPHENS:
        return page.characters[-1:] == ["/"] or page.characters[-1:] == ["—"]
    tail = "".join(page.characters[-40:-1])
    head, rest = _WORD_AT_END.search(tail), _WORD_AT_START.match(row.text)
    if not head or not rest:
        return bool(head) and row.text[:1].isdigit()
    if not rest.group(1)[0].islower():
        return True  # "Anglo-" / "Saxon"
    chained = row.text[rest.end() : rest.end() + 1] in _HYPHENS[:2]  # "up-" / "to-date"
    if not chained and not _is_compound(head.group(1).lower(), rest.group(1).lower(), tail, vocabulary):
        page.characters.pop()
        page.glyphs.pop()
    return True


def _is_compound(head: str, rest: str, tail: str, vocabulary: Container[str]) -> bool:
    """Tell whether the hyphen belongs to the word, by how the document writes it elsewhere."""
    if head + rest in vocabulary:
        return False
    if f"{head}-{rest}" in vocabulary or head in _KEEPS_HYPHEN or tail.endswith(f"-{head}"):
        return True
    if head.endswith("ing") and len(head) > 5 and rest not in _AFTER_ING:
        return True  # "filling-" / "stations": few words go on after "ing"
    return len(head) > 2 and len(rest) > 2 and head in vocabulary and rest in vocabulary
