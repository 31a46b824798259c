"""Tell a file that ends in the middle, as a download that broke off leaves it.

Comes in: the path of a PDF or of a zipped document. Goes out: yes or no. Refuses to know what else may be wrong with a file.

Both formats end with a mark: a PDF with the place of its table of objects, an archive with its list of members.
"""

from pathlib import Path

BROKEN_OFF = "the file is damaged: it ends in the middle, as after a download that broke off; get it again"
_PDF_TAIL = 2048  # bytes; some programs write a signature or blanks behind the mark
_ZIP_TAIL = 22 + 65535  # bytes: the list's end and the longest comment behind it
_PDF_MARKS = (b"trailer", b"startxref", b"%%EOF")
_ZIP_START, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"


def pdf_breaks_off(path: Path) -> bool:
    """Tell whether a PDF has no end: neither the place of its table of objects nor the mark behind it."""
    tail = _tail(path, _PDF_TAIL)
    return not any(mark in tail for mark in _PDF_MARKS)


def archive_breaks_off(path: Path) -> bool:
    """Tell whether an archive begins as one and has no list of its members."""
    with path.open("rb") as file:
        begins = file.read(len(_ZIP_START)) == _ZIP_START
    return begins and _ZIP_END not in _tail(path, _ZIP_TAIL)


def _tail(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        # Blanks and zeros that a server or a disk has put behind the end say nothing.
        return file.read()
