"""Read a page whose fonts name their letters where pdfium does not look: drawn fonts (Type 3) with a list of names.

Comes in: a path or bytes. Goes out: the text of a page without places, or nothing. Refuses to guess: every font of the page must name
its letters, and what comes of it must read as words.
"""

import re
from functools import cached_property
from pathlib import Path

from ingest.readers.letters import UNNAMED, reads_as_words
from ingest.readers.pdf.structure import PageNames, page_names

_NUMBERED = re.compile(r"/?[A-Za-z]{0,2}\d+|/?\.notdef")  # a name that says no letter: "a112", "g7", "31"


class NamedLetters:
    """The pages of one file, by the names of their letters; the file is opened when the first is asked for."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source

    @cached_property
    def _pages(self) -> PageNames:
        return page_names(self._source)

    def text(self, number: int) -> str:
        """Return the text of a page (1-based), or nothing."""
        names, text = self._pages.names(number), self._pages.text(number)
        if not names or any(_NUMBERED.fullmatch(name) for name in names):
            return ""
        return text if UNNAMED not in text and reads_as_words(text) else ""
