"""The outline of a PDF is read as far as it goes: nested, bounded, and in spite of what is broken in it."""

from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

from index.records import OutlineEntry
from ingest.readers.pdf.outline import MOST_CHARACTERS, MOST_DEPTH
from ingest.readers.pdf.structure import structure_of
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file

PAGES = 4


class Drawn:
    """A PDF whose outline is written object by object, so that it may be wrong."""

    def __init__(self, path: Path) -> None:
        """Give the file at ``path`` an empty outline."""
        self.path = path
        self.writer = pypdf.PdfWriter(clone_from=path)
        self.root = self.add()
        self.writer.root_object[NameObject("/Outlines")] = self.root.indirect_reference

    def add(self, **values: Any) -> Any:
        """Return a new entry with ``values``."""
        entry = DictionaryObject()
        self.writer._add_object(entry)
        self.put(entry, **values)
        return entry

    def put(self, entry: Any, **values: Any) -> None:
        """Set ``values`` of an entry; another entry is pointed at, a number is a page (0-based), a text a title."""
        for name, value in values.items():
            if isinstance(value, DictionaryObject) and getattr(value, "indirect_reference", None):
                value = value.indirect_reference
            elif isinstance(value, str):
                value = TextStringObject(value)
            elif isinstance(value, int) and not isinstance(value, NumberObject):
                value = ArrayObject([self.writer.pages[value].indirect_reference, NameObject("/Fit")])
            entry[NameObject(f"/{name}")] = value

    def outline(self) -> tuple[OutlineEntry, ...]:
        """Write the file and read its outline."""
        self.writer.write(self.path)
        return structure_of(self.path).outline


@pytest.fixture
def drawn(make_pdf, lines):
    """A file of four pages."""
    return Drawn(make_pdf([lines([f"Page {number}."]) for number in range(1, PAGES + 1)]))


def told(outline: tuple[OutlineEntry, ...]) -> list[tuple[int, str, int]]:
    """Level, title, page."""
    return [(entry.level, entry.title, entry.page) for entry in outline]


def test_it_is_read_with_its_levels_and_pages(make_pdf, lines):
    """As viewers show it; the document hands it on."""
    path = make_pdf([lines([f"Page {number}."]) for number in range(1, PAGES + 1)])
    writer = pypdf.PdfWriter(clone_from=path)
    part = writer.add_outline_item(title="Part I", page_number=0)
    writer.add_outline_item(title="  Who may\nbid ", page_number=1, parent=part)
    writer.add_outline_item(title="Part II", page_number=3)
    writer.write(path)
    read = read_file(path, ReadingOptions(ocr=False))
    assert told(read.outline) == [(1, "Part I", 1), (2, "Who may bid", 2), (1, "Part II", 4)]


def test_one_that_only_holds_others_leads_where_the_first_of_them_leads(drawn):
    """It is no line less for that; one that leads nowhere at all is."""
    below = drawn.add(Title="Who may bid", Dest=2)
    nowhere = drawn.add(Title="Nowhere")
    part = drawn.add(Title="Part I", First=drawn.add(Title="Chapter 1", First=below), Next=nowhere)
    drawn.put(drawn.root, First=part)
    assert told(drawn.outline()) == [(1, "Part I", 3), (2, "Chapter 1", 3), (3, "Who may bid", 3)]


def test_circles_end(drawn):
    """Below and after itself, and after its parent."""
    first, second = drawn.add(Title="First", Dest=0), drawn.add(Title="Second", Dest=1)
    drawn.put(first, First=second, Next=first)
    drawn.put(second, First=second, Next=first)
    drawn.put(drawn.root, First=first)
    assert told(drawn.outline()) == [(1, "First", 1), (2, "Second", 2)]


def test_what_is_broken_costs_only_itself(drawn):
    """Titles, places and children that are not what they should be, or not there at all."""
    missing = pypdf.generic.IndirectObject(9999, 0, drawn.writer)
    after = drawn.add(Title="After", Dest=3)
    broken: list[dict[str, Any]] = [
        {"Title": NumberObject(7), "Dest": 0},
        {"Title": "No such page", "Dest": ArrayObject([missing, NameObject("/Fit")])},
        {"Title": "Empty place", "Dest": ArrayObject()},
        {"Title": "Null", "Dest": NullObject()},
        {"Title": "Unknown name", "Dest": "chapter.9"},
        {"Title": "A page too far", "Dest": ArrayObject([NumberObject(PAGES)])},
        {"Title": "Children", "First": NumberObject(3)},
        {"Title": missing, "First": missing},
    ]
    following = after
    for values in broken:
        following = drawn.add(**values, Next=following)
    drawn.put(drawn.root, First=drawn.add(Title="Before", Dest=0, Next=following))
    assert told(drawn.outline()) == [(1, "Before", 1), (1, "After", 4)]


def test_places_are_found_however_they_are_written(drawn):
    """By an action, by a name, in a dictionary, and by the number of the page, as some programs do."""
    drawn.writer.add_named_destination("chapter", 2)
    action = DictionaryObject({NameObject("/S"): NameObject("/GoTo")})
    drawn.put(action, D=1)
    wrapped = DictionaryObject()
    drawn.put(wrapped, D=3)
    number = drawn.add(Title="By number", Dest=ArrayObject([NumberObject(1), NameObject("/Fit")]))
    inside = drawn.add(Title="In a dictionary", Dest=wrapped, Next=number)
    named = drawn.add(Title="By name", Dest="chapter", Next=inside)
    drawn.put(drawn.root, First=drawn.add(Title="By action", A=action, Next=named))
    assert [(title, page) for _, title, page in told(drawn.outline())] == [
        ("By action", 2),
        ("By name", 3),
        ("In a dictionary", 4),
        ("By number", 2),
    ]


def test_it_is_bounded(drawn, monkeypatch):
    """In entries, in depth and in the length of a title; what lies within is kept."""
    monkeypatch.setattr("ingest.readers.pdf.outline.MOST_ENTRIES", 40)
    following = None
    for _ in range(60):
        following = drawn.add(Title="x" * 1000, Dest=0, **({"Next": following} if following else {}))
    drawn.put(drawn.root, First=following)
    long = drawn.outline()
    assert (len(long), {len(entry.title) for entry in long}) == (40, {MOST_CHARACTERS})
    below = None
    for depth in range(3 * MOST_DEPTH, 0, -1):
        below = drawn.add(Title=f"Depth {depth}", Dest=0, **({"First": below} if below else {}))
    drawn.put(drawn.root, First=below)
    assert [entry.level for entry in drawn.outline()] == list(range(1, MOST_DEPTH + 1))


def test_a_title_is_a_line_of_sound_letters(drawn):
    """Whatever bytes it was written in."""
    drawn.put(drawn.root, First=drawn.add(Title=ByteStringObject(b"Caf\xe9\x00 \r\n rules"), Dest=0))
    assert told(drawn.outline()) == [(1, "Café rules", 1)]


def test_a_root_that_is_no_outline_is_none(drawn):
    """The document is read all the same."""
    drawn.writer.root_object[NameObject("/Outlines")] = NumberObject(4)
    assert drawn.outline() == ()
    assert len(read_file(drawn.path, ReadingOptions(ocr=False)).pages) == PAGES
