"""The contents of a document are the outline of its file, else its headings; its pages only where it has neither."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from bot.answering.citations import PageReference
from bot.answering.contents import BEGINNING, contents_of
from index.build.reader import Build
from index.records import OutlineEntry, Page, Passage

SECTIONS = {1: (), 2: (), 3: ("Getting ready",), 4: ("Getting ready", "The map"), 5: ("Getting ready", "The map")}


def build_of(sections: dict[int, tuple[str, ...]], paged: bool = True, outline: Sequence[OutlineEntry] = ()) -> Build:
    """A build of one document with a passage on each page, under the heading given."""
    pages = [Page(number, f"Text {number}.", paged=paged) for number in sections]
    passages = [
        Passage(f"id{number}", "guide", number, 0, 7, f"Text {number}.", section=section)
        for number, section in sections.items()
    ]
    return _held(pages, passages, outline)


def _held(pages: Sequence[Page], passages: Sequence[Passage], outline: Sequence[OutlineEntry]) -> Build:
    records = SimpleNamespace(
        pages=lambda _: pages,
        rows_of=lambda _: range(len(passages)),
        passages=lambda rows: [passages[row] for row in rows],
        outline=lambda _: tuple(outline),
    )
    return cast(Build, SimpleNamespace(records=records))


def lines(build: Build) -> list[tuple[str, str, str]]:
    """Heading, page and passage of each line."""
    return [(entry.heading, str(entry.page or ""), entry.passage) for entry in contents_of(build, "guide")]


def test_a_document_with_headings_has_them_for_contents():
    """Pages before the first of them are one line, not "p. 1", "p. 2"."""
    assert lines(build_of(SECTIONS)) == [
        (BEGINNING, "p. 1", "id1"),
        ("Getting ready", "p. 3", "id3"),
        ("The map", "p. 4", "id4"),
    ]


@pytest.mark.parametrize(("paged", "named"), [(True, str(PageReference(2, None))), (False, "Section 2")])
def test_a_document_without_any_has_its_pages(paged: bool, named: str):
    """Or its sections."""
    assert lines(build_of({1: (), 2: ()}, paged))[1] == (named, "", "id2")


def levels(build: Build) -> list[tuple[int, str, str, str]]:
    """Level, heading, page and passage of each line."""
    return [(entry.level, entry.heading, str(entry.page), entry.passage) for entry in contents_of(build, "guide")]


def test_an_outline_comes_before_headings_and_pages():
    """As the file has it: nested, with its own words, and with pages that nothing was read from leading on to the next."""
    outline = [
        OutlineEntry("Part I", 1, 1),
        OutlineEntry("The map", 3, 2),
        OutlineEntry("Part II", 6, 1),
        OutlineEntry("The end", 9, 2),
    ]
    build = build_of({1: (), 3: (), 7: ()}, outline=outline)
    assert levels(build) == [
        (1, "Part I", "p. 1", "id1"),
        (2, "The map", "p. 3", "id3"),
        (1, "Part II", "p. 6", "id7"),
    ]


def test_an_entry_leads_to_what_stands_under_its_title():
    """Not to the top of its page, where its page holds several sections."""
    text = "Old matter.\n\nWho may bid\n\nAnybody.\n\nHow to bid. Write."
    passages = [
        Passage("old", "guide", 1, 0, 11, "Old matter."),
        Passage("who", "guide", 1, 26, 34, "Anybody.", section=("WHO MAY BID",)),
        Passage("how", "guide", 1, 36, 54, "How to bid. Write."),
    ]
    outline = [OutlineEntry(title, 1, 1) for title in ("Who may bid", "How to bid", "Elsewhere")]
    build = _held([Page(1, text)], passages, outline)
    assert [passage for *_, passage in lines(build)] == ["who", "how", "old"]


@pytest.mark.parametrize(
    "titles",
    [
        ["Cover"],  # one line tells no more than the title
        ["7961_cs", "/"],  # a printer's job
        ["front.indd", "Chapter1.docx", "Guide"],  # the files that it was joined from
        [
            *["The council answers in writing, with its reasons, within eight weeks of the day on which it was asked."] * 2,
            "Map",
        ],
    ],
)
def test_an_outline_that_names_no_sections_is_not_shown(titles: list[str]):
    """Programs make outlines of names of files, and of every paragraph; headings serve better."""
    outline = [OutlineEntry(title, number, 1) for number, title in enumerate(titles, start=1)]
    assert lines(build_of(SECTIONS, outline=outline)) == lines(build_of(SECTIONS))


def test_the_same_line_is_not_shown_twice():
    """Nor is a level skipped on the way down, where what stood between is not shown."""
    outline = [
        OutlineEntry("Start", 1, 1),
        OutlineEntry("Start", 1, 2),
        OutlineEntry("1", 1, 2),
        OutlineEntry("Rights", 2, 3),
    ]
    assert [(level, heading) for level, heading, *_ in levels(build_of({1: (), 2: ()}, outline=outline))] == [
        (1, "Start"),
        (2, "Rights"),
    ]
