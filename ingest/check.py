"""Look through the corpus for everything that a maintainer should mend.

Comes in: the corpus folder. Goes out: sentences with file and line. Refuses to mend, to embed anything, to open an address, and to
judge what a provision says.

What a section says of the law must be such that it can be traced: source, place and date there, and the address that of the
provision.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import CatalogueError
from index.evaluation.golden import QUESTIONS_FILE, GoldenQuestion
from index.records import Kind, Page, Source
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import Corpus, open_corpus
from ingest.catalogue.paraphrases import PARAPHRASES_FOLDER
from ingest.errors import CorpusProblems
from ingest.readers.provisions import law_of, names_place
from ingest.readers.read_document import PageStatus, ReadDocument, ReadingOptions
from ingest.readers.sound_letters import shown_name
from ingest.report import why_nothing
from ingest.stages.workers import FailureKind, ReadFailure, read_each

ACTS_FILE = "acts.toml"
_INSTRUMENT = re.compile(r"\bSI (\d{4}/\d+)")
_INSTRUMENTS = "uksi/"
_Read = ReadDocument | ReadFailure


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
        # "utf-8-sig": as all that people write, index.lexicon.HAND_WRITTEN
        return cls(tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {})

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


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a corpus, a sentence each."""

    problems: tuple[str, ...]  # to be mended
    warnings: tuple[str, ...] = ()  # to be known


def problems_of(folder: Path, options: ReadingOptions) -> list[str]:
    """Return every problem of the corpus in ``folder``, a sentence each."""
    return list(checked(folder, options).problems)


def checked(folder: Path, options: ReadingOptions) -> Checked:
    """Return what is to be said of the corpus in ``folder``; every document is read, and what could not be read is named."""
    try:
        corpus = open_corpus(folder)
    except CorpusProblems as error:
        return Checked(tuple(error.problems))
    except CatalogueError as error:
        return Checked((str(error),))
    read = dict(read_each([entry.path for entry in corpus.entries], options))
    unread = [sentence for entry in corpus.entries for sentence in _unread(entry.path, read[entry.path])]
    sections = {
        entry.document.id: None if entry.document.kind is Kind.ORIGINAL else _sections(read[entry.path])
        for entry in corpus.entries
    }
    law = _law_problems(folder, corpus.entries, read)
    problems = (*unread, *law, *_golden_problems(corpus, sections), *_wording_problems(corpus, sections))
    partly = (sentence for entry in corpus.entries for sentence in _partly_unread(entry.path, read[entry.path]))
    return Checked(problems, (*corpus.warnings, *partly))


def _unread(path: Path, read: _Read) -> list[str]:
    if isinstance(read, ReadDocument):
        return [] if read.pages else [f"{shown_name(str(path))}: {why_nothing(read.outcomes)}"]
    if read.kind is FailureKind.BROKEN_NOTE:
        return read.reason.splitlines()  # each with its file and line
    return [f"{shown_name(str(path))}: {read.reason}"]


def _partly_unread(path: Path, read: _Read) -> list[str]:
    """Return one sentence for each reason for which pages of a document were not read, with their count."""
    if isinstance(read, ReadFailure) or not read.pages:
        return []
    reasons = Counter(outcome.reason for outcome in read.outcomes if outcome.status is PageStatus.UNREADABLE)
    return [f"{shown_name(path.name)!r}: {count} of {read.page_count} pages: {reason}" for reason, count in reasons.items()]


def _sections(read: _Read) -> set[str] | None:
    """Return the sections of one of our own texts, by heading and by path; None where it could not be read."""
    return None if isinstance(read, ReadFailure) else {name for page in read.pages for name in _names(page)}


def _law_problems(folder: Path, entries: Sequence[Entry], read: Mapping[Path, _Read]) -> list[str]:
    """Return what is wrong with the sources of our own texts."""
    try:
        acts = ActsTable.read(folder)
    except tomllib.TOMLDecodeError as error:
        return [f"{folder / ACTS_FILE}: not valid TOML: {error}; correct the line that it names."]
    ours = ((entry, read[entry.path]) for entry in entries if entry.document.kind is not Kind.ORIGINAL)
    return [
        problem for entry, one in ours if isinstance(one, ReadDocument) for problem in law_problems(entry, one.pages, acts)
    ]


def _names(page: Page) -> tuple[str, ...]:
    return (page.section[-1], " > ".join(page.section)) if page.section else ()


def _golden_problems(corpus: Corpus, sections: dict[str, set[str] | None]) -> list[str]:
    path = corpus.folder / QUESTIONS_FILE
    known = {entry.document.id for entry in (*corpus.entries, *corpus.missing)}
    return [
        f"{path}:{question.line}: {question.id!r} names {problem}"
        for question in corpus.golden
        for problem in _place_problems(question, known, sections)
    ]


def _wording_problems(corpus: Corpus, sections: dict[str, set[str] | None]) -> list[str]:
    return [
        f"{corpus.folder / PARAPHRASES_FOLDER}: there are paraphrases for {section!r} of {document!r}, which has no such section"
        for document, section in corpus.paraphrases
        if section not in (sections.get(document) or ())
    ]


def _place_problems(question: GoldenQuestion, known: set[str], sections: dict[str, set[str] | None]) -> list[str]:
    problems = []
    for place in question.answers:
        named = sections.get(place.document)
        if place.document not in known:
            problems.append(f"the document {place.document!r}, which is not in the catalogue")
        elif named is not None and place.section not in named:
            problems.append(f"the section {place.section!r}, which {place.document!r} does not have")
    return problems
