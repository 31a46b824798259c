"""Whatever letters a file or its name holds, what is kept can be written down, and what was replaced is told."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.reader import open_live_build
from index.records import Page
from ingest.errors import CorpusProblems
from ingest.outcome import State
from ingest.readers.read_document import PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.read_file import read_file
from ingest.readers.sound_letters import joined, shown_name, sound, sound_document
from tests.ingest.conftest import CATALOGUE
from tests.ingest.readers.conftest import pdf_bytes

ANY_CODE = st.text(st.characters(codec=None, categories=None, min_codepoint=0, max_codepoint=0x10FFFF))
HALVES = st.text(st.sampled_from("a\ud83d\ude03\udce9\0 "))


@given(ANY_CODE | HALVES)
def test_sound_text_can_be_written_and_stays_sound(text):
    """Halves, bytes of file names and control characters go; letters stay."""
    for made in (sound(text), shown_name(text)):
        made.encode("utf-8")
        assert "\0" not in made
        assert sound(made) == made


@given(ANY_CODE | HALVES)
def test_the_text_of_a_page_keeps_its_length_and_says_what_was_replaced(text):
    """Boxes and ranges count characters; nothing is replaced in silence."""
    read = ReadDocument("x", (Page(1, text),), 1, (PageOutcome(1, PageStatus.READ, characters=len(text)),))
    after = sound_document(read)
    assert len(after.pages[0].text) == len(text)
    assert bool(after.outcomes[0].reason) == (after.pages[0].text != text)


def test_two_halves_are_one_letter():
    """As UTF-16 parts them."""
    assert joined("\ud83d\ude03 \ud83d") == "😃 \ud83d"
    assert (sound("\ud83d\ude03 \ud83d"), shown_name("caf\udce9.pdf")) == ("😃 \ufffd", "café.pdf")


def unicode_pdf(path, codes):
    """Write a PDF whose letter Z stands for what the map of its font says."""
    content = b"BT /F9 12 Tf 72 700 Td (The hall opens at seven Z on Tuesdays.) Tj ET"
    whole = pdf_bytes([[]], content=content)
    table = b"1 beginbfchar <5A> <%s> endbfchar" % codes
    stream = (
        b"/CIDInit/ProcSet findresource begin begincmap 1 begincodespacerange <00><FF> endcodespacerange %s endcmap" % table
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode 91 0 R>>"
    added = b"90 0 obj\n%s\nendobj\n91 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (font, len(stream), stream)
    body = whole[: whole.index(b"xref")].replace(b"/F1 3 0 R", b"/F9 90 0 R/F1 3 0 R") + added
    path.write_bytes(body + b"trailer<</Root 1 0 R/Size 92>>\n%%EOF")


@pytest.mark.parametrize(("codes", "shown", "told"), [(b"D83DDE03", "😃", False), (b"D83D", "\ufffd", True)])
def test_a_pdf_with_emoji_or_half_of_one_is_read(tmp_path, codes, shown, told):
    """A pair is one letter with one box; a lone half is shown as such and reported."""
    unicode_pdf(tmp_path / "file.pdf", codes)
    document = read_file(tmp_path / "file.pdf", ReadingOptions(ocr=False))
    assert document.pages[0].text == f"The hall opens at seven {shown} on Tuesdays."
    assert len(document.boxes[1]) == len(document.pages[0].text)
    assert ("holds only half" in document.outcomes[0].reason) == told


@pytest.mark.parametrize("text", ["Bread\0 keeps.\n", "One \x01 two \x1b three.\n"])
def test_a_text_with_a_nul_builds_and_equals_its_source(workshop, text):
    """The passage that is found is the one that stands on the page."""
    padding = "The bakers of the valley bake in turns, and none of them bakes on a feast day. " * 3
    workshop.write("documents/nul.txt", padding + text)
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    assert [report.reason for report in outcome.reports] == ["", "", ""]
    assert "control characters" in outcome.reports[2].outcomes[0].reason
    build = open_live_build(workshop.builds)
    assert all(passage.text.isprintable() or "\n" in passage.text for passage in build.records.all_passages())
    build.close()


def test_a_file_name_of_another_encoding_is_read_under_a_name_that_can_be_shown(workshop):
    """Old archives give such names; title, warnings and what programs are given can all be written down."""
    name = os.fsencode(workshop.corpus / "documents") + b"/caf\xe9.txt"
    with open(name, "w") as file:  # noqa: PTH123  a path of bytes
        file.write("The café opens at nine and shuts at five.\n")
    outcome = workshop.build()
    assert (outcome.state, outcome.reports[2].title, outcome.reports[2].passages) == (State.PUBLISHED, "café", 1)
    json.dumps(outcome.json(), ensure_ascii=False).encode("utf-8")
    assert "'café.txt'" in outcome.warnings[0]


def test_a_name_that_the_catalogue_cannot_hold_is_refused_with_what_to_do(workshop):
    """The catalogue is UTF-8."""
    from ingest.catalogue.entries import append_entry

    table = {"id": "x", "title": "X", "kind": "original", "file": "documents/caf\udce9.txt"}
    with pytest.raises(CorpusProblems, match="rename the file"):
        append_entry(workshop.corpus / "catalogue.toml", table)
    assert (workshop.corpus / "catalogue.toml").read_text() == CATALOGUE
