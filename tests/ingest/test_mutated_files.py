"""Files with any bytes changed, cut or doubled end in a reading or in a reason, and what is read can be written down."""

import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableDocument
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.stages.workers import ReadFailure, answer
from tests.ingest.readers.conftest import lines, pdf_bytes

WORD = (
    '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Head</w:t></w:r></w:p>'
    "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl></w:body></w:document>"
)
OPEN = '<o:d xmlns:o="o" xmlns:t="t"><o:body><o:text><t:h>Head</t:h><t:p>Text<t:s t:c="3"/></t:p></o:text></o:body></o:d>'
MESSAGE = b"From: a@b.example\nSubject: =?utf-8?B?w6k=?=\nContent-Transfer-Encoding: base64\n\nSGVsbG8gd29ybGQ=\n"
PAGE = b"<html><body><h1>Head</h1><p>Text of the page.</p><table><tr><td colspan='2'>a</td></tr></table></body></html>"


def packed(members, change):
    """Return an archive whose members are changed inside, so that the archive itself can be opened."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text if name == "mimetype" else changed(text.encode(), change))
    return content.getvalue()


def changed(content, change):
    """Return ``content`` with pieces put in place of others: (place, how many bytes go, what comes)."""
    for place, gone, new in change:
        at = place % (len(content) + 1)
        content = content[:at] + new + content[at + gone :]
    return content


MAKERS = {
    "pdf": lambda change: changed(
        pdf_bytes([lines(["Head", "Text of the page."])], extra=b"/PageLabels<</Nums[0<</S/r>>]>>"), change
    ),
    "docx": lambda change: packed({"word/document.xml": WORD}, change),
    "odt": lambda change: packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": OPEN}, change),
    "html": lambda change: changed(PAGE, change),
    "eml": lambda change: changed(MESSAGE, change),
    "rtf": lambda change: changed(rb"{\rtf1\ansi Text \u-10179?\u-8704? \'e9 \trowd a\cell b\cell\row\par}", change),
}
ODD = st.sampled_from([b"\0", b"&#xD83D;", b"\xed\xa0\xbd", b"-1", b"99999999999", b"<", b">", b"\xff\xfe", b"1e400", b""])
CHANGES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 20), ODD | st.binary(max_size=9)), max_size=5)


@settings(max_examples=120)
@given(st.sampled_from(sorted(MAKERS)), CHANGES)
def test_whatever_a_file_holds_it_ends_in_a_reading_or_a_reason(kind, change):
    """Never in an exception that the run would have to catch, and never in letters that cannot be written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{kind}"
        path.write_bytes(MAKERS[kind](change))
        read = answer(path, ReadingOptions(ocr=False))
    assert isinstance(read, ReadDocument | ReadFailure)
    if isinstance(read, ReadFailure):
        assert "its reader failed" not in read.reason, UnreadableDocument(read.reason)
        return
    for page in read.pages:
        page.text.encode("utf-8")
        assert len(read.boxes.get(page.number, page.text)) == len(page.text)
    repr(read.metadata).encode("utf-8")
