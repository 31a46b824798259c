"""Read corpus/catalogue.toml: which documents there are, and what is known about each.

Comes in: the corpus folder. Goes out: entries in the catalogue's order. Refuses to read the documents themselves.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import CatalogueError
from index.lexicon import HAND_WRITTEN
from index.records import Document, Kind
from ingest.errors import CorpusProblems

CATALOGUE_FILE = "catalogue.toml"
DOCUMENTS_FOLDER = "documents"
_INCOMPLETE = {".part", ".partial", ".crdownload", ".download", ".tmp"}  # what browsers call a file until it is whole
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_ENTRY = re.compile(r"^[ \t]*\[\[\s*document\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the catalogue and the file that holds it."""

    document: Document
    path: Path
    held: bool  # whether the file is there; an original may be missing, and then it is said so
    fetch: str = ""  # the address that the file can be downloaded from
    copy_of: str = ""  # id of the document that is kept in place of this one, by a maintainer's choice
    differs_from: tuple[str, ...] = ()  # ids of documents that it looks like and is kept beside, by a maintainer's choice
    blank: tuple[str, ...] = ()  # keys that the entry leaves empty on purpose, so that nothing is taken from the file
    guessed: tuple[str, ...] = ()  # keys whose values were taken from the file, and that nobody has confirmed
    line: int = 0  # of the catalogue; 0 for a file without an entry


class _EntryFields(BaseModel):
    """One [[document]] table, as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=_SLUG, max_length=80)
    title: str = Field(min_length=1, max_length=250)
    kind: str = Field(pattern="^(notes|briefing|original)$")
    file: str = Field(min_length=1)
    publisher: str = ""
    published: str = ""
    authors: str = ""
    url: str = Field("", pattern="^(https?://.+)?$")
    licence: str = ""
    about: str = ""
    fetch: str = Field("", pattern="^(https://.+)?$")
    sha256: str = Field("", pattern="^([0-9a-f]{64})?$")
    jurisdiction: str = ""
    copy_of: str = ""
    differs_from: list[str] = Field(default_factory=list)
    guessed: list[str] = Field(default_factory=list)


def read_catalogue(corpus: Path) -> list[Entry]:
    """Return the entries of the catalogue in ``corpus``.

    Raises:
        CatalogueError: there is no catalogue, or it is not TOML.
        CorpusProblems: entries that cannot be used, each named with its line.
    """
    path = corpus / CATALOGUE_FILE
    try:
        text = path.read_text(encoding=HAND_WRITTEN)
        tables = tomllib.loads(text)
    except FileNotFoundError as error:
        raise CatalogueError(f"There is no {CATALOGUE_FILE} in {corpus}. Name the corpus folder with --corpus.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path} cannot be read as TOML: {error}. Correct that line and run again.") from error
    entries, problems = _entries(corpus, tables, _entry_lines(text))
    problems.extend(_misfits(path, entries))
    if problems:
        raise CorpusProblems(problems)
    return entries


def unlisted_files(corpus: Path, entries: Iterable[Entry]) -> list[Path]:
    """Return the files in corpus/documents/ that no entry names, sorted.

    Hidden files and folders, downloads that are not complete, and links out of the folder are left out.
    """
    folder = corpus / DOCUMENTS_FOLDER
    listed = {entry.path.resolve() for entry in entries}
    home = folder.resolve()
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.suffix.lower() not in _INCOMPLETE
        and path.name != "README.md"
        and path.resolve() not in listed
        and path.resolve().is_relative_to(home)
    ]


def links_out(corpus: Path) -> list[Path]:
    """Return the links in corpus/documents/ that lead out of it, which are not read, sorted."""
    folder = corpus / DOCUMENTS_FOLDER
    home = folder.resolve()
    return [path for path in sorted(folder.rglob("*")) if path.is_symlink() and not _lies_in(home, path)]


def _lies_in(home: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):
        return False  # links that lead in a circle


def slug_of(name: str, taken: Iterable[str]) -> str:
    """Return an id for a file of that name: lower case, hyphens, not one of ``taken``."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:70].strip("-") or "document"
    used = set(taken)
    candidates = (plain, *(f"{plain}-{number}" for number in range(2, len(used) + 3)))
    return next(candidate for candidate in candidates if candidate not in used)


def faults_of(table: dict[str, Any]) -> list[str]:
    """Return what is wrong with a [[document]] table that is to be added, a sentence each."""
    try:
        _EntryFields.model_validate(table)
    except ValidationError as error:
        return _in_words("the new entry", table, error)
    return []


def _entry_lines(text: str) -> list[int]:
    return [text.count("\n", 0, match.start()) + 1 for match in _ENTRY.finditer(text)]


def _entries(corpus: Path, tables: dict[str, Any], lines: list[int]) -> tuple[list[Entry], list[str]]:
    path = corpus / CATALOGUE_FILE
    problems = [f"{path}: unknown table or key {name!r}; only [[document]] is known" for name in tables if name != "document"]
    found = tables.get("document", [])
    if not isinstance(found, list):
        return [], [*problems, f"{path}: {'document'!r} is no list of [[document]] entries"]
    lines = lines if len(lines) == len(found) else [0] * len(found)  # tables written in line cannot be told apart by line
    entries = []
    for table, line in zip(found, lines, strict=True):
        try:
            entries.append(_entry(corpus, _EntryFields.model_validate(table), line))
        except ValidationError as error:
            problems.extend(_in_words(f"{path}:{line}", table, error))
    return entries, problems


def _entry(corpus: Path, fields: _EntryFields, line: int) -> Entry:
    known = fields.model_dump(exclude={"file", "fetch", "kind", "copy_of", "differs_from", "guessed"})
    document = Document(kind=Kind(fields.kind), **known)
    path = corpus / fields.file
    blank = tuple(sorted(key for key in fields.model_fields_set if not getattr(fields, key)))
    return Entry(
        document,
        path,
        path.is_file(),
        fields.fetch,
        fields.copy_of,
        tuple(fields.differs_from),
        blank,
        tuple(fields.guessed),
        line,
    )


def _in_words(place: str, table: dict[str, Any], error: ValidationError) -> list[str]:
    name = table.get("id", "without id")
    problems = []
    for fault in error.errors():
        key = fault["loc"][0]
        if fault["type"] == "extra_forbidden":
            problems.append(
                f"{place}: entry {name!r} has the unknown key {key!r}; known are {', '.join(_EntryFields.model_fields)}"
            )
        else:
            problems.append(f"{place}: entry {name!r}, key {key!r}: {fault['msg'].lower()}")
    return problems


def _misfits(path: Path, entries: list[Entry]) -> list[str]:
    problems = []
    first: dict[str, int] = {}
    ids = {entry.document.id for entry in entries}
    corpus = path.parent.resolve()
    for entry in entries:
        document, place = entry.document, f"{path}:{entry.line}"
        if document.id in first:
            problems.append(
                f"{place}: the id {document.id!r} is already used in line {first[document.id]}; give this entry another"
            )
        first.setdefault(document.id, entry.line)
        if document.about and document.about not in ids:
            problems.append(f"{place}: {document.id!r} is about {document.about!r}, which is not an entry")
        problems.extend(_copy_misfits(entry, entries, place))
        if not entry.path.resolve().is_relative_to(corpus):
            problems.append(f"{place}: the file of {document.id!r} lies outside the corpus folder; move it inside")
        elif not entry.held and document.kind is not Kind.ORIGINAL:
            problems.append(f"{place}: the file of {document.id!r} is missing: {entry.path}; add it or remove the entry")
    return problems


def _copy_misfits(entry: Entry, entries: list[Entry], place: str) -> list[str]:
    if not entry.copy_of:
        return []
    kept = next((other for other in entries if other.document.id == entry.copy_of), None)
    if kept is None or kept is entry:
        return [f"{place}: {entry.document.id!r} is a copy of {entry.copy_of!r}, which is not another entry"]
    if kept.copy_of:
        return [f"{place}: {entry.document.id!r} is a copy of {entry.copy_of!r}, which is left out itself; keep one of them"]
    return []
