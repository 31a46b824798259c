"""Text that nobody can see is not quoted; letters that are no letters are shown as the signs that a reader sees."""

import zlib

import pytest

from ingest.readers.letters import without_private_signs
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file

OPTIONS = ReadingOptions(ocr=False)
SEEN = b"BT /F1 12 Tf 72 700 Td (The hall is open on every Monday.) Tj ET\n"


def read(make_pdf, content):
    """Return the only page record of a PDF with that content, and what is said of the page."""
    document = read_file(make_pdf([[]], content=content), OPTIONS)
    return [page.text for page in document.pages], document.outcomes[0].reason


@pytest.mark.parametrize(
    "hidden",
    [
        b"1 1 1 rg BT /F1 12 Tf 72 600 Td (Free money) Tj ET",
        b"0.95 g BT /F1 12 Tf 72 600 Td (Free money) Tj ET",
        b"BT 3 Tr /F1 12 Tf 72 600 Td (Free money) Tj ET",
        b"BT /F1 12 Tf 900 600 Td (Free money) Tj ET",
        b"BT /F1 12 Tf 72 -40 Td (Free money) Tj ET",
        b"0 0 1 rg 60 650 400 90 re f 1 1 1 rg BT /F1 12 Tf 72 600 Td (Free money) Tj ET",
    ],
    ids=["white", "nearly white", "invisible", "beside the page", "below the page", "white below a dark bar"],
)
def test_what_nobody_can_see_is_not_quoted_and_is_counted(make_pdf, hidden):
    """A text for machines must not be cited as what the page says."""
    texts, reason = read(make_pdf, SEEN + hidden)
    assert texts == ["The hall is open on every Monday."]
    assert reason == "not read: 9 characters that nobody can see: invisible, white on white, or beside the page"


@pytest.mark.parametrize(
    "ground",
    [b"0 0 0.4 rg 60 590 300 30 re f 1 1 1 rg", b"0.5 g 60 590 300 30 re f 0.95 g"],
    ids=["white on blue", "light on grey"],
)
def test_light_letters_on_a_dark_ground_are_read(make_pdf, ground):
    """Many a heading is set so."""
    texts, reason = read(make_pdf, SEEN + ground + b" BT /F1 12 Tf 72 600 Td (Opening hours) Tj ET")
    assert ("Opening hours" in texts[0], reason) == (True, "")


def test_the_text_layer_of_a_scan_is_read(make_pdf):
    """OCR writes invisibly over the picture what the picture shows."""
    picture = zlib.compress(bytes(100))
    scan = b"q 595 0 0 842 0 0 cm BI /W 10 /H 10 /CS /G /BPC 8 /F /Fl ID " + picture + b" EI Q\n"
    layer = b"BT 3 Tr /F1 12 Tf 72 600 Td (What the scan shows in its own words.) Tj ET"
    assert read(make_pdf, scan + layer)[0] == ["What the scan shows in its own words."]


def test_invisible_letters_over_drawn_ones_are_read(make_pdf):
    """Some programs draw letters as shapes and write them invisibly on top."""
    shapes = b"".join(b"%d 598 3 10 re f " % (72 + 7 * n) for n in range(13))
    texts, _ = read(make_pdf, SEEN + shapes + b"BT 3 Tr /F1 12 Tf 72 600 Td (Opening hours) Tj ET")
    assert "Opening hours" in texts[0]


def test_letters_of_a_font_of_signs_are_bullets_and_ticks(make_pdf):
    """In Wingdings "l" is a dot and "ü" a tick; the "o" of Courier before an entry is a dot, in a sentence it is a letter."""
    pieces = [
        (72, 700, 12, "l", "F6"),
        (90, 700, 12, "bring the keys"),
        (72, 680, 12, "o", "F5"),
        (90, 680, 12, "lock the door"),
        (72, 660, 12, "ü", "F6"),
        (90, 660, 12, "paid"),
        (72, 600, 12, "o word in code", "F5"),
    ]
    (page,) = read_file(make_pdf([pieces]), OPTIONS).pages
    assert page.text.split("\n")[:3] == ["• bring the keys", "• lock the door", "✓ paid"]
    assert page.text.endswith("o word in code")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\uf0b7\tone", "•\tone"),
        ("\uf0a7 one", "• one"),
        ("\uf0fc yes", "✓ yes"),
        ("o\tone", "• one"),
        ("o   one", "• one"),
        ("o Gymru", "o Gymru"),  # a word of Welsh
        ("a\uf8ffb", "a\uf8ffb"),
    ],
)
def test_signs_of_the_private_use_area_are_no_letters(tmp_path, text, shown):
    """In whatever format they come."""
    assert without_private_signs(text) == shown
    (tmp_path / "list.txt").write_text(f"Bring:\n{text}\n", encoding="utf-8")
    assert read_file(tmp_path / "list.txt", OPTIONS).pages[0].text == f"Bring:\n{shown}"
