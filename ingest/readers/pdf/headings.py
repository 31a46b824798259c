"""Find headings by the file's outline and by their type, and the title that a first page shows.

Comes in: the paragraphs of all pages and the outline. Goes out: the same paragraphs, headings marked with their level; a title, and
the lines that may bear a date or a name. Refuses to take a line for a heading that only stands alone, and to look at metadata.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from index.records import OutlineEntry
from ingest.readers.front_matter import MOST_TITLE, short_title
from ingest.readers.pdf.markers import begins_entry
from ingest.readers.pdf.paragraphs import Paragraph, Role, cells_of
from ingest.readers.sections import Block, BlockKind

_LARGER = 1.12  # than the body type
_MOST_WORDS = 25
_MOST_ROWS = 4
_MOST_LEVELS = 4
_LETTERS = re.compile(r"[^\W\d_]")
_KEY = re.compile(r"[\W_]+")
_ENDINGS = ".,;:?!"
_LETTERED = re.compile(r"\(?(?:[a-zA-Z]|\d{1,2}|[ivx]{1,5})[.)]\s+(?=\S)")
_MOST_WORDS_LETTERED = 10
_BULLETS = re.compile(r"[•●■▪\-–*\ufffd]")
_TITLE_TYPE = 0.7  # of the largest type of the page
_SHORT_ROWS = 3  # of a paragraph whose rows may each be a line of its own: a date below a name


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
        titles: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for entry in outline:
            titles[entry.page][_key(entry.title)] = entry.level
        body = _body_size(paragraph for paragraphs in pages.values() for paragraph in paragraphs)
        first_pages: dict[Style, int] = {}
        last_pages: dict[Style, int] = {}
        named: defaultdict[Style, list[int]] = defaultdict(list)
        for page, paragraphs in pages.items():
            for paragraph in _headings(paragraphs, body, titles[page]):
                style = Style.of(paragraph)
                first_pages.setdefault(style, page)
                last_pages[style] = page
                if level := titles[page].get(_key(paragraph.text)):
                    named[style].append(level)
        # What is set as nothing after the first page is the title, not a heading of the text.
        styles = [style for style in first_pages if last_pages[style] > 1 or named[style] or len(pages) == 1]
        return cls(body, _levels(styles, named), dict(titles))

    def mark(self, page: int, paragraphs: Sequence[Paragraph]) -> None:
        """Mark the headings of a page and give them their levels."""
        for paragraph in _headings(paragraphs, self.body, self.outline.get(page, {})):
            level = self.levels.get(Style.of(paragraph))
            if level:
                paragraph.role, paragraph.level = Role.HEADING, level


def _headings(paragraphs: Sequence[Paragraph], body: float, titles: Mapping[str, int]) -> list[Paragraph]:
    before: Sequence[Paragraph | None] = [None, *paragraphs]
    after: Sequence[Paragraph | None] = [*paragraphs[1:], None]
    return [
        paragraph
        for above, paragraph, below in zip(before, paragraphs, after, strict=False)
        if _is_heading(paragraph, body, titles) or _is_lettered(above, paragraph, below)
    ]


def _is_lettered(above: Paragraph | None, paragraph: Paragraph, below: Paragraph | None) -> bool:
    """Tell whether a line in italics with a letter or number before it is a heading: it has text below it, not a list's next entry."""
    mark = _LETTERED.match(paragraph.text)
    if not mark or len(paragraph.rows) > 1 or not paragraph.italic or paragraph.text[-1] in _ENDINGS:
        return False
    if len(paragraph.text.split()) > _MOST_WORDS_LETTERED or not paragraph.text[mark.end()].isupper():
        return False
    is_listed = above is not None and above.role is Role.ENTRY and above.italic
    return below is not None and below.role is Role.TEXT and not below.italic and not is_listed


def _is_heading(paragraph: Paragraph, body: float, titles: Mapping[str, int]) -> bool:
    """Tell whether a paragraph is a heading: it may be one, and its type or the outline says so.

    An outline alone is not believed about plain text: word processors fill it with whatever carries a heading's style.
    """
    if not _may_be_heading(paragraph):
        return False
    return _stands_out(paragraph, body) or (_key(paragraph.text) in titles and not _is_plain(paragraph, body))


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
    if "...." in text or (text[-1].isdigit() and len(cells_of(paragraph.rows[-1])) > 1):
        return False  # a line of contents
    return not (begins_entry(text) and _BULLETS.match(text))


def _is_plain(paragraph: Paragraph, body: float) -> bool:
    style = Style.of(paragraph)
    return paragraph.size <= 1.02 * body and not (style.bold or style.italic or style.capitals)


def _stands_out(paragraph: Paragraph, body: float) -> bool:
    if paragraph.size > _LARGER * body:
        return True
    return paragraph.bold and paragraph.size > 0.9 * body and len(paragraph.rows) <= 3


def _levels(styles: Iterable[Style], named: Mapping[Style, list[int]]) -> dict[Style, int]:
    """Rank heading styles from the largest down; neighbours in size that differ by rounding are one."""
    levels: dict[Style, int] = {}
    above: Style | None = None
    level = 0
    for style in sorted(styles, key=lambda style: style.rank, reverse=True):
        if above is None or not _alike(above, style):
            level += 1
        levels[style] = min(level, _MOST_LEVELS)
        above = style
    for style in levels:
        if len(named[style]) >= 2:
            levels[style] = min(_MOST_LEVELS, round(median(named[style])))
    return levels


def _alike(above: Style, style: Style) -> bool:
    return above.size - style.size <= 1 and (above.bold, above.italic, above.capitals) == (
        style.bold,
        style.italic,
        style.capitals,
    )


def title_shown(paragraphs: Sequence[Paragraph], body: float) -> str:
    """Return the title that a page shows, or nothing: the words in its largest type, else the short lines at its head."""
    texts = [one for one in paragraphs if one.role is not Role.ROW and one.rows[0].upright]
    largest = max((one.size for one in texts if len(one.text) > 3), default=0.0)
    if largest > _LARGER * body:
        return _joined([one for one in texts if one.size >= max(_TITLE_TYPE * largest, 1.02 * body)])
    opening: list[Paragraph] = []
    for one in paragraphs:
        if one.role is Role.ROW or not short_title(Block(BlockKind.PARAGRAPH, one.text)):
            break
        opening.append(one)
    return _joined(opening) if len(opening) < len(paragraphs) else ""


def lines_of(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Return the paragraphs of a page, and of short ones each row as well."""
    lines = [one.text for one in paragraphs]
    return lines + [row.text for one in paragraphs if 1 < len(one.rows) <= _SHORT_ROWS for row in one.rows]


def _joined(paragraphs: Sequence[Paragraph]) -> str:
    """Return paragraphs as one line, as many as fit."""
    title = ""
    for paragraph in paragraphs:
        longer = f"{title} {' '.join(paragraph.text.split())}".strip()
        if len(longer) > MOST_TITLE:
            break
        title = longer
    return title
