"""Prove that what a section says of the law can be traced: source, place and date there, and the address that of the provision.

Comes in: our own texts as pages, and the table of Acts beside the catalogue. Goes out: sentences, each with file and line. Refuses
to open an address, and to judge what a provision says.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from index.records import Kind, Page, Source
from ingest.catalogue.catalogue import Entry
from ingest.readers.provisions import law_of, names_place

ACTS_FILE = "acts.toml"
_INSTRUMENT = re.compile(r"\bSI (\d{4}/\d+)")
_INSTRUMENTS = "uksi/"


class ActsTable:
    """Which chapter each Act is: "Localism Act 2011" is ukpga/2011/20."""

    def __init__(self, chapters: Mapping[str, str]) -> None:
        self._chapters = dict(chapters)

    @classmethod
    def read(cls, folder: Path) -> "ActsTable":
        """Read the table of the corpus in ``folder``; empty where there is none.

        Raises:
            tomllib.TOMLDecodeError: the file is not TOML.
        """
        path = folder / ACTS_FILE
        return cls(tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})

    def laws_named(self, title: str) -> tuple[str, ...]:
        """Return what a source's title names: its instruments by number, else the Act that it begins with; empty if neither."""
        instruments = tuple(_INSTRUMENTS + number for number in _INSTRUMENT.findall(title))
        act = max((name for name in self._chapters if title.startswith(name)), key=len, default="")
        return instruments or ((self._chapters[act],) if act else ())


def law_problems(entry: Entry, pages: Iterable[Page], acts: ActsTable) -> list[str]:
    """Return what is wrong with the sources of one of our own texts, a sentence each."""
    return [
        f"{entry.path}:{_line(entry.path, page)}: section {_heading(page)!r} {complaint}"
        for page in pages
        for complaint in _complaints(entry.document.kind, page, acts)
    ]


def _complaints(kind: Kind, page: Page, acts: ActsTable) -> Iterator[str]:
    laws = [source for source in page.sources if law_of(source.url)]
    if kind is Kind.BRIEFING and not page.sources:
        yield "has no source; a briefing says where each section is from: '> Source: [KEY] place'."
    if laws and not page.as_of:
        yield "cites the law but no date; say as of when in '> As of:' or in the header's as_of."
    if laws and kind is Kind.BRIEFING and not page.jurisdiction:
        yield "cites the law but not where it applies; say so in '> Applies to:' or in the header's jurisdiction."
    for source in laws:
        yield from _address_complaints(source, acts)


def _address_complaints(source: Source, acts: ActsTable) -> Iterator[str]:
    law, place = law_of(source.url) or ("", "")
    named = acts.laws_named(source.title)
    if not named:
        wanted = (
            "its number, as in (SI 2012/2421)"
            if law.startswith(_INSTRUMENTS)
            else f"a line in {ACTS_FILE} that gives its chapter"
        )
        yield f"links {source.title!r} to {source.url}, which nothing proves; add {wanted}."
    elif law not in named:
        yield f"links {source.title!r} to {law}, but it is {' or '.join(named)}; correct the address or the title."
    elif not names_place(source.where, place):
        yield f"links {source.url}, but names {source.where or 'no place'!r} in it; make the two agree."


def _heading(page: Page) -> str:
    return page.section[-1] if page.section else "before the first heading"


def _line(path: Path, page: Page) -> int:
    wanted = f"## {_heading(page)}"
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((number for number, line in enumerate(lines, start=1) if line.strip() == wanted), 1)
