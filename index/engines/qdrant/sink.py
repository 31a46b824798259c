"""Write one build into Qdrant, where nobody can search it before it is finished.

Comes in: passages with their vectors, and the files of the build. Goes out: a finished generation. Refuses to make anything live.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from index.engines.embedded import EmbeddedSource
from index.engines.engine import Counts, PassageRow
from index.engines.passage_text import written_passage
from index.engines.qdrant.collections import (
    EXPANSIONS,
    KEY,
    PAIRS,
    PASSAGE,
    ROW,
    SCORED,
    SPARSE,
    WORDS,
    collection_of,
    make_collection,
)
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.notes import Notes
from index.engines.qdrant.scored import ScoredBy, Terms
from index.engines.source import Shape
from index.errors import DamagedBuild, NotWritten
from index.sparse.bm25 import Words

WINDOW = 50_000  # passages whose words are turned round at once, out of postings
TOGETHER = 100  # points in one request: with the tokens of the largest model 12 MB, and a server takes 32
READ_BACK = 256  # points in one piece
LOOKS_EVERY = 0.5  # seconds: whether all is in order


class QdrantSink:
    """See CandidateSink."""

    def __init__(
        self,
        client: QdrantClient,
        place: str,
        shape: Shape,
        files: EmbeddedSource,
        keep_lock: Callable[[], None],
        spread: dict[str, int],
    ) -> None:
        """Begin a generation of that ``shape``; ``keep_lock`` is called while work goes on."""
        self._client, self._place, self._shape, self._files, self._keep_lock = client, place, shape, files, keep_lock
        self._collection = collection_of(shape.build)
        self._windows = {
            name: _Window(words)
            for name, words in ((WORDS, files.words), (EXPANSIONS, files.expansion_words), (PAIRS, files.pairs))
        }
        self._sent, self._total = 0, 0
        with in_words(place):
            Notes(client).note(shape, finished=False)
            make_collection(client, shape.build, shape.dimension, spread)

    def add(self, rows: Sequence[PassageRow]) -> None:
        """Write passages, their expansions, and what is looked at of them; see CandidateSink."""
        self._keep_lock()
        points = [point for one in rows for point in self._points(one)]
        for point in points:
            self._sent, self._total = self._sent + 1, self._total ^ _checksum(point.id, point.payload, point.vector)
        with in_words(self._place):
            for start in range(0, len(points), TOGETHER):
                self._client.upsert(self._collection, points[start : start + TOGETHER], wait=True)

    def finish(self) -> Counts:
        """Read everything back, compare, wait for what finds quickly; see CandidateSink."""
        with in_words(self._place):
            found, total = self._read_back()
            wanted = 2 * self._shape.passages + self._shape.keys
            if (found, total) != (self._sent, self._total) or found != wanted:
                raise DamagedBuild(
                    f"Qdrant at {self._place} holds {found} points of build {self._shape.build} that are not the {wanted} that were "
                    "to be written. Nothing was published; publish again."
                )
            self._wait_for_order()
            Notes(self._client).note(self._shape, finished=True)
        return Counts(self._shape.passages, self._shape.keys, self._shape.passages)

    def _wait_for_order(self) -> None:
        while (status := self._client.get_collection(self._collection).status) == models.CollectionStatus.YELLOW:
            self._keep_lock()
            sleep(LOOKS_EVERY)
        if status == models.CollectionStatus.RED:
            raise NotWritten(
                f"Qdrant at {self._place} could not put build {self._shape.build} in order: its log says why, as a rule for want of "
                "memory or disk. Nothing was published; publish again."
            )

    def _points(self, one: PassageRow) -> Iterator[models.PointStruct]:
        """Yield the passage, its expansions, and what is looked at of it."""
        words = {name: window.of(one.row) for name, window in self._windows.items()}
        scored = {SCORED: ScoredBy(one.vector, words[WORDS], words[EXPANSIONS]).packed()}
        sums = {name: _sparse(terms) for name, terms in words.items() if len(terms.numbers)}
        yield _point(one.row, {PASSAGE: one.vector.tolist(), **sums}, {ROW: one.row, **scored})
        first = self._shape.passages + int(self._files.expansion_bounds[one.row])
        for place, vector in enumerate(one.keys):
            yield _point(first + place, {KEY: vector.tolist()}, scored)
        looked = {
            "passage": written_passage(one),
            "keys": _text(one.keys.tobytes()),
            "tokens": _text(np.ascontiguousarray(one.tokens).tobytes()),
            "sentences": _text(one.sentences.astype("<i2").tobytes()),
            "lengths": _text(one.lengths.astype("<f4").tobytes()),
            PAIRS: _text(words[PAIRS].packed()),
        }
        yield _point(self._shape.passages + self._shape.keys + one.row, {}, looked)

    def _read_back(self) -> tuple[int, int]:
        found, total, after = 0, 0, None
        while True:
            points, after = self._client.scroll(
                self._collection, limit=READ_BACK, offset=after, with_payload=True, with_vectors=True
            )
            for point in points:
                found, total = found + 1, total ^ _checksum(point.id, point.payload, point.vector)
            self._keep_lock()
            if after is None:
                return found, total


class _Window:
    """The words of some passages in a row, turned round out of postings."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._start = self._end = 0

    def of(self, row: int) -> Terms:
        """Return the terms of a passage with their weights."""
        if not self._start <= row < self._end:
            self._start, self._end = row, row + WINDOW
            self._numbers, rows, self._weights = turned_round(self._words, row, row + WINDOW)
            self._bounds = np.searchsorted(rows, np.arange(row, row + WINDOW + 1))
        here = slice(*self._bounds[row - self._start : row - self._start + 2])
        return Terms(self._numbers[here].astype(np.uint32), self._weights[here])


# Put together without being looked through number by number, which takes as long as all the rest of writing.
def _point(number: int, vectors: Mapping[str, Any], payload: Mapping[str, Any]) -> models.PointStruct:
    return models.PointStruct.model_construct(id=number, vector=dict(vectors), payload=dict(payload))


def _sparse(terms: Terms) -> models.SparseVector:
    return models.SparseVector.model_construct(indices=terms.numbers.tolist(), values=terms.weights.tolist())


def turned_round(words: Words, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return what stands in the rows from ``start`` to ``end``, half-open, in their order: numbers of terms, rows, weights.

    A term's number is its place in the order of the hashes. All postings are read.
    """
    parts, first = [(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))], 0
    for terms, bounds, held in words.blocks():
        here = np.flatnonzero((held.rows >= start) & (held.rows < end))
        numbers = np.repeat(np.arange(first, first + len(terms)), np.diff(bounds))[here]
        parts.append((numbers, held.rows[here], held.weights[here]))
        first += len(terms)
    numbers, rows, weights = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(rows, kind="stable")
    return numbers[order], rows[order], weights[order]


def _text(stored: bytes) -> str:
    return b64encode(stored).decode()


def _checksum(number: object, payload: Any, vectors: Any) -> int:  # noqa: ANN401  # as the client gives them
    """Return 64 bits of all that a point holds; numbers as half and single precision keep them."""
    digest = hashlib.md5(f"{number} {json.dumps(payload or {}, sort_keys=True)}".encode(), usedforsecurity=False)
    for name in (PASSAGE, KEY):
        digest.update(np.array((vectors or {}).get(name, ()), "<f2").tobytes())
    for name in SPARSE:
        if vector := (vectors or {}).get(name):
            order = np.argsort(vector.indices)
            digest.update(np.array(vector.indices, "<u4")[order].tobytes() + np.array(vector.values, "<f4")[order].tobytes())
    return int.from_bytes(digest.digest()[:8], "big")
