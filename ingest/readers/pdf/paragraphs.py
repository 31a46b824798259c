"""Gather rows into paragraphs, list entries and table rows.

Comes in: the rows of a page in reading order. Goes out: paragraphs in the same order. Refuses to know headings and other pages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import pairwise
from statistics import median

from ingest.readers.letters import HYPHEN_AT_LINE_END
from ingest.readers.pdf.markers import begins_entry, is_marker
from ingest.readers.pdf.sheet.glyphs import Box, Line

_HANGING = re.compile(r"(?:\d{1,3}|[⁰¹²³⁴-⁹]{1,3}|[A-Z])\s")  # a note's mark, a chapter's number or letter
_ENDINGS = ".!?:;"
_GOES_ON = re.compile(r"[;,](?:\s+(?:and|or))?$")
_EXTRA_LEADING = 1.22  # of the usual distance between lines: more is a new paragraph
_INDENT = 0.7  # of the type's height
_OTHER_SIZE = 1.1
_SHORT = 0.8  # a row that ends before this share of its column is wide enough for more words
_WIDEST_CELL_GAP = 1.4  # of the type's height, from which on a gap inside a row parts cells


class Role(Enum):
    """What a paragraph is."""

    TEXT = "text"
    ENTRY = "entry"  # of a list
    ROW = "row"  # of a table
    HEADING = "heading"


@dataclass
class Paragraph:
    """Rows that read as one."""

    rows: list[Line]
    role: Role = Role.TEXT
    level: int = 0  # of a heading, 1 is the highest
    columns: tuple[int, ...] = ()  # of a table's row that lacks cells: the column of each that it has, from 0
    column_count: int = 0  # of that table

    @cached_property
    def box(self) -> Box:
        """Return the smallest box around the rows."""
        return Box.around(self.rows)

    @property
    def text(self) -> str:
        """Return the words, for comparing; what is quoted is assembled with care for hyphens."""
        return " ".join(row.text for row in self.rows)

    @property
    def size(self) -> float:
        """Return the height of the type."""
        return median(row.size for row in self.rows)

    @property
    def bold(self) -> bool:
        """Tell whether all rows are bold."""
        return all(row.bold for row in self.rows)

    @property
    def italic(self) -> bool:
        """Tell whether all rows are italic."""
        return all(row.italic for row in self.rows)


@dataclass
class _Column:
    """What is usual on this page: how far lines stand apart, by type size, and how wide text runs."""

    leading: dict[int, float] = field(default_factory=dict)
    right: dict[int, float] = field(default_factory=dict)  # by left edge, in steps of ten points

    @classmethod
    def of(cls, rows: Sequence[Line]) -> "_Column":
        steps: dict[int, list[float]] = {}
        right: dict[int, float] = {}
        for above, below in pairwise(rows):
            step = below.y0 - above.y0
            if 0 < step < 1.8 * above.size and round(above.size) == round(below.size):
                steps.setdefault(round(above.size), []).append(step)
        for row in rows:
            edge = round(row.x0 / 10)
            right[edge] = max(right.get(edge, 0.0), row.x1)
        return cls({size: median(sorted(found)[: len(found) // 2 + 1]) for size, found in steps.items()}, right)

    def step_of(self, row: Line) -> float:
        # A size that stands on few rows (a title) shows no usual distance: titles are set with up to half a line between.
        return self.leading.get(round(row.size), 1.25 * row.size)

    def ends_short(self, row: Line) -> bool:
        edge = round(row.x0 / 10)
        right = max(self.right.get(edge + step, 0.0) for step in (-1, 0, 1))
        return row.x1 < row.x0 + _SHORT * (right - row.x0)


def paragraphs_of(rows: Sequence[Line]) -> list[Paragraph]:
    """Return the paragraphs of a page, in order."""
    column = _Column.of(rows)
    paragraphs: list[Paragraph] = []
    for row in rows:
        if paragraphs and _goes_on(paragraphs[-1].rows, row, column):
            paragraphs[-1].rows.append(row)
        else:
            paragraphs.append(Paragraph([row]))
    for paragraph in paragraphs:
        if paragraph.rows[0].table_row:
            paragraph.role = Role.ROW
        elif begins_entry(paragraph.rows[0].text):
            paragraph.role = Role.ENTRY
    _mark_items(paragraphs)
    _mark_tables(paragraphs)
    return paragraphs


def _goes_on(rows: list[Line], row: Line, column: _Column) -> bool:
    last = rows[-1]
    if row.table_row or last.table_row:
        return row.table_row == last.table_row
    if is_marker(last.text) and len(rows) == 1 and row.level_with(last):
        return True
    if begins_entry(row.text) and not _is_mid_sentence(last, row):
        return False
    if max(row.size, last.size) > _OTHER_SIZE * min(row.size, last.size) or last.upright != row.upright:
        return False
    if row.y0 < last.y0 + 0.3 * last.size:
        return _continues_elsewhere(last, row)
    if row.y0 - last.y0 > _EXTRA_LEADING * column.step_of(row):
        return False
    return not (_is_indented(rows, row) or _breaks_off(last, row, column))


def _is_mid_sentence(last: Line, row: Line) -> bool:
    """Tell whether a row that seems to begin an entry is the rest of a sentence: "... in section / 2. The ..." stays apart."""
    return last.text[-1:] not in _ENDINGS and last.text[-1:].isalpha() and row.text[:1].isdigit() and "." not in row.text[:3]


def _continues_elsewhere(last: Line, row: Line) -> bool:
    """Tell whether text goes on at the top of the next column."""
    if last.text.endswith(HYPHEN_AT_LINE_END):
        return True
    return last.text[-1:] not in _ENDINGS and row.text[:1].islower() and last.bold == row.bold and row.upright


def _is_indented(rows: list[Line], row: Line) -> bool:
    last = rows[-1]
    if abs((last.x0 + last.x1) - (row.x0 + row.x1)) < last.size:
        return False  # centred
    shift = row.x0 - last.x0
    if len(rows) == 1:
        hangs = begins_entry(last.text) or bool(_HANGING.match(last.text))
        return (
            shift > (6 if hangs else _INDENT) * row.size or (shift < -6 * row.size) or (hangs and shift < -_INDENT * row.size)
        )
    return abs(shift) > _INDENT * row.size


def _breaks_off(last: Line, row: Line, column: _Column) -> bool:
    if row.text[:1].islower() or not column.ends_short(last):
        return False
    return last.bold != row.bold or last.text[-1:] in _ENDINGS


def _mark_items(paragraphs: list[Paragraph]) -> None:
    """Mark the entries of a list whose bullets are pictures: behind a colon, indented, small letters first, semicolons between."""
    introduction: Paragraph | None = None
    entries: list[Paragraph] = []
    for paragraph in [*paragraphs, None]:
        if introduction and paragraph and _is_item(introduction, entries, paragraph):
            entries.append(paragraph)
            continue
        if len(entries) > 1:
            for entry in entries:
                entry.role = Role.ENTRY
        entries = []
        introduction = paragraph if paragraph and paragraph.role is not Role.ROW and paragraph.text.endswith(":") else None


def _is_item(introduction: Paragraph, entries: Sequence[Paragraph], paragraph: Paragraph) -> bool:
    if paragraph.role is not Role.TEXT or not paragraph.text[:1].islower():
        return False
    if not entries:
        return paragraph.box.x0 > introduction.box.x0 + _INDENT * paragraph.size
    return bool(_GOES_ON.search(entries[-1].text)) and abs(paragraph.box.x0 - entries[0].box.x0) < _INDENT * paragraph.size


def _mark_tables(paragraphs: list[Paragraph]) -> None:
    """Mark three or more single rows in succession that each hold cells as rows of a table."""
    run: list[Paragraph] = []
    for paragraph in [*paragraphs, None]:
        if paragraph is not None and len(paragraph.rows) == 1 and len(cells_of(paragraph.rows[0])) > 1:
            run.append(paragraph)
            continue
        if len(run) >= 3:
            for member in run:
                member.role = Role.ROW
        run = []


def cells_of(row: Line) -> list[int]:
    """Return the indices of the glyphs that begin a cell of a row; a row without wide gaps is one cell.

    A gap after a bullet or a number parts no cells.
    """
    starts: list[int] = []
    for index, gap in _gaps(row):
        so_far = "".join(glyph.char for glyph in row.glyphs[:index]).strip()
        if not starts or (gap > _WIDEST_CELL_GAP * row.size and not is_marker(so_far)):
            starts.append(index)
    return starts


def _gaps(row: Line) -> Iterator[tuple[int, float]]:
    reach: float | None = None
    for index, glyph in enumerate(row.glyphs):
        if glyph.has_ink:
            yield index, 0.0 if reach is None else glyph.x0 - reach
            reach = glyph.x1
