"""Tell what a file is by its content.

Comes in: a path. Goes out: a media type. Refuses to trust a name, but for what content cannot tell: Markdown or a table of values
from plain text.
"""

import re
import zipfile
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.readers import plain_text
from ingest.readers.broken_off import BROKEN_OFF, archive_breaks_off
from ingest.readers.formats import ZIP_MARK, Format
from ingest.readers.registry import FORMATS
from ingest.readers.web import html

_SAMPLE = 4096
_PICTURE = "the file is a picture; put it into a PDF to have it read by OCR"
_PACKED = "the file is a packed archive; unpack it first"
# First bytes of files that hold no text that we read, and what to say of them.
_FOREIGN = (
    (
        b"\xd0\xcf\x11\xe0",
        "the file is an old Office document (DOC, XLS, PPT) or one under a password; save it as DOCX or PDF",
    ),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"Rar!", _PACKED),
    (b"MZ", "the file is a program"),
    (b"\x7fELF", "the file is a program"),
)
_OUTLOOK = "the file is a message in Outlook's own format (MSG); save it as EML, or as PDF"
_DATA = (
    "the file is {name}: data for programs, without sentences to quote; save what people should read of it as CSV, PDF or text"
)
_MAILBOX = "the file is a mailbox of many messages; save each that people should read as EML"
# Text that is no reading matter, by the ending of its name: what it is called, and what to say of it.
_NO_READING_MATTER = {
    ".json": _DATA.format(name="JSON"),
    ".jsonl": _DATA.format(name="JSON"),
    ".geojson": _DATA.format(name="JSON"),
    ".xml": _DATA.format(name="XML"),
    ".rss": _DATA.format(name="XML"),
    ".svg": _PICTURE,
    ".mbox": _MAILBOX,
}
_JSON = re.compile(rb'\s*(?:\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\[\s*\{\s*"(?:[^"\\\n]|\\.)*"\s*:)')
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b")
_WEB_PAGE = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)


def media_type_of(path: Path) -> str:
    """Return the media type of a file.

    Raises:
        UnreadableDocument: it is of a type that no reader reads; the message says which and what to do.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for one in FORMATS:
        if one.mark and not one.is_zipped and _is_marked(start, one):
            return one.media_type
    if start.startswith(ZIP_MARK[:2]):
        return _archive_type(path)
    for mark, reason in _FOREIGN:
        if start.startswith(mark):
            raise UnreadableDocument(_OUTLOOK if path.suffix.lower() == ".msg" else reason)
    return _text_type(path.suffix.lower(), start.replace(b"\0", b""))


def _is_marked(start: bytes, one: Format) -> bool:
    return one.mark in start[: one.mark_within] if one.mark_within else start.lstrip().startswith(one.mark)


def _archive_type(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            declared = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        damage = BROKEN_OFF if archive_breaks_off(path) else "the file is damaged: its archive cannot be opened"
        raise UnreadableDocument(damage) from error
    zipped = [one for one in FORMATS if one.is_zipped]
    for one in zipped:
        if declared.decode("latin-1") == one.media_type:
            return one.media_type
    for one in zipped:
        if one.member and any(name.startswith(one.member) for name in names):
            return one.media_type
    raise UnreadableDocument("the file is an archive, not a document; unpack it first")


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    # Only the beginning is unpacked: the member may be made to fill the memory.
    with archive.open(name) as member:
        return member.read(100).strip()


def _text_type(suffix: str, start: bytes) -> str:
    for one in FORMATS:
        if one.is_surely(start):
            return one.media_type
    _refuse_data(suffix, start)
    for one in FORMATS:
        if one.told_by_name and suffix in one.suffixes:
            return one.media_type
    return next((one.media_type for one in FORMATS if one.is_perhaps(start)), plain_text.MEDIA_TYPE)


def _refuse_data(suffix: str, start: bytes) -> None:
    """Raise UnreadableDocument for text that only programs read."""
    if suffix in _NO_READING_MATTER:
        raise UnreadableDocument(_NO_READING_MATTER[suffix])
    if _JSON.match(start):
        raise UnreadableDocument(_NO_READING_MATTER[".json"])
    if _XML.match(start) and not _WEB_PAGE.search(start) and suffix not in html.FORMAT.suffixes:
        raise UnreadableDocument(_NO_READING_MATTER[".xml"])
