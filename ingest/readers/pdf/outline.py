"""Walk the outline of a PDF, which viewers show beside its pages.

Comes in: an opened file. Goes out: titles with page and depth, as far as the outline goes. Refuses to give up what it found because
of what is broken beyond it, and to walk in circles or without end: files come from anybody.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pypdf
from pypdf.generic import Destination, DictionaryObject, IndirectObject

from index.records import OutlineEntry
from ingest.readers.sound_letters import sound

log = logging.getLogger(__name__)

MOST_ENTRIES = 2000
MOST_DEPTH = 6
MOST_CHARACTERS = 300  # of a title
_MOST_NODES = 10 * MOST_ENTRIES  # that are looked at: not each bears a title
_NO_PAGE = 0
_WIDE = "þÿ"


def line_of(text: str | bytes | None) -> str:
    """Return what a file says of itself as one line of sound letters."""
    said = text.decode("latin-1") if isinstance(text, bytes) else text or ""
    if said.startswith(_WIDE):
        # UTF-16 with a lone half of a letter in it: pypdf gives up and shows its bytes.
        said = said.removeprefix(_WIDE).encode("latin-1", errors="replace").decode("utf-16-be", errors="replace")
    return " ".join(sound(said).split())


class Outline:
    """The outline of one file; any look into it may stumble, and then there is nothing there."""

    def __init__(self, reader: pypdf.PdfReader, stumbles: tuple[type[Exception], ...]) -> None:
        """Look into ``reader``, whose broken parts raise ``stumbles``."""
        self._reader = reader
        self._stumbles = stumbles
        self._numbers: dict[int, int] | None = None  # by the object of a page
        self._names: dict[str, Destination] | None = None

    def entries(self) -> tuple[OutlineEntry, ...]:
        """Return title, page and level of each entry in order, at most ``MOST_ENTRIES``.

        An entry that leads nowhere by itself, as one does that only holds others, leads where the first of those leads.
        """
        found = list(islice(self._walk(), MOST_ENTRIES))
        if len(found) == MOST_ENTRIES:
            log.info("the outline is read up to its entry %d", MOST_ENTRIES)
        return tuple(entry for entry in _led(found) if entry.page != _NO_PAGE)

    def _walk(self) -> Iterator[OutlineEntry]:
        beyond: list[tuple[object, int]] = [(self._at(self._at(self._root(), "/Outlines"), "/First"), 1)]
        seen: dict[int, object] = {}  # held, so that no other node gets the same identity
        while beyond and len(seen) < _MOST_NODES:
            node, level = beyond.pop()
            if node is None or id(node) in seen:
                continue
            seen[id(node)] = node
            title = self._title(node)
            if title:
                yield OutlineEntry(title, self._page_of(node), level)
            beyond.append((self._at(node, "/Next"), level))
            if level < MOST_DEPTH:
                beyond.append((self._at(node, "/First"), level + 1 if title else level))

    def _root(self) -> object:
        try:
            return self._reader.root_object
        except self._stumbles as error:
            log.info("no outline: %s", error)
            return None

    def _at(self, node: object, key: str) -> object:
        """Return what stands in a dictionary under ``key``; None where there is none, or nothing can be read."""
        try:
            if not isinstance(node, DictionaryObject) or key not in node:
                return None
            return node[key]
        except self._stumbles as error:
            log.info("a broken outline: %s", error)
            return None

    def _title(self, node: object) -> str:
        title = self._at(node, "/Title")
        return line_of(title)[:MOST_CHARACTERS] if isinstance(title, str | bytes) else ""

    def _page_of(self, node: object) -> int:
        """Return the page that an entry leads to, 1-based, or ``_NO_PAGE``: it may lead out of the file, or to what is not there."""
        try:
            return self._number(self._at(node, "/Dest") or self._at(self._at(node, "/A"), "/D"))
        except self._stumbles as error:
            log.info("an entry of the outline leads nowhere: %s", error)
            return _NO_PAGE

    def _number(self, place: object) -> int:
        if isinstance(place, str | bytes):
            named = self._named().get(place if isinstance(place, str) else place.decode("latin-1"))
            target: object = named.page if named else None
        else:
            there = self._at(place, "/D") or place
            target = there[0] if isinstance(there, list) and there else None
        if isinstance(target, int):  # against the rule for the file's own pages, and common
            return target + 1 if 0 <= target < len(self._reader.pages) else _NO_PAGE
        return self._page_numbers().get(target.idnum, _NO_PAGE) if isinstance(target, IndirectObject) else _NO_PAGE

    def _named(self) -> dict[str, Destination]:
        if self._names is None:
            self._names = {}
            self._names = dict(self._reader.named_destinations)
        return self._names

    def _page_numbers(self) -> dict[int, int]:
        if self._numbers is None:
            self._numbers = {}
            for number, page in enumerate(self._reader.pages, start=1):
                if page.indirect_reference is not None:
                    self._numbers.setdefault(page.indirect_reference.idnum, number)
        return self._numbers


def _led(entries: list[OutlineEntry]) -> list[OutlineEntry]:
    """Lead each entry without a page where the first one below it leads, and let no level be skipped."""
    levels: list[int] = []
    for entry in entries:
        levels.append(min(entry.level, levels[-1] + 1 if levels else 1))
    led: list[OutlineEntry] = []
    for entry, level in zip(reversed(entries), reversed(levels), strict=True):
        below = led[-1] if led and led[-1].level > level else None
        led.append(replace(entry, level=level, page=entry.page or (below.page if below else _NO_PAGE)))
    return led[::-1]
