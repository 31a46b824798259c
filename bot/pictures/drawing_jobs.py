"""What goes between the server and the process that draws pages for it.

Comes in: plain values. Goes out: a job for the one, bytes for the other. Refuses to draw and to start anything. What comes back is
read as bytes and never unpacked into objects: it comes from a process that has read other people's files.
"""

from dataclasses import dataclass
from pathlib import Path

READY, PICTURE, NO_SUCH_PAGE, FAILED = b"R", b"P", b"N", b"F"  # the first byte of what comes back


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page, as fractions of its width and height from the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Job:
    """A page to draw."""

    path: Path
    number: int  # of the page, 1-based
    width: int  # of the picture, in pixels
    marked: tuple[Rectangle, ...] = ()
