"""The corpus as a whole: what the catalogue lists, what lies beside it, and what can be said against it; shipped, and the user's.

Comes in: the corpus folder; the folder that an installed package ships. Goes out: a Corpus; the user's folder, as new as the
package where nobody changed it. Refuses to read inside the documents, and to touch what a person wrote.

The package's own folder is replaced with every upgrade, and documents and corrections are put into the user's. What was copied is
noted with its SHA-256: a file that still has it is replaced by a newer one, one that was changed or removed is left so.
"""

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.build.layout import replace_text
from index.digests import file_digest
from index.errors import BenchmarkSetError
from index.evaluation.golden import QUESTIONS_FILE, GoldenQuestion, read_golden
from index.installation import INSTALLED, ROOT
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
SHIPPED = ROOT / "corpus"
NOTE = ".shipped.json"
_DRAFT = ".coming"


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


def bring_shipped(target: Path, shipped: Path = SHIPPED) -> list[str]:
    """Copy what is new in ``shipped`` into ``target``; returns the names of the files that were written."""
    target.mkdir(parents=True, exist_ok=True)
    note = target / NOTE
    before: dict[str, str] = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    files = {path.relative_to(shipped).as_posix(): path for path in sorted(shipped.rglob("*")) if path.is_file()}
    now = {name: file_digest(path) for name, path in files.items()}
    written = [name for name in files if now[name] != before.get(name) and _may_write(target / name, before.get(name, ""))]
    brought = dict(before)
    for name in written:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        _copy_whole(files[name], target / name)
        # At once: after a kill, and an upgrade to yet another edition, it would be taken for what a person wrote.
        brought[name] = now[name]
        replace_text(note, json.dumps(brought, indent=1))
    if now != brought:
        replace_text(note, json.dumps(now, indent=1))
    return written


def _copy_whole(source: Path, target: Path) -> None:
    # Half a file, on a full disk or after a kill, would be taken for what a person wrote, and never be mended.
    draft = target.with_name(f".{target.name}.{os.getpid()}{_DRAFT}")  # two that start at once do not meet
    try:
        shutil.copyfile(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _may_write(path: Path, as_it_was: str) -> bool:
    """Tell whether a file is as it was copied; an empty ``as_it_was``: it was never copied."""
    return file_digest(path) == as_it_was if path.is_file() else not as_it_was


def bring_where_it_is_ours(corpus: Path, usual: Path) -> None:
    """Bring the shipped corpus where this is an installed package, and nobody named another folder than the ``usual``."""
    if INSTALLED and corpus == usual:
        bring_shipped(corpus)
