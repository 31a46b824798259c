"""Look through the corpus for everything that a maintainer should mend.

Comes in: the corpus folder. Goes out: sentences with file and line. Refuses to mend, and to embed anything.
"""

import tomllib
from pathlib import Path

from index.errors import CatalogueError, UnreadableDocument
from index.golden import QUESTIONS_FILE, GoldenQuestion
from index.records import Kind, Page
from ingest.catalogue import Entry
from ingest.corpus import Corpus, open_corpus
from ingest.errors import CorpusProblems
from ingest.law_sources import ACTS_FILE, ActsTable, law_problems
from ingest.read_document import ReadingOptions
from ingest.reading import read_file
from ingest.wordings import WORDINGS_FOLDER


def problems_of(folder: Path, options: ReadingOptions) -> list[str]:
    """Return every problem of the corpus in ``folder``, a sentence each."""
    try:
        corpus = open_corpus(folder)
    except CorpusProblems as error:
        return list(error.problems)
    except CatalogueError as error:
        return [str(error)]
    problems: list[str] = []
    acts = _acts(folder, problems)
    sections = {entry.document.id: _sections(entry, options, acts, problems) for entry in corpus.entries}
    problems.extend(_golden_problems(corpus, sections))
    problems.extend(_wording_problems(corpus, sections))
    return problems


def _acts(folder: Path, problems: list[str]) -> ActsTable:
    try:
        return ActsTable.read(folder)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{folder / ACTS_FILE}: not valid TOML: {error}; correct the line that it names.")
        return ActsTable({})


def _sections(entry: Entry, options: ReadingOptions, acts: ActsTable, problems: list[str]) -> set[str] | None:
    """Return the sections of one of our own texts, by heading and by path; None where it has none to be named."""
    if entry.document.kind is Kind.ORIGINAL:
        return None
    try:
        pages = read_file(entry.path, options).pages
    except CorpusProblems as error:
        problems.extend(error.problems)
        return None
    except CatalogueError as error:
        problems.append(str(error))
        return None
    except UnreadableDocument as error:
        problems.append(f"{entry.path}: {error}")
        return None
    problems.extend(law_problems(entry, pages, acts))
    return {name for page in pages for name in _names(page)}


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
        f"{corpus.folder / WORDINGS_FOLDER}: there are wordings for {section!r} of {document!r}, which has no such section"
        for document, section in corpus.wordings
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
