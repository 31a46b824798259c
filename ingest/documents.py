"""Put a document into the corpus, or take one out.

Comes in: a file or an address and what is known about it, or an id. Goes out: a changed corpus folder. Refuses to build, to take what
cannot be read, and to take the same file twice.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from index.build.layout import sync_folder
from index.digests import file_digest
from index.errors import CatalogueError
from index.records import Document, Kind
from ingest.catalogue.catalogue import CATALOGUE_FILE, DOCUMENTS_FOLDER, Entry, read_catalogue, slug_of, unlisted_files
from ingest.catalogue.entries import append_entry, let_back, remove_entry
from ingest.describing import GUESSABLE
from ingest.errors import DocumentRefused
from ingest.fetch.network import Network
from ingest.intake import arrived_at, said_by
from ingest.readers.read_document import FileMetadata, ReadingOptions
from ingest.readers.sound_letters import shown_name

REMOVED_FOLDER = ".removed"
_ADDING = ".adding-"


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says about a document; what is empty is taken from the file."""

    id: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    authors: str = ""
    url: str = ""
    licence: str = ""
    guessed: tuple[str, ...] = ()  # which of these were taken from the file and seen by nobody


@dataclass(frozen=True, slots=True)
class Added:
    """What was put into the corpus."""

    id: str
    title: str
    path: Path


Ask = Callable[[Details], Details]
"""Completes the details by asking a person, or returns them as they are."""


def add_document(source: str, details: Details, corpus: Path, network: Network, options: ReadingOptions, ask: Ask) -> Added:
    """Put ``source`` into the corpus: the file below documents/, the entry at the end of the catalogue.

    Whoever calls holds the lock of the builds.

    Raises:
        DocumentRefused: it is there already, or it cannot be read; nothing was changed.
        FetchRefused: the address may not or cannot be fetched; nothing was changed.
        CatalogueError: the catalogue cannot be used, or the entry does not fit into it; nothing was changed.
    """
    listed = read_catalogue(corpus)
    home = corpus / DOCUMENTS_FOLDER
    home.mkdir(exist_ok=True)
    inside = _unlisted(source, corpus, listed)
    for left in home.glob(f"{_ADDING}*"):
        shutil.rmtree(left)  # by a run that was killed
    with tempfile.TemporaryDirectory(prefix=_ADDING, dir=home) as folder:
        arrived = inside or arrived_at(source, Path(folder), network, options)
        _check_new(arrived, corpus, listed, inside)
        said = said_by(arrived, options)
        details = ask(_completed(details, said, arrived, source))
        awaited = next((entry for entry in listed if entry.document.id == details.id and not entry.held), None)
        if awaited is not None:
            return _put_awaited(awaited, arrived)
        return _put_new(details, arrived, corpus, listed, inside)


def remove_document(document_id: str, corpus: Path) -> Path | None:
    """Take ``document_id`` out of the catalogue; its file goes to documents/.removed/. Returns where the file is now.

    None where the file is one of our own texts, which stays where it is. What was left out in its favour comes back.

    Raises:
        DocumentRefused: there is no such document, or another one is about it; nothing was changed.
    """
    listed = read_catalogue(corpus)
    entry = next((entry for entry in listed if entry.document.id == document_id), None) or _unlisted_entry(
        document_id, corpus, listed
    )
    if entry is None:
        known = ", ".join(entry.document.id for entry in listed)
        raise DocumentRefused(f"There is no document {document_id[:80]!r}. The documents are: {known}.")
    about = [other.document.id for other in listed if other.document.about == document_id]
    if about:
        raise DocumentRefused(
            f"{', '.join(about)} is about {document_id!r}; remove that first, or take “about” out of its entry."
        )
    let_back(corpus / CATALOGUE_FILE, copies_of(document_id, corpus))
    # The file first: one without an entry is read all the same, and a run that was killed between the two would not have removed it.
    aside = _set_aside(entry.path, corpus / DOCUMENTS_FOLDER)
    try:
        _take_out(document_id, corpus)
    except (CatalogueError, OSError):
        if aside is not None:
            aside.rename(entry.path)
        raise
    return aside


def copies_of(document_id: str, corpus: Path) -> list[str]:
    """Return the documents that a person left out in favour of ``document_id``: they come back where it is removed.

    Raises:
        CatalogueError: the catalogue cannot be used.
    """
    return [entry.document.id for entry in read_catalogue(corpus) if entry.copy_of == document_id]


def _take_out(document_id: str, corpus: Path) -> None:
    catalogue = corpus / CATALOGUE_FILE
    line = next((entry.line for entry in read_catalogue(corpus) if entry.document.id == document_id), 0)
    if line:
        remove_entry(catalogue, document_id, line)


def _unlisted_entry(document_id: str, corpus: Path, listed: list[Entry]) -> Entry | None:
    taken = [entry.document.id for entry in listed]
    for path in unlisted_files(corpus, listed):
        slug = slug_of(shown_name(path.stem), taken)
        taken.append(slug)
        if slug == document_id:
            return Entry(Document(slug, "", Kind.ORIGINAL), path, held=True)
    return None


def _unlisted(source: str, corpus: Path, listed: list[Entry]) -> Path | None:
    """Return the path of ``source`` where it lies in documents/ already and only lacks an entry."""
    if "://" in source:
        return None
    return next((path for path in unlisted_files(corpus, listed) if path.resolve() == Path(source).resolve()), None)


def _check_new(arrived: Path, corpus: Path, listed: list[Entry], inside: Path | None) -> None:
    digest = file_digest(arrived)
    held = [(entry.document.id, entry.path) for entry in listed if entry.held]
    others = [(path.name, path) for path in unlisted_files(corpus, listed) if path != inside]
    for name, path in (*held, *others):
        if path.stat().st_size == arrived.stat().st_size and file_digest(path) == digest:
            raise DocumentRefused(f"{arrived.name!r} is there already: it is the same file as {name!r}. Nothing was changed.")


def _completed(details: Details, said: FileMetadata, arrived: Path, source: str) -> Details:
    title = details.title or said.title or arrived.stem.replace("-", " ").replace("_", " ")
    return replace(
        details,
        title=shown_name(" ".join(title.split())[:250]),
        published=details.published or said.published,
        authors=details.authors or said.authors,
        url=details.url or (source if "://" in source else ""),
        guessed=tuple(key for key in GUESSABLE if not getattr(details, key) and (key == "title" or getattr(said, key))),
    )


def _put_awaited(awaited: Entry, arrived: Path) -> Added:
    if arrived.suffix.lower() != awaited.path.suffix.lower():
        raise DocumentRefused(
            f"The catalogue expects {awaited.path.name!r} for {awaited.document.id!r}, not a {arrived.suffix} file."
        )
    awaited.path.parent.mkdir(parents=True, exist_ok=True)
    _place(arrived, awaited.path)
    return Added(awaited.document.id, awaited.document.title, awaited.path)


def _put_new(details: Details, arrived: Path, corpus: Path, listed: list[Entry], inside: Path | None) -> Added:
    taken = [entry.document.id for entry in listed]
    if details.id in taken:
        raise DocumentRefused(f"The id {details.id!r} is taken. Choose another with --id, or remove that document first.")
    slug = details.id or slug_of(details.title, taken)
    home = corpus / DOCUMENTS_FOLDER
    path = inside or home / f"{slug_of(slug, [other.stem for other in home.iterdir()])}{arrived.suffix.lower()}"
    table: dict[str, str | list[str]] = {
        "id": slug,
        "title": details.title,
        "kind": Kind.ORIGINAL.value,
        "file": path.relative_to(corpus).as_posix(),
        "publisher": details.publisher,
        "published": details.published,
        "authors": details.authors,
        "url": details.url if details.url.startswith(("http://", "https://")) else "",
        "licence": details.licence,
        "guessed": list(details.guessed),
    }
    if inside is None:
        _place(arrived, path)
    try:
        append_entry(corpus / CATALOGUE_FILE, table)
    except (CatalogueError, OSError):
        if inside is None:
            path.unlink()
        raise
    return Added(slug, details.title, path)


def _place(arrived: Path, path: Path) -> None:
    try:
        os.link(arrived, path)  # fails where a file of that name has come meanwhile; rename would replace it
    except FileExistsError:
        raise DocumentRefused(f"{path} has come into being meanwhile and is left as it is.") from None
    sync_folder(path.parent)


def _set_aside(path: Path, home: Path) -> Path | None:
    if not path.is_file() or not path.resolve().is_relative_to(home.resolve()):
        return None
    aside = home / REMOVED_FOLDER
    aside.mkdir(exist_ok=True)
    taken = [other.stem for other in aside.iterdir()]
    target = aside / f"{slug_of(path.stem, taken)}{path.suffix}"
    path.rename(target)
    return target
