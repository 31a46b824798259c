"""Bring a file to the corpus, from this machine or from an address, and read what it says of itself.

Comes in: a path or an address. Goes out: a copy in a folder of ours; what was read. Refuses to put it into the corpus, and to take
what is too large or cannot be read.
"""

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index.records import Document, Kind
from ingest.catalogue.catalogue import Entry
from ingest.errors import DocumentRefused
from ingest.fetch.fetching import fetch
from ingest.fetch.network import Network
from ingest.readers.read_document import FileMetadata, ReadingOptions
from ingest.readers.registry import format_named
from ingest.stages.workers import ReadFailure, read_each

FETCHING_FOLDER = ".fetching"


def arrived_at(source: str, folder: Path, network: Network, options: ReadingOptions) -> Path:
    """Return the copy of ``source``, a path or an address, in ``folder``.

    Raises:
        DocumentRefused: there is no such file, or it is too large.
        FetchRefused: the address may not or cannot be fetched.
    """
    if "://" in source:
        return _downloaded(source, folder, network)
    path = Path(source)
    if not path.is_file():
        raise DocumentRefused(f"There is no file {source!r}. Name a file, or an address that begins with https://")
    if path.stat().st_size > options.limits.most_bytes:
        raise DocumentRefused(
            f"{path.name!r} has {path.stat().st_size:,} bytes; at most {options.limits.most_bytes:,} are taken."
        )
    copy = folder / path.name
    shutil.copyfile(path, copy)
    return copy


def _downloaded(url: str, folder: Path, network: Network) -> Path:
    name = Path(unquote(urlsplit(url).path)).name or "document"
    name = name if format_named(name) else f"{name}.html"
    # Beside ``folder``, which goes: what a broken line has brought stays, and the next try goes on from there.
    coming = folder.parent / FETCHING_FOLDER / hashlib.sha256(url.encode()).hexdigest()[:16]
    try:
        fetched = fetch(Entry(Document("new", "", Kind.ORIGINAL), coming / name, held=False, fetch=url), network)
        return fetched.path.rename(folder / name)
    finally:
        with suppress(OSError):  # which says that something is in it
            coming.rmdir()
            coming.parent.rmdir()


def said_by(arrived: Path, options: ReadingOptions) -> FileMetadata:
    """Return what the file says of itself.

    Raises:
        DocumentRefused: it cannot be read, or holds no text.
    """
    [(_, read)] = read_each([arrived], options)
    if isinstance(read, ReadFailure):
        raise DocumentRefused(f"{arrived.name!r} cannot be read: {read.reason}. Nothing was changed.")
    if not read.pages:
        raise DocumentRefused(f"{arrived.name!r} holds no text that could be read. Nothing was changed.")
    return read.metadata
