"""The corpus as a whole: what the catalogue lists, what lies beside it, and what can be said against it.

Comes in: the corpus folder. Goes out: a Corpus. Refuses to read inside the documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.digests import file_digest
from index.errors import BenchmarkSetError
from index.evaluation.golden import QUESTIONS_FILE, GoldenQuestion, read_golden
from index.lexicon import Lexicon
from index.records import Document, Kind
from ingest.catalogue.catalogue import (
    CATALOGUE_FILE,
    DOCUMENTS_FOLDER,
    Entry,
    links_out,
    read_catalogue,
    slug_of,
    unlisted_files,
)
from ingest.catalogue.lexicon_files import read_lexicon
from ingest.catalogue.paraphrases import Paraphrases, read_paraphrases
from ingest.errors import CorpusProblems
from ingest.readers.sound_letters import shown_name

_NAMES_SHOWN = 3  # in a warning about many files of one kind


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that a build is made from."""

    folder: Path
    entries: tuple[Entry, ...]  # the catalogue's, then files without an entry; only those whose file is there
    missing: tuple[Entry, ...]  # originals that the catalogue lists and nobody has put here yet
    warnings: tuple[str, ...]
    lexicon: Lexicon
    golden: tuple[GoldenQuestion, ...]
    paraphrases: Paraphrases


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex; empty where it is gone or may not be read, which its reader will say."""
    try:
        return file_digest(path)
    except OSError:
        return ""


def _with_examples(lexicon: Lexicon, golden: Sequence[GoldenQuestion]) -> Lexicon:
    """Return ``lexicon`` with the golden questions that are marked as examples, where the corpus names none in ``site.toml``."""
    marked = tuple(question.text for question in golden if question.example and question.answerable and not question.context)
    return lexicon if lexicon.site.examples else replace(lexicon, site=replace(lexicon.site, examples=marked))


def open_corpus(folder: Path) -> Corpus:
    """Return the corpus in ``folder``.

    Raises:
        CatalogueError: there is no catalogue there.
        CorpusProblems: something in it cannot be used, each with its file and line.
    """
    listed = read_catalogue(folder)
    golden = _golden(folder)
    examples_first = sorted(golden, key=lambda question: not question.example)
    suggestions = tuple(question.text for question in examples_first if question.answerable and not question.context)
    lexicon = _with_examples(read_lexicon(folder, suggestions), golden)
    unlisted = list(_unlisted(folder, listed))
    if not listed and not unlisted:
        raise CorpusProblems(
            [f"{folder / CATALOGUE_FILE}: no [[document]] entry, and {DOCUMENTS_FOLDER}/ is empty; put documents there"]
        )
    held = [replace(entry, document=_with_digest(entry)) for entry in listed if entry.held]
    return Corpus(
        folder=folder,
        entries=(*held, *unlisted),
        missing=tuple(entry for entry in listed if not entry.held),
        warnings=(*_unlisted_warnings(unlisted), *_link_warnings(folder), *_digest_warnings(listed, held)),
        lexicon=replace(lexicon, not_held=tuple(entry.document for entry in listed if not entry.held)),
        golden=tuple(golden),
        paraphrases=read_paraphrases(folder),
    )


def listed_names(paths: Sequence[Path]) -> str:
    """Return the first few names as they can be shown, and how many more there are."""
    first = ", ".join(repr(shown_name(path.name)) for path in paths[:_NAMES_SHOWN])
    return f"{first} and {len(paths) - _NAMES_SHOWN} more" if len(paths) > _NAMES_SHOWN else first


def _golden(folder: Path) -> list[GoldenQuestion]:
    try:
        return read_golden(folder / QUESTIONS_FILE)
    except BenchmarkSetError as error:
        raise CorpusProblems(str(error).splitlines()) from error


def _with_digest(entry: Entry) -> Document:
    return replace(entry.document, sha256=digest_of(entry.path))


def _unlisted(folder: Path, listed: list[Entry]) -> Iterable[Entry]:
    taken = [entry.document.id for entry in listed]
    for path in unlisted_files(folder, listed):
        slug = slug_of(shown_name(path.stem), taken)
        taken.append(slug)
        yield Entry(Document(slug, "", Kind.ORIGINAL, sha256=digest_of(path)), path, held=True)


def _unlisted_warnings(unlisted: list[Entry]) -> list[str]:
    if len(unlisted) > 1:
        names = listed_names([entry.path for entry in unlisted])
        return [
            f"{len(unlisted)} files have no entry in {CATALOGUE_FILE} and are read with what they say about themselves: {names}"
        ]
    return [
        f"{shown_name(entry.path.name)!r} has no entry in {CATALOGUE_FILE}: it is read as {entry.document.id!r}, "
        "with what the file says about itself"
        for entry in unlisted
    ]


def _link_warnings(folder: Path) -> list[str]:
    links = links_out(folder)
    if len(links) > 1:
        return [
            f"{len(links)} links lead out of {DOCUMENTS_FOLDER}/ and are not read; put the files themselves there: "
            f"{listed_names(links)}"
        ]
    return [
        f"{shown_name(path.name)!r} is a link that leads out of {DOCUMENTS_FOLDER}/ and is not read; put the file itself there"
        for path in links
    ]


def _digest_warnings(listed: list[Entry], held: list[Entry]) -> list[str]:
    wanted = {entry.document.id: entry.document.sha256 for entry in listed if entry.document.sha256}
    return [
        f"{entry.path.name!r} is not the file that the catalogue expects for {entry.document.id!r}: found SHA-256 "
        f"{entry.document.sha256[:12]}…, wanted {wanted[entry.document.id][:12]}…"
        for entry in held
        if entry.document.sha256 and wanted.get(entry.document.id, entry.document.sha256) != entry.document.sha256
    ]
