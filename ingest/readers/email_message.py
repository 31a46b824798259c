"""Read e-mail messages (EML) by the standard library's package.

Comes in: a path. Goes out: the text of the message under its subject, with its date. Refuses to read addresses of the header, of
forwarded headers and of "… wrote:" lines, and attachments, which are named as not read.
"""

import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from pathlib import Path

from index.errors import UnreadableDocument
from ingest.readers.encodings import decode_text
from ingest.readers.formats import Format
from ingest.readers.read_document import FileMetadata, PageOutcome, PageStatus, ReadDocument, ReadingOptions
from ingest.readers.sections import Block, BlockKind, pages_of
from ingest.readers.web.html import parse_html
from ingest.readers.web.html_blocks import blocks_of

MEDIA_TYPE = "message/rfc822"

_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]*):", re.MULTILINE)
_ONLY_OF_MESSAGES = {b"message-id", b"mime-version", b"received", b"return-path", b"content-transfer-encoding"}
_ALSO_OF_MEMOS = {b"from", b"to", b"date", b"subject"}
_ADDRESSED = re.compile(
    r"^[>\s]*(?:From|To|Cc|Bcc|Reply-To|Sent by)\s*:.*@.*$|^[>\s]*On\b.*@.*(?:wrote|writes)\s*:$", re.MULTILINE
)
_ENTRY = re.compile(r"\s*(?:[-*•·]|\d{1,2}[.)])\s+\S")
# What a broken header or an unknown encoding makes the package stumble over.
_STUMBLES = (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError)


def read_email(path: Path, options: ReadingOptions) -> ReadDocument:
    """Read a message: its subject, its date and its text.

    Raises:
        UnreadableDocument: it cannot be taken apart.
    """
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    try:
        subject = " ".join(str(message.get("subject", "")).split())
        pages = pages_of(_blocks(message))
        attachments = [_name(part) for part in message.iter_attachments()]
    except _STUMBLES as error:
        raise UnreadableDocument("the message is damaged: its parts cannot be told apart") from error
    outcomes = [PageOutcome(page.number, PageStatus.READ, characters=len(page.text)) for page in pages]
    outcomes += [
        PageOutcome(number, PageStatus.UNREADABLE, f"the attachment {name!r} is not read; save it as a file of its own")
        for number, name in enumerate(attachments, start=len(pages) + 1)
    ]
    if not outcomes:
        outcomes = [PageOutcome(1, PageStatus.EMPTY, "the message holds no text")]
    metadata = FileMetadata(subject, published=_date(message))
    return ReadDocument(MEDIA_TYPE, tuple(pages), len(outcomes), tuple(outcomes), metadata)


def _blocks(message: EmailMessage) -> list[Block]:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return []
    if body.get_content_subtype() == "html":
        return blocks_of(parse_html(_text(body).encode()))
    text = _ADDRESSED.sub("", _text(body).replace("\r\n", "\n"))
    return [block for part in re.split(r"\n\s*\n", text) for block in _paragraph(part.strip("\n"))]


def _text(body: MIMEPart) -> str:
    try:
        return str(body.get_content())
    except LookupError:  # an encoding that nobody knows
        content = body.get_payload(decode=True)
        return decode_text(content) if isinstance(content, bytes) else ""


def _paragraph(part: str) -> list[Block]:
    lines = part.split("\n")
    if sum(bool(_ENTRY.match(line)) for line in lines) >= max(1, len(lines) - 1):
        return [Block(BlockKind.ENTRY if _ENTRY.match(line) else BlockKind.PARAGRAPH, line.strip()) for line in lines]
    return [Block(BlockKind.PARAGRAPH, part.strip())]


def _name(part: MIMEPart) -> str:
    return part.get_filename() or part.get_content_type()


def _date(message: EmailMessage) -> str:
    """Return the day on which the message was sent, or nothing where its header does not say it in the way it must."""
    try:
        sent = message["date"].datetime
    except (*_STUMBLES, KeyError):
        return ""
    return f"{sent.day} {sent:%B %Y}" if sent else ""


def _is_message(start: bytes) -> bool:
    """Tell a message, whose header machines write, from a memo that begins with "From:" and "To:"."""
    head = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    fields = {name.lower() for name in _FIELD.findall(head)}
    first = head.split(b"\n", 1)[0]
    return bool(_FIELD.match(first)) and bool(fields & _ONLY_OF_MESSAGES) and len(fields & _ALSO_OF_MEMOS) >= 2


FORMAT = Format("e-mail", MEDIA_TYPE, (".eml",), read_email, is_surely=_is_message, told_by_name=True)
