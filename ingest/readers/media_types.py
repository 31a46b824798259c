"""Tell what a file is by its content.

Comes in: a path. Goes out: a media type. Refuses to trust a name, but for what content cannot tell: Markdown from plain text.
"""

import re
import zipfile
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.readers import docx, epub, html, markdown, odt, plain_text, pptx, rtf
from ingest.readers.broken_off import BROKEN_OFF, archive_breaks_off
from ingest.readers.pdf import reader as pdf

_SAMPLE = 4096
_MARKUP = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ELEMENTS = re.compile(rb"<(?:p|div|h[1-6]|ul|table|meta|title|article|section)\b[^>]*>", re.I)
_MEMBERS = {"word/": docx.MEDIA_TYPE, "ppt/": pptx.MEDIA_TYPE}
_DECLARED = {odt.MEDIA_TYPE.encode(): odt.MEDIA_TYPE, epub.MEDIA_TYPE.encode(): epub.MEDIA_TYPE}
# First bytes of files that hold no text that we read, and what to say of them.
_FOREIGN = (
    (
        b"\xd0\xcf\x11\xe0",
        "the file is an old Office document (DOC, XLS, PPT) or one under a password; save it as DOCX or PDF",
    ),
    (b"\x89PNG", "the file is a picture; put it into a PDF to have it read by OCR"),
    (b"\xff\xd8\xff", "the file is a picture; put it into a PDF to have it read by OCR"),
    (b"GIF8", "the file is a picture; put it into a PDF to have it read by OCR"),
    (b"II*\0", "the file is a picture; put it into a PDF to have it read by OCR"),
    (b"MM\0*", "the file is a picture; put it into a PDF to have it read by OCR"),
    (b"\x1f\x8b", "the file is a packed archive; unpack it first"),
    (b"7z\xbc\xaf", "the file is a packed archive; unpack it first"),
    (b"Rar!", "the file is a packed archive; unpack it first"),
    (b"MZ", "the file is a program"),
    (b"\x7fELF", "the file is a program"),
)


def media_type_of(path: Path) -> str:
    """Return the media type of a file.

    Raises:
        UnreadableDocument: it is of a type that no reader reads; the message says which and what to do.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    if b"%PDF-" in start[:1024]:
        return pdf.MEDIA_TYPE
    if start.startswith(b"PK"):
        return _archive_type(path)
    if start.lstrip().startswith(b"{\\rtf"):
        return rtf.MEDIA_TYPE
    for mark, reason in _FOREIGN:
        if start.startswith(mark):
            raise UnreadableDocument(reason)
    return _text_type(path, start.replace(b"\0", b""))


def _archive_type(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            declared = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        damage = BROKEN_OFF if archive_breaks_off(path) else "the file is damaged: its archive cannot be opened"
        raise UnreadableDocument(damage) from error
    if declared in _DECLARED:
        return _DECLARED[declared]
    for folder, media_type in _MEMBERS.items():
        if any(name.startswith(folder) for name in names):
            return media_type
    if any(name.startswith("xl/") for name in names):
        raise UnreadableDocument("the file is a spreadsheet, which has no text to quote; save it as PDF")
    raise UnreadableDocument("the file is an archive, not a document; unpack it first")


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    # Only the beginning is unpacked: the member may be made to fill the memory.
    with archive.open(name) as member:
        return member.read(100).strip()


def _text_type(path: Path, start: bytes) -> str:
    marked_up = bool(_MARKUP.match(start))
    if path.suffix.lower() in (".md", ".markdown"):
        return html.MEDIA_TYPE if marked_up else markdown.MEDIA_TYPE
    return html.MEDIA_TYPE if marked_up or len(_ELEMENTS.findall(start)) >= 3 else plain_text.MEDIA_TYPE
