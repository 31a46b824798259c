"""Reading a file: files that change or are too large, and pages read by OCR."""

import shutil
import zlib

import pytest

from index.errors import UnreadableDocument
from index.records import Reading
from ingest.readers import read_file as reading
from ingest.readers.pdf.pdfium import PdfFile
from ingest.readers.read_document import FileLimits, PageStatus, ReadingOptions
from ingest.readers.read_file import read_file

tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    """Half of the old and half of the new text would be quoted as one."""
    path = tmp_path / "growing.txt"
    path.write_text("First part.", encoding="utf-8")
    read = reading._READERS["text/plain"]

    def read_and_grow(path, options):
        document = read(path, options)
        path.write_text("First part. Second part.", encoding="utf-8")
        return document

    monkeypatch.setitem(reading._READERS, "text/plain", read_and_grow)
    with pytest.raises(UnreadableDocument, match="changed while it was read"):
        read_file(path, ReadingOptions())


def test_a_file_larger_than_allowed_is_refused(tmp_path):
    """The limit is the maintainer's."""
    path = tmp_path / "large.txt"
    path.write_text("x" * 101, encoding="utf-8")
    with pytest.raises(UnreadableDocument, match="101 bytes, more than the 100"):
        read_file(path, ReadingOptions(limits=FileLimits(most_bytes=100)))


@pytest.fixture
def scan(tmp_path):
    """Return a PDF whose only page is a picture of text."""
    text = b"".join(
        b"BT /F1 20 Tf 60 %d Td (%s) Tj ET\n" % (700 - 40 * n, line)
        for n, line in enumerate([b"A parish council may nominate the pub.", b"The council decides within eight weeks."])
    )
    font = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    with PdfFile(one_page(text, font)) as file:
        picture = file.picture(1, 200)
    image = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % picture.shape[::-1]
    path = tmp_path / "scan.pdf"
    path.write_bytes(
        one_page(b"595 0 0 842 0 0 cm /I Do", b"/XObject<</I 5 0 R>>", stream_object(5, image, picture.tobytes()))
    )
    return path


def stream_object(number, entries, content):
    """Return a packed stream of a PDF."""
    packed = zlib.compress(content)
    return b"%d 0 obj<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (
        number,
        entries,
        len(packed),
        packed,
    )


def one_page(content, resources, more=b""):
    """Return a PDF of one page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<"
        + resources
        + b">>>>endobj\n"
        + stream_object(4, b"", content)
        + more
        + b"trailer<</Root 1 0 R>>"
    )


@tesseract
def test_a_scanned_page_is_read_by_ocr_and_marked_as_such(scan):
    """Text, confidence and boxes come from OCR, and the report says so."""
    document = read_file(scan, ReadingOptions())
    (page,) = document.pages
    assert page.reading is Reading.OCR
    assert page.confidence is not None
    assert page.confidence > 0.8
    assert page.text.split("\n\n") == ["A parish council may nominate the pub.", "The council decides within eight weeks."]
    assert document.outcomes[0].status is PageStatus.OCR
    x0, y0, _, y1 = document.boxes[1][0] / 65535 * (595, 842, 595, 842)
    assert x0 == pytest.approx(61, abs=4)
    assert y0 - 5 < 842 - 700 < y1 + 8


@tesseract
def test_a_scan_that_ocr_doubts_is_left_out_with_its_reason(scan):
    """A page below the wanted confidence is reported, not quoted."""
    document = read_file(scan, ReadingOptions(ocr_least_confidence=0.9999))
    assert not document.pages
    assert document.outcomes[0].status is PageStatus.UNREADABLE
    assert "sure of its words" in document.outcomes[0].reason


@tesseract
def test_time_for_ocr_is_limited_for_a_file(scan):
    """A long scan does not hold up a run; the pages left are named."""
    document = read_file(scan, ReadingOptions(ocr_file_seconds=0))
    assert "the time for reading this file by OCR is used up" in document.outcomes[0].reason


def test_without_tesseract_a_scan_is_reported(scan, monkeypatch):
    """The page is counted and the reason says what is missing."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    document = read_file(scan, ReadingOptions())
    assert not document.pages
    assert document.outcomes[0].reason == "the page shows something but holds no text; tesseract is not installed"


@pytest.mark.parametrize("content", ["not a PDF at all", "<!DOCTYPE html><html><body><p>404 Not found</p></body></html>"])
def test_a_pdf_that_is_no_pdf_is_refused_with_what_to_do(tmp_path, content):
    """A download that went wrong must not be quoted; under its right name it may be read."""
    path = tmp_path / "guide.pdf"
    path.write_text(content)
    with pytest.raises(UnreadableDocument, match=r"is not a PDF.*Get it again"):
        read_file(path, ReadingOptions())


@tesseract
def test_a_language_that_tesseract_lacks_is_named(scan):
    """The setting is the maintainer's, so the reason says which."""
    document = read_file(scan, ReadingOptions(ocr_languages="xyz"))
    assert not document.pages
    assert "tesseract does not have the languages 'xyz' that are set" in document.outcomes[0].reason
