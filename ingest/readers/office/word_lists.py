"""The numbers and bullets that Word sets before the entries of lists.

Comes in: the numbering part of a Word document. Goes out: what stands before each entry, as a reader sees it. Refuses to know
paragraphs.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ingest.readers.office.archives import attribute, local_name

_PLACE = re.compile(r"%(\d)")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_NUMBERED = {"decimal", "decimalZero", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}


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
