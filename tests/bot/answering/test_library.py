"""The contents of a document lead to its headings; to its pages only where it has no headings at all."""

from types import SimpleNamespace
from typing import cast

import pytest

from bot.answering.citations import PageReference
from bot.answering.library import BEGINNING, contents_of
from index.build.reader import Build
from index.records import Page, Passage

SECTIONS = {1: (), 2: (), 3: ("Getting ready",), 4: ("Getting ready", "The map"), 5: ("Getting ready", "The map")}


def build_of(sections: dict[int, tuple[str, ...]], paged: bool = True) -> Build:
    """A build of one document with a passage on each page, under the heading given."""
    pages = [Page(number, f"Text {number}.", paged=paged) for number in sections]
    passages = [
        Passage(f"id{number}", "guide", number, 0, 7, f"Text {number}.", section=section)
        for number, section in sections.items()
    ]
    records = SimpleNamespace(
        pages=lambda _: pages, rows_of=lambda _: range(len(passages)), passages=lambda rows: [passages[row] for row in rows]
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
