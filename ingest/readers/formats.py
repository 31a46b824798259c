"""What a format is: how a file of it is recognised, and who reads it.

Comes in: nothing. Goes out: the record that each reader fills about itself. Refuses to list formats: ``registry.py`` does, and nothing
else does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.read_document import ReadDocument, ReadingOptions

Reader = Callable[[Path, ReadingOptions], ReadDocument]
Judge = Callable[[bytes], bool]
"""Tells from the first bytes of a text file, zeros left out, whether it is of a format."""

ZIP_MARK = b"PK\x03\x04"


def _never(start: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """A format, as its reader declares it."""

    name: str  # as people call it: "PDF"
    media_type: str
    suffixes: tuple[str, ...]  # of file names, in lower case with the dot
    read: Reader
    also_called: frozenset[str] = frozenset()  # other media types that servers give its files
    mark: bytes = b""  # that every file begins with; empty for text
    mark_within: int = 0  # bytes from the beginning within which the mark may stand; 0 is at the very beginning, behind blanks
    member: str = (
        ""  # of a zipped format: how the names of the members begin that only it has; else the archive declares its type
    )
    is_surely: Judge = _never  # of a text format: content that is of it whatever the name says
    is_perhaps: Judge = _never  # content that is of it where nothing else claims it
    told_by_name: bool = False  # text that is of it where the name ends so
    is_harmless: bool = False  # nothing beneath its reader can hang or crash, so it is read without a worker
    is_drawn: bool = False  # its pages can be drawn later

    @property
    def is_zipped(self) -> bool:
        """Tell whether its files are archives."""
        return self.mark == ZIP_MARK

    @property
    def media_types(self) -> frozenset[str]:
        """Return every media type that a server may give its files."""
        return self.also_called | {self.media_type}
