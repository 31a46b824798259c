"""What a run has read and embedded so far, kept on disk as it comes: a run that is interrupted does not lose it.

Comes in: readings and documents that have their vectors. Goes out: what an interrupted run had made of the same content. Refuses to
stop a run: what cannot be kept is made again.

One SQLite file beside the builds. What was committed outlives a kill, what was not is not there, and a row whose content does not have
the hash that was written with it counts as missing. The run that finishes a build removes the file.
"""

import hashlib
import json
import logging
import math
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from index.encoders.full import ModelIdentity
from index.encoders.passage_vectors import PassageVectors, vectors_key
from index.records import Document, OutlineEntry, Page, Passage
from ingest.readers.read_document import FileMetadata, PageOutcome, ReadDocument
from ingest.recipe import versions

if TYPE_CHECKING:
    from index.build.ready_document import ReadyDocument
    from ingest.cache.build_cache import Vector

log = logging.getLogger(__name__)

CHECKPOINT_FILE = ".kept.sqlite"
_SUFFIXES = ("", "-wal", "-shm", "-journal")  # SQLite's own files beside it
_JSON = "json"
_HEAD_SIZE = 4  # bytes that say how long the head of a row's content is
_FORM = 2  # of rows; those of another form are dropped

Arrays = dict[str, NDArray[Any]]
_Reading: TypeAlias = tuple[str, tuple[Page, ...], int, tuple[PageOutcome, ...], FileMetadata, tuple[OutlineEntry, ...]]


class Checkpoint:
    """What an interrupted run left, and what this run adds to it."""

    def __init__(self, builds: Path, model: ModelIdentity) -> None:
        """Open what was kept in ``builds``; what another model or other code of ours made is dropped."""
        self._asked: set[bytes] = set()  # names of vectors that were wanted and are nowhere: what is worth keeping
        self._rows = _opened(builds / CHECKPOINT_FILE, repr((_FORM, model, sorted(versions().items()))))

    def knows(self, key: str) -> bool:
        """Tell whether the same bytes were read with the same readers and options."""
        return self._find(_name("reading", key)) is not None

    def reading(self, key: str) -> ReadDocument:
        """Return what reading gave, for a key that this ``knows``."""
        found = self._find(_name("reading", key))
        if found is None:
            raise KeyError(key)
        media_type, pages, page_count, outcomes, metadata, outline = _reading_form().validate_json(found.pop(_JSON).tobytes())
        boxes = {int(number): boxes for number, boxes in found.items()}
        return ReadDocument(media_type, pages, page_count, outcomes, metadata, boxes, outline)

    def passages(self, document: Document, pages: Sequence[Page], made_with: dict[str, str]) -> list[Passage] | None:
        """Return nothing: splitting again is quicker than keeping passages."""
        return None

    def passage_vectors(self, key: str) -> PassageVectors | None:
        """Return the vectors of the passage with this ``vectors_key``; None where it is new."""
        found = self._wanted(_name("passage", key))
        return None if found is None else PassageVectors(**found)

    def key_vector(self, key: str) -> "Vector | None":
        """Return the vector of a passage's key; None where it is new."""
        found = self._wanted(_name("key", key))
        return None if found is None else found["vector"]

    def keep_reading(self, key: str, read: ReadDocument) -> None:
        """Keep what reading a file gave."""
        told = (read.media_type, read.pages, read.page_count, read.outcomes, read.metadata, read.outline)
        text = _reading_form().dump_json(told)
        boxes = {str(number): boxes for number, boxes in read.boxes.items()}
        self._keep({_name("reading", key): {_JSON: np.frombuffer(text, np.uint8), **boxes}})

    def keep_vectors(self, ready: "ReadyDocument") -> None:
        """Keep the vectors of ``ready`` that were asked for here and not had, which no earlier build had either."""
        made: dict[bytes, Arrays] = {}
        for passage, one in zip(ready.passages, ready.vectors, strict=True):
            arrays: Arrays = {"passage": one.passage, "tokens": one.tokens, "sentences": one.sentences, "pieces": one.pieces}
            made[_name("passage", vectors_key(ready.document, passage))] = arrays
        keys = (key for passage in ready.passages for key in passage.keys)
        made |= {_name("key", key): {"vector": vector} for key, vector in zip(keys, ready.expansion_vectors, strict=True)}
        new = {name: arrays for name, arrays in made.items() if name in self._asked}
        self._keep(new)
        self._asked -= new.keys()

    def close(self) -> None:
        """Close the file; it stays for the next run."""
        if self._rows:
            self._rows.close()
        self._rows = None

    def _wanted(self, name: bytes) -> Arrays | None:
        found = self._find(name)
        if found is None:
            self._asked.add(name)
        return found

    def _find(self, name: bytes) -> Arrays | None:
        if self._rows is None:
            return None
        try:
            row = self._rows.execute("SELECT hash, content FROM kept WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error as error:
            log.warning("what an interrupted run left cannot be read: %s", error)
            return None
        return _unpacked(row[1]) if row and _hash(row[1]) == row[0] else None

    def _keep(self, made: Mapping[bytes, Arrays]) -> None:
        if self._rows is None or not made:
            return
        packed = ((name, _packed(arrays)) for name, arrays in made.items())
        try:
            with self._rows:
                rows = ((name, _hash(content), content) for name, content in packed)
                self._rows.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            # The disk may be full for this and have room for the build.
            log.warning("nothing more is kept for the case of an interruption: %s", error)
            self.close()


def forget_checkpoint(builds: Path) -> None:
    """Remove what was kept in ``builds``."""
    for suffix in _SUFFIXES:
        (builds / f"{CHECKPOINT_FILE}{suffix}").unlink(missing_ok=True)


def _opened(path: Path, made_with: str) -> sqlite3.Connection | None:
    for _ in range(2):
        rows = None
        try:
            rows = sqlite3.connect(path)
            # Without a wait for the disk at each commit: a kill loses nothing, a power cut at most the newest rows.
            rows.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            if _is_made_with(rows, made_with):
                return rows
        except sqlite3.Error as error:
            log.info("what an interrupted run left cannot be used: %s", error)
        if rows:
            rows.close()
        forget_checkpoint(path.parent)
    return None


def _is_made_with(rows: sqlite3.Connection, made_with: str) -> bool:
    with rows:
        rows.execute("CREATE TABLE IF NOT EXISTS made_with (what TEXT)")
        rows.execute("CREATE TABLE IF NOT EXISTS kept (name BLOB PRIMARY KEY, hash BLOB, content BLOB) WITHOUT ROWID")
        noted = rows.execute("SELECT what FROM made_with").fetchone()
        if noted is None:
            rows.execute("INSERT INTO made_with VALUES (?)", (made_with,))
    return noted is None or noted[0] == made_with


@cache
def _reading_form() -> TypeAdapter[_Reading]:
    return TypeAdapter(_Reading)


def _name(kind: str, key: str) -> bytes:
    # Hashed: what was read must not stand in the clear in a file that outlives a document.
    return _hash(f"{kind}\0{key}".encode())


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _packed(arrays: Arrays) -> bytes:
    """Return arrays as bytes: what they are, as JSON, and their numbers.

    Of thousands of small ones an archive of NumPy's takes a tenth of a first build.
    """
    head = json.dumps([(name, one.dtype.str, one.shape) for name, one in arrays.items()]).encode()
    return b"".join([len(head).to_bytes(_HEAD_SIZE, "little"), head, *(one.tobytes() for one in arrays.values())])


def _unpacked(content: bytes) -> Arrays:
    place = _HEAD_SIZE + int.from_bytes(content[:_HEAD_SIZE], "little")
    arrays: Arrays = {}
    for name, kind, shape in json.loads(content[_HEAD_SIZE:place]):
        count = math.prod(shape)
        arrays[name] = np.frombuffer(content, kind, count, place).reshape(shape).copy()
        place += arrays[name].nbytes
    return arrays
