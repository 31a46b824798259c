"""Tell the encoding of a text file and decode it.

Comes in: bytes. Goes out: text with line feeds as line ends. Refuses to know formats.
"""

import codecs
import re

from index.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")  # that no text holds; tabs, line ends and a few old marks it does
_MOST_CONTROLS = 0.01  # of all characters; a binary file has more
_START = 65536  # characters that tell most binary files


def decode_text(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, UTF-32 or Windows-1252.

    Raises:
        UnreadableDocument: the bytes are no text in any of these.
    """
    text = _decode(content)
    if not (_is_text(text[:_START]) and _is_text(text)):
        raise UnreadableDocument("the file is not text: it holds control bytes, as programs and pictures do")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_text(text: str) -> bool:
    return sum(1 for _ in _CONTROLS.finditer(text)) <= _MOST_CONTROLS * len(text)


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    if wide := _wide_encoding(content):
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(content)


def _wide_encoding(content: bytes) -> str | None:
    """Return UTF-16's byte order for text without a mark: Western text has a zero in every other byte."""
    sample = content[:4000]
    if len(sample) < 4 or len(content) % 2:
        return None
    even, odd = sample[0::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample)
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.1 else None


def _decode_windows(content: bytes) -> str:
    """Decode Windows-1252, in which five bytes mean nothing."""
    return content.decode("cp1252", errors="replace")
