"""What is laid over a page is read where a reader sees it: values of form fields, text boxes; what is hidden is not."""

import pytest

from ingest.readers.pdf.reader import read_pdf
from ingest.readers.read_document import PageStatus, ReadingOptions

LABELS = [(500, "Name of the group:"), (460, "Place that is nominated:"), (420, "Reasons:")]


def stream(number, entries, content):
    """Return a stream of a PDF."""
    return b"%d 0 obj<<%s/Length %d>>stream\n%s\nendstream endobj\n" % (number, entries, len(content), content)


def shown(x, y, text):
    """Return the operators that show a text."""
    return b"BT /F1 12 Tf %d %d Td (%s) Tj ET\n" % (x, y, text.encode())


def field(number, y, value, kind=b"/Widget", flags=4, shows=True):
    """Return a text field at a height, and what it looks like."""
    look = b"/AP<</N %d 0 R>>" % (number + 1) if shows else b""
    entries = b"/Type/Annot/Subtype%s/FT/Tx/T(f%d)/V(%s)/F %d/Rect[250 %d 500 %d]/P 3 0 R/DA(/F1 12 Tf 0 g)%s" % (
        kind, number, value.encode(), flags, y - 4, y + 14, look)  # fmt: skip
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 250 18]/Resources<</Font<</F1 5 0 R>>>>"
    return b"%d 0 obj<<%s>>endobj\n" % (number, entries) + stream(number + 1, form, shown(2, 4, value))


@pytest.fixture
def form(tmp_path):
    """Return a function that writes a form with these fields (numbered from 10 in tens) and returns its path."""

    def write(fields, labels=LABELS, asks_for_looks=False):
        refs = b" ".join(b"%d 0 R" % (10 * (index + 1)) for index in range(len(fields)))
        asks = b"/NeedAppearances true" if asks_for_looks else b""
        path = tmp_path / "form.pdf"
        path.write_bytes(
            b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + refs + b"]" + asks
            + b"/DR<</Font<</F1 5 0 R>>>>/DA(/F1 12 Tf 0 g)>>>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[" + refs
            + b"]/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
            + stream(4, b"", b"".join(shown(60, y, text) for y, text in labels))
            + b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n"
            + b"".join(fields) + b"trailer<</Root 1 0 R>>"
        )  # fmt: skip
        return path

    return write


def words(path):
    """Return the words of the first page, in order."""
    return " ".join(read_pdf(path, ReadingOptions(ocr=False)).pages[0].text.replace("|", " ").split())


@pytest.mark.parametrize("shows", [True, False])
def test_the_values_of_a_form_stand_beside_their_labels(form, shows):
    """Whether the file draws them itself or leaves it to the program that shows it."""
    values = ["Friends of the Crown", "The Crown, High Street", "It is the last pub."]
    fields = [field(10 * (n + 1), 500 - 40 * n, value, shows=shows) for n, value in enumerate(values)]
    assert words(form(fields, asks_for_looks=not shows)) == (
        "Name of the group: Friends of the Crown Place that is nominated: The Crown, High Street Reasons: It is the last pub."
    )


def test_a_value_has_its_place_on_the_page(form):
    """A quote from a form can be drawn on the picture of its page."""
    document = read_pdf(form([field(10, 500, "Friends")], [(500, "Name:")]), ReadingOptions(ocr=False))
    start = document.pages[0].text.index("Friends")
    x0, y0, _, y1 = document.boxes[1][start] / 65535 * (595, 842, 595, 842)
    assert x0 == pytest.approx(252, abs=2)
    assert y0 < 842 - 500 < y1 + 1


def test_a_text_box_is_read_and_what_is_hidden_is_not(form):
    """Comments that somebody set on the page are seen; hidden fields are not."""
    fields = [field(10, 500, "Set here by hand", kind=b"/FreeText"), field(20, 460, "Secret", flags=2)]
    text = words(form(fields))
    assert text.startswith("Name of the group: Set here by hand Place")
    assert "Secret" not in text


def test_a_page_of_nothing_but_values_is_read(form):
    """An empty sheet with a form laid over it."""
    document = read_pdf(form([field(10, 500, "All that there is")], []), ReadingOptions(ocr=False))
    assert [page.text for page in document.pages] == ["All that there is"]
    assert document.outcomes[0].status is PageStatus.READ


def test_empty_fields_are_no_text(form):
    """A blank form says so."""
    document = read_pdf(form([field(10, 500, "")], []), ReadingOptions(ocr=False))
    assert document.outcomes[0].status is PageStatus.EMPTY
    assert document.outcomes[0].reason == "nothing but empty form fields, or notes that are not shown"
