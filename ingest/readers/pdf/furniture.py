"""Find what stands on page after page: running heads and feet, page numbers.

Comes in: the rows of every page. Goes out: the rows without them, and the printed page numbers. Refuses to take away anything
that does not repeat.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.letters import UNNAMED
from ingest.readers.pdf.markers import page_number
from ingest.readers.pdf.sheet.glyphs import Line

_EDGE = 0.17  # of the page's height, where heads and feet stand
_DEEPEST = 3  # rows from the edge
_LARGE = 1.3  # than most rows of the page
_LEAST_PAGES = 3  # on which something stands before it counts as repeated
_DIGITS = re.compile(r"\d+")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_NUMBER_AT_END = re.compile(r"^(\d{1,4})\b|\b(\d{1,4})$")


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A row near the head or foot of a page."""

    page: int  # 1-based
    line: Line
    place: tuple[int, bool]  # height in hundredths of the page, and whether it is at the foot
    large: bool = False  # set larger than most of the page, as heads of chapters are and running heads are not

    @property
    def pattern(self) -> str:
        """Return the text with every number replaced, the same on every page for a running head."""
        return _DIGITS.sub("#", self.line.text.lower())

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """Return the page numbers that the row may show: their value and how they are printed."""
        alone = page_number(self.line.text)
        if alone:
            return [(_value(alone), alone)]
        return [(int(printed), printed) for found in _NUMBER_AT_END.findall(self.line.text) for printed in found if printed]


def _value(printed: str) -> int:
    if printed.isdigit():
        return int(printed)
    letters = [_ROMAN[letter] for letter in printed.lower()]
    return sum(-one if one < after else one for one, after in zip(letters, [*letters[1:], 0], strict=True))


def edge_rows(page: int, height: float, rows: Sequence[Line]) -> list[EdgeRow]:
    """Return the rows that stand where heads and feet stand."""
    upright = sorted((row for row in rows if row.upright), key=lambda row: row.y0)
    usual = median(row.size for row in upright) if upright else 0.0
    at_head = [row for row in upright[:_DEEPEST] if row.y1 < _EDGE * height]
    at_foot = [row for row in upright[-_DEEPEST:] if row.y0 > (1 - _EDGE) * height]
    return [
        EdgeRow(page, row, (round(100 * row.y0 / height), foot), row.size > _LARGE * usual)
        for foot, side in ((False, at_head), (True, at_foot))
        for row in side
    ]


def printed_numbers(edges: Sequence[EdgeRow], page_count: int) -> dict[int, str]:
    """Return the printed number of each page where the pages agree on how printed numbers follow the pages.

    The distance between printed number and page is the same on at least three pages (on every page of a shorter document);
    other numbers at the edge (years, prices, notes) seldom agree. A number beside words counts only in a head that repeats.
    A page between two that agree has the number that is missing there.
    """
    heads = Counter(edge.pattern for edge in edges)
    offsets: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for edge in edges:
        if page_number(edge.line.text) is None and heads[edge.pattern] < _LEAST_PAGES:
            continue
        for value, printed in edge.numbers:
            offsets[value - edge.page].setdefault(edge.page, printed)
    if not offsets:
        return {}
    best = max(offsets, key=lambda offset: (len(offsets[offset]), -abs(offset)))
    agreed = offsets[best]
    if len(agreed) < max(2, min(_LEAST_PAGES, page_count)):
        return {}
    found = {**_unnamed_numbers(edges, agreed, best), **agreed}
    first = min((page for page, printed in found.items() if printed.isdigit()), default=max(found))
    return {**{page: str(page + best) for page in range(first, max(found))}, **found}


def _unnamed_numbers(edges: Sequence[EdgeRow], agreed: Mapping[int, str], offset: int) -> dict[int, str]:
    """Return the numbers of pages that print one in letters which the file does not name, where other pages print theirs."""
    numbers = [edge.place for edge in edges if agreed.get(edge.page) == page_number(edge.line.text)]
    places = {(height, foot) for place, foot in numbers for height in _near(place)}
    return {
        edge.page: str(edge.page + offset)
        for edge in edges
        if _is_unnamed(edge.line) and edge.place in places and edge.page + offset > 0
    }


def _is_unnamed(line: Line) -> bool:
    return not line.text.strip(UNNAMED)


def running_rows(edges: Sequence[EdgeRow], numbers: Mapping[int, str], page_count: int) -> set[int]:
    """Return the ids of the rows that are running heads, running feet or page numbers."""
    seen = Counter((edge.pattern, edge.place[1], height) for edge in edges for height in _near(edge.place[0]))
    needed = 2 if page_count == _LEAST_PAGES else _LEAST_PAGES  # in two pages a repeated line may be text
    patterns = Counter(edge.pattern for edge in edges)
    large = Counter(edge.pattern for edge in edges if edge.large)
    running: set[int] = set()
    for edge in edges:
        repeats = seen[edge.pattern, edge.place[1], edge.place[0]] >= needed
        shown = numbers.get(edge.page) if _is_unnamed(edge.line) else page_number(edge.line.text)
        is_number = shown is not None and numbers.get(edge.page) == shown
        if is_number or (repeats and 2 * large[edge.pattern] < patterns[edge.pattern] and _is_head(edge, numbers)):
            running.add(id(edge.line))
    return running


def _near(height: int) -> tuple[int, int, int]:
    return height - 1, height, height + 1


def _is_head(edge: EdgeRow, numbers: Mapping[int, str]) -> bool:
    """Tell whether a row that repeats is a head: it has words, or shows no number but the page's own."""
    if re.search(r"[^\W\d_]{2}", edge.line.text):
        return True
    return any(printed == numbers.get(edge.page) for _, printed in edge.numbers)
