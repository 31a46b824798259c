"""Damaged, locked, odd and hostile PDF files: a plain reason each, and never a script that runs."""

import contextlib
from collections import Counter

import pypdf
import pytest

from index.errors import UnreadableDocument
from ingest.readers.letters import readable, shows_glyph_numbers
from ingest.readers.read_document import PageStatus, ReadingOptions
from ingest.readers.read_file import read_file

OPTIONS = ReadingOptions(ocr=False)


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\nthis is no PDF at all", b"%PDF-1.4\n%%EOF", b"%PDF-1.7\n" + bytes(range(256)) * 20],
)
def test_what_only_claims_to_be_a_pdf_is_refused(tmp_path, content):
    """A header alone makes no PDF."""
    path = tmp_path / "claims.pdf"
    path.write_bytes(content)
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_file(path, OPTIONS)


def test_a_file_without_pages_is_refused(make_pdf):
    """There is nothing to quote."""
    with pytest.raises(UnreadableDocument, match=r"no pages|damaged"):
        read_file(make_pdf([]), OPTIONS)


def test_a_truncated_file_is_read_as_far_as_it_goes_or_refused(make_pdf, lines):
    """Half a download never gives wrong text in silence."""
    path = make_pdf([lines([f"Sentence of page {n}."]) for n in range(6)])
    whole = path.read_bytes()
    for share in (0.3, 0.6, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        with contextlib.suppress(UnreadableDocument):
            document = read_file(path, OPTIONS)
            assert len(document.outcomes) == document.page_count
            assert all(page.text == f"Sentence of page {page.number - 1}." for page in document.pages)


def test_a_file_without_its_table_of_objects_is_mended(make_pdf, lines):
    """The table at the end is only a help; the objects can be found without it."""
    path = make_pdf([lines(["Still here."])])
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"xref")] + b"trailer<</Root 1 0 R>>")
    assert read_file(path, OPTIONS).pages[0].text == "Still here."


@pytest.mark.parametrize(("password", "readable"), [("secret", False), ("", True)])
def test_a_password_is_named_where_it_is_needed(make_pdf, lines, password, readable):
    """A file that only forbids printing is read; one that asks for a password is not."""
    path = make_pdf([lines(["Checkpoint under lock."])])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")  # noqa: S106  a test's password
    writer.write(path)
    if readable:
        assert read_file(path, OPTIONS).pages[0].text == "Checkpoint under lock."
    else:
        with pytest.raises(UnreadableDocument, match="protected by a password; save it without one"):
            read_file(path, OPTIONS)


def test_scripts_launch_actions_and_attachments_are_left_alone(make_pdf, lines, tmp_path):
    """Opening a file runs nothing in it and unpacks nothing from it."""
    launched = tmp_path / "launched"
    actions = (
        b"/OpenAction<</S/Launch/F(/bin/touch)/P(%s)>>/AA<</WC<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
        % str(launched).encode()
    )
    path = make_pdf([lines(["Only text."])], extra=actions)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_attachment("inside.txt", b"attached text")
    writer.write(path)
    before = set(tmp_path.iterdir())
    assert [page.text for page in read_file(path, OPTIONS).pages] == ["Only text."]
    assert set(tmp_path.iterdir()) == before


def test_circles_in_the_outline_and_the_page_tree_end(make_pdf, lines):
    """A file that points at itself is read once or refused, and never for ever."""
    outline = b"/Outlines<</First 9 0 R/Last 9 0 R>>"
    assert read_file(make_pdf([lines(["Text."])], extra=outline), OPTIONS).pages[0].text == "Text."
    path = make_pdf([lines(["Text."])])
    path.write_bytes(path.read_bytes().replace(b"/Kids[10 0 R]", b"/Kids[2 0 R]"))
    document = read_file(path, OPTIONS)
    assert (len(document.pages), document.page_count, len(document.outcomes)) == (0, 1, 1)


def test_five_thousand_pages_are_read(make_pdf, lines):
    """Length alone is no reason to refuse a file."""
    document = read_file(make_pdf([lines([f"Number {n} of very many."]) for n in range(5000)]), OPTIONS)
    assert document.page_count == len(document.pages) == 5000
    assert document.pages[4321].text == "Number 4321 of very many."


def test_a_damaged_page_costs_only_itself(make_pdf, lines):
    """The other pages are read, and the report names the one."""
    path = make_pdf([lines(["First."]), lines(["Second."]), lines(["Third."])])
    content = path.read_bytes()
    path.write_bytes(content.replace(b"/Type/Page/Parent", b"/Type/Pxge/Parent", 1))
    document = read_file(path, OPTIONS)
    assert [page.text for page in document.pages if page.number > 1] == ["Second.", "Third."]
    assert len(document.outcomes) == 3


def test_text_of_a_font_that_names_no_letters_is_reported_not_quoted(make_pdf):
    """Gibberish is worse than nothing: the page counts as unreadable, with the reason."""
    document = read_file(make_pdf([[(72, 700, 12, "\x01\x03\x05\x06\x07\x0e\x0f\x10\x11\x12" * 4)]]), OPTIONS)
    assert not document.pages
    assert document.outcomes[0].status in (PageStatus.UNREADABLE, PageStatus.EMPTY)


def test_glyph_numbers_in_the_standard_order_are_letters_again():
    """Some programs drop a font's map to letters; its glyph numbers still tell them."""
    numbered = "".join(chr(ord(letter) - 29) for letter in "Local growth: realising every place")
    assert shows_glyph_numbers(Counter(numbered))
    assert not shows_glyph_numbers(Counter("Local growth, as it stands"))
    assert not shows_glyph_numbers(Counter("\x03\x04 with a space of its own"))


@pytest.mark.parametrize(
    ("char", "seen"),
    [("ﬁ", "fi"), ("\u00a0", " "), ("\u200b", ""), ("\uf0b7", "•"), ("é", "é"), ("\u0007", "\ufffd"), ("字", "字")],
)
def test_characters_are_what_a_reader_sees(char, seen):
    """Ligatures are spelled out, odd spaces plain, invisible marks gone; the rest stays."""
    assert readable(char) == seen
