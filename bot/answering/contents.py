"""What stands where in a document: the outline that its file brought along, else its headings, else its pages.

Comes in: a build. Goes out: lines in order, each leading to a passage. Refuses to show an outline that a program filled with names of
files or with whole paragraphs, and to know how lines are shown.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from bot.answering.citations import PageReference
from index.build.reader import Build
from index.records import OutlineEntry, Page, Passage

BEGINNING = "Before the first heading"
FEWEST = 2  # entries of an outline that tells more than the title
MOST_WORDS = 12  # of a title, on average; programs that tag every paragraph make an outline of them
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 3
_FILE_NAME = re.compile(r"\S+\.(?:docx?|indd|pdf|pptx?|qxd|rtf|xlsx?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a document's contents."""

    heading: str
    page: PageReference | None  # None for documents without pages
    passage: str  # id of the first passage under it
    level: int = 1  # 1 is the highest, and none is skipped on the way down


def contents_of(build: Build, document_id: str) -> list[Entry]:
    """Return the contents of a document: the outline that its file brought along, or a line for each new heading, or for each page.

    What stands before the first heading of a document that has some is one line, however many pages it fills.

    Raises:
        UnknownDocument: the build holds no document of that id.
    """
    pages = {page.number: page for page in build.records.pages(document_id)}
    passages = build.records.passages(build.records.rows_of(document_id))
    outline = list(_placed(_naming(build.records.outline(document_id)), pages, passages))
    return outline if len(outline) >= FEWEST else list(_headings(pages, passages))


def _naming(outline: Sequence[OutlineEntry]) -> list[OutlineEntry]:
    """Return the entries that name a section; none where they hold whole paragraphs."""
    named = [entry for entry in outline if _names_section(entry.title)]
    if not named or fmean(len(entry.title.split()) for entry in named) > MOST_WORDS:
        return []
    return named


def _names_section(title: str) -> bool:
    return len(_LETTERS.findall(title)) >= _FEWEST_LETTERS and not _FILE_NAME.fullmatch(title)


def _placed(outline: Iterable[OutlineEntry], pages: dict[int, Page], passages: Sequence[Passage]) -> Iterator[Entry]:
    """Yield the entries behind which something can be quoted, each once."""
    numbers = [passage.page_number for passage in passages]
    before: Entry | None = None
    for entry in outline:
        first = bisect_left(numbers, entry.page)
        if first == len(passages):
            continue
        page = pages.get(entry.page)
        passage = _below(entry, passages[first : bisect_left(numbers, entry.page + 1)]) or passages[first]
        level = min(entry.level, before.level + 1 if before else 1)
        placed = Entry(entry.title, PageReference(entry.page, page.label if page else None), passage.id, level)
        if before is None or placed != replace(before, level=level):
            yield placed
            before = placed


def _below(entry: OutlineEntry, on_page: Sequence[Passage]) -> Passage | None:
    """Return the first passage of a page that stands under the entry's title."""
    title = _key(entry.title)
    return next((one for one in on_page if title == _key(one.section[-1] if one.section else "")), None) or next(
        (one for one in on_page if title in _key(one.text)), None
    )


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _headings(pages: dict[int, Page], passages: Sequence[Passage]) -> Iterator[Entry]:
    headed = any(passage.section for passage in passages)
    seen = ""
    for passage in passages:
        page = pages[passage.page_number]
        reference = PageReference(page.number, page.label) if page.paged else None
        heading = _heading(passage, reference, headed)
        if heading != seen:
            yield Entry(heading, reference if headed else None, passage.id)
            seen = heading


def _heading(passage: Passage, reference: PageReference | None, headed: bool) -> str:
    if passage.section:
        return passage.section[-1]
    if headed:
        return BEGINNING
    return str(reference) if reference else f"Section {passage.page_number}"
