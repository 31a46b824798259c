"""Find headings by the file's outline and by their type.

Comes in: the paragraphs of all pages and the outline. Goes out: the same paragraphs, headings marked with their level. Refuses
to take a line for a heading that only stands alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.pdf.markers import begins_entry
from ingest.readers.pdf.paragraphs import Paragraph, Role
from ingest.readers.pdf.structure import OutlineEntry

_LARGER = 1.12  # than the body type
_MOST_WORDS = 25
_MOST_ROWS = 4
_MOST_LEVELS = 4
_LETTERS = re.compile(r"[^\W\d_]")
_KEY = re.compile(r"[\W_]+")
_BULLETS = re.compile(r"[•●■▪\-–*]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a heading is set."""

    size: int  # in half points
    bold: bool
    italic: bool
    capitals: bool

    @classmethod
    def of(cls, paragraph: Paragraph) -> "Style":
        """Return the style of a paragraph."""
        letters = "".join(_LETTERS.findall(paragraph.text))
        return cls(round(2 * paragraph.size), paragraph.bold, paragraph.italic, letters.isupper())

    @property
    def rank(self) -> tuple[int, bool, bool, bool]:
        """Return what makes a style higher than another: larger, then capitals, then bold, then upright."""
        return (self.size, self.capitals, self.bold, not self.italic)


@dataclass(frozen=True, slots=True)
class Typography:
    """The styles of a document: its body type and which styles are headings."""

    body: float  # height of the body type
    levels: Mapping[Style, int]
    outline: Mapping[int, Mapping[str, int]]  # by page: level by key of the title

    @classmethod
    def of(cls, pages: Mapping[int, Sequence[Paragraph]], outline: Iterable[OutlineEntry]) -> "Typography":
        """Learn the styles of a document from all of its pages."""
        by_page: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for entry in outline:
            by_page[entry.page][_key(entry.title)] = entry.level
        body = _body_size(paragraph for paragraphs in pages.values() for paragraph in paragraphs)
        counts: Counter[Style] = Counter()
        later: Counter[Style] = Counter()
        named: defaultdict[Style, list[int]] = defaultdict(list)
        for page, paragraphs in pages.items():
            for paragraph in paragraphs:
                level = by_page[page].get(_key(paragraph.text)) if page in by_page else None
                if _may_be_heading(paragraph) and (level or _stands_out(paragraph, body)):
                    style = Style.of(paragraph)
                    counts[style] += 1
                    later[style] += page > 1
                    if level:
                        named[style].append(level)
        if len(pages) > 1:  # what stands on the first page alone is the title, not a part of the text
            counts = Counter({style: count for style, count in counts.items() if later[style] or named[style]})
        return cls(body, _levels(counts, named), by_page)

    def mark(self, page: int, paragraphs: Sequence[Paragraph]) -> None:
        """Mark the headings of a page and give them their levels."""
        titles = self.outline.get(page, {})
        for paragraph in paragraphs:
            if not _may_be_heading(paragraph):
                continue
            if _stands_out(paragraph, self.body) or _key(paragraph.text) in titles:
                level = self.levels.get(Style.of(paragraph))
                if level:
                    paragraph.role, paragraph.level = Role.HEADING, level


def _key(text: str) -> str:
    return _KEY.sub("", text).lower()


def _body_size(paragraphs: Iterable[Paragraph]) -> float:
    """Return the type height of most letters."""
    letters: Counter[float] = Counter()
    for paragraph in paragraphs:
        letters[round(2 * paragraph.size) / 2] += len(paragraph.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _may_be_heading(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if paragraph.role is Role.ROW or len(paragraph.rows) > _MOST_ROWS or len(text.split()) > _MOST_WORDS:
        return False
    if len(_LETTERS.findall(text)) < 3 or text[0].islower() or text[-1] in ".,;:" or not paragraph.rows[0].upright:
        return False
    return not (begins_entry(text) and _BULLETS.match(text)) and "...." not in text


def _stands_out(paragraph: Paragraph, body: float) -> bool:
    if paragraph.size > _LARGER * body:
        return True
    return paragraph.bold and paragraph.size > 0.9 * body and len(paragraph.rows) <= 3


def _levels(counts: Counter[Style], named: Mapping[Style, list[int]]) -> dict[Style, int]:
    """Rank heading styles from the largest down; neighbours in size that differ by rounding are one."""
    levels: dict[Style, int] = {}
    above: Style | None = None
    level = 0
    for style in sorted(counts, key=lambda style: style.rank, reverse=True):
        if above is None or not _alike(above, style):
            level += 1
        levels[style] = min(level, _MOST_LEVELS)
        above = style
    for style, given in named.items():
        if len(given) >= 2:
            levels[style] = min(_MOST_LEVELS, round(median(given)))
    return levels


def _alike(above: Style, style: Style) -> bool:
    return above.size - style.size <= 1 and (above.bold, above.italic, above.capitals) == (
        style.bold,
        style.italic,
        style.capitals,
    )
