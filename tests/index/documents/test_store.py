"""Records come back as they were written, and every passage is proved equal to its slice."""

import sqlite3

import numpy as np
import pytest

from index.documents.store import Records
from index.documents.store_writer import RecordsWriter
from index.errors import DamagedBuild, UnknownDocument, UnknownPassage
from index.records import Document, Heading, Kind, OutlineEntry, Page, Passage, Reading, Source, passage_id

RULES = Document(
    "rules", "The rules “of” the house", Kind.ORIGINAL, "The House", "2020", "https://example.org", about="", notice="!"
)
NOTES = Document("notes", "Notes", Kind.NOTES, about="rules")
PAGES = [
    Page(
        3,
        "Shut the gate. Ring the bell.",
        label="iii",
        section=("Of the gate", "At dusk"),
        headings=(Heading(0, 5, 2, "Shut"),),
        sources=(Source("An Act", "s.1", "https://example.org/act", "Parliament", "1 May 2026"),),
        reading=Reading.OCR,
        confidence=0.75,
        keep_together=((0, 14), (15, 29)),
        asked=("when is it shut?",),
    ),
    Page(5, "Shut the gate.", paged=False),
]
OUTLINE = (OutlineEntry("Of the “gate”", 3, 1), OutlineEntry("At dusk", 5, 2))
BOXES = np.arange(29 * 4, dtype=np.uint16).reshape(29, 4)


def passage(document: str, page: Page, start: int, end: int, occurrence: int = 0) -> Passage:
    """A passage of one sentence."""
    text = page.text[start:end]
    identifier = passage_id(document, text, occurrence)
    return Passage(identifier, document, page.number, start, end, text, page.section, ((0, len(text)),), ("gate",))


PASSAGES = [passage("rules", PAGES[0], 0, 14), passage("rules", PAGES[0], 15, 29), passage("rules", PAGES[1], 0, 14, 1)]
NOTE = passage("notes", PAGES[1], 0, 14)


@pytest.fixture
def path(tmp_path):
    """Records of two documents with a text that stands in them three times."""
    writer = RecordsWriter(tmp_path / "records.sqlite")
    writer.add(RULES, PAGES, PASSAGES, {3: BOXES}, {"pages": 2}, OUTLINE)
    writer.add(NOTES, PAGES[1:], [NOTE], {}, {})
    writer.close()
    return tmp_path / "records.sqlite"


@pytest.fixture
def records(path):
    """The same, opened."""
    opened = Records(path)
    yield opened
    opened.close()


def test_documents_pages_and_passages_are_equal_to_those_written(records):
    """Every field of each, in their order."""
    assert records.documents == [RULES, NOTES]
    assert records.document("notes") == NOTES
    assert records.pages("rules") == PAGES
    assert records.page("rules", 3) == PAGES[0]
    assert list(records.all_passages()) == [*PASSAGES, NOTE]
    assert (records.outline("rules"), records.outline("notes")) == (OUTLINE, ())
    assert records.report_of("rules") == {"pages": 2}


def test_a_build_older_than_outlines_has_none(path):
    """It opens and answers like any other."""
    with sqlite3.connect(path) as rows:
        rows.execute("DROP TABLE outlines")
    rows.close()
    opened = Records(path)
    assert (opened.outline("rules"), opened.pages("rules")) == ((), PAGES)
    with pytest.raises(UnknownDocument):
        opened.outline("nothing")
    opened.close()


def test_passages_come_in_the_order_that_is_asked_for(records):
    """And none is no error."""
    assert records.passages([3, 0]) == [NOTE, PASSAGES[0]]
    assert records.passages([]) == []


def test_a_passage_is_known_by_its_id_and_its_row(records):
    """An equal text in one document, or in another, has an id of its own."""
    for row, one in enumerate([*PASSAGES, NOTE]):
        assert (records.row_of(one.id), records.passage(one.id)) == (row, one)
    assert records.size == len({one.id for one in [*PASSAGES, NOTE]}) == 4
    assert (records.rows_of("rules"), records.rows_of("notes")) == (range(3), range(3, 4))


def test_the_passages_of_a_page_stand_in_reading_order(records):
    """Those of other pages and documents are left out."""
    assert records.passages_of_page("rules", 3) == PASSAGES[:2]
    assert records.passages_of_page("rules", 4) == []


def test_the_boxes_of_the_characters_come_back(records):
    """None where the format has no pictures, or there is no such page."""
    boxes = records.boxes("rules", 3)
    np.testing.assert_array_equal(boxes, BOXES)
    assert records.boxes("rules", 5) is None
    assert records.boxes("rules", 99) is None


def test_what_is_not_there_is_named(records):
    """With what there is."""
    with pytest.raises(UnknownDocument, match=r"no document 'nowhere'\. The documents are: rules, notes\."):
        records.document("nowhere")
    with pytest.raises(UnknownDocument):
        records.pages("nowhere")
    with pytest.raises(UnknownPassage, match="no page 4 with text in 'rules'"):
        records.page("rules", 4)
    for look in (records.passage, records.row_of):
        with pytest.raises(UnknownPassage, match="no passage 'xyz'"):
            look("xyz")


def test_a_passage_whose_page_was_changed_is_never_shown(path):
    """What is quoted is what was read, byte for byte, or nothing."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE pages SET text = replace(text, 'Ring', 'Rang')")
    connection.close()
    changed = Records(path)
    assert changed.passages([0]) == PASSAGES[:1]
    with pytest.raises(DamagedBuild, match="no longer equals its source in 'rules', page 3"):
        changed.passages([1])
    changed.close()


@pytest.mark.parametrize("content", [None, b"", b"no database at all, but long enough to be read as one" * 20])
def test_a_file_that_is_no_records_file_is_damage(tmp_path, content):
    """Missing, empty, or something else."""
    if content is not None:
        (tmp_path / "x.sqlite").write_bytes(content)
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        Records(tmp_path / "x.sqlite")
