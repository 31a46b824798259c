"""Write the words index: the terms of every passage turned round into where each term stands.

Comes in: the terms of every passage, in row order. Goes out: the files that ``index.sparse.bm25`` maps. Refuses to know what
a passage is.

A large corpus has a hundred million postings, more than a small machine holds. So they are collected up to a bound, laid aside in
parts by the hash of their term, and each part is put in order alone when the index is written.
"""

import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from index.sparse.bm25 import K1, term_hash

B = 0.75
PARTS = 32
MOST_HELD = 2_000_000  # postings in memory, 16 bytes each

_POSTING = np.dtype([("term", np.uint64), ("row", np.int32), ("count", np.int32)])
_Postings = NDArray[np.void]


class WordsWriter:
    """Collects the terms of passages in row order and writes the index."""

    def __init__(self, folder: Path, most_held: int = MOST_HELD) -> None:
        """Begin an empty index in ``folder``; at most about ``most_held`` postings stay in memory."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_held = most_held
        self._lengths = array("i")
        self._parts: list[IO[bytes]] = []
        self._total = 0
        self._begin()

    def _begin(self) -> None:
        self._terms, self._rows, self._counts = array("Q"), array("i"), array("i")

    def add(self, terms: Iterable[str]) -> None:
        """Add the terms of the next passage."""
        counts = Counter(terms)
        self._terms.extend(map(term_hash, counts))
        self._rows.extend([len(self._lengths)] * len(counts))
        self._counts.extend(counts.values())
        self._lengths.append(counts.total())
        if len(self._terms) >= self._most_held:
            self._lay_aside()

    def save(self, k1: float = K1, b: float = B) -> None:
        """Write the index: hashes of the terms (sorted), their offsets, rows and weights."""
        total = self._total + len(self._terms)
        lengths = np.asarray(self._lengths, np.float32)
        # Short texts are not punished for shortness twice: an empty index has no mean, and 1 keeps the formula whole.
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1e-9))
        rows = _array_file(self._folder / "rows.npy", np.int32, total)
        weights = _array_file(self._folder / "weights.npy", np.float32, total)
        terms, sizes, written = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
        for part in self._in_order():
            here = slice(written, written := written + len(part))
            distinct, frequencies = np.unique(part["term"], return_counts=True)
            idf = np.repeat(_inverse_document_frequencies(frequencies, len(lengths)), frequencies)
            counts = part["count"].astype(np.float32)
            rows[here] = part["row"]
            weights[here] = idf * (counts * (k1 + 1) / (counts + norm[part["row"]]))
            terms.append(distinct)
            sizes.append(frequencies)
        np.save(self._folder / "terms.npy", np.concatenate(terms))
        np.save(self._folder / "offsets.npy", np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64))
        np.save(self._folder / "size.npy", np.array([len(lengths)], np.int64))
        self.close()

    def close(self) -> None:
        """Drop what was laid aside."""
        for part in self._parts:
            part.close()

    def _held(self) -> _Postings:
        held = np.empty(len(self._terms), _POSTING)
        for name, values in zip(_POSTING.names or (), (self._terms, self._rows, self._counts), strict=True):
            held[name] = np.frombuffer(values, held[name].dtype)
        return held

    def _lay_aside(self) -> None:
        if not self._parts:
            # Files without a name: gone with the process, however it ends.
            self._parts = [tempfile.TemporaryFile(dir=self._folder) for _ in range(PARTS)]  # noqa: SIM115 - closed in ``close``
        held = self._held()
        number = held["term"] // np.uint64(2**64 // PARTS)
        for place, file in enumerate(self._parts):
            file.write(held[number == place].tobytes())
        self._total += len(held)
        self._begin()

    def _in_order(self) -> Iterator[_Postings]:
        """Yield all postings by term and row, part after part."""
        if not self._parts:
            yield _ordered(self._held())
            return
        self._lay_aside()
        for file in self._parts:
            file.seek(0)
            yield _ordered(np.frombuffer(file.read(), _POSTING))


def _ordered(postings: _Postings) -> _Postings:
    # They came in the order of their rows, and a stable sort keeps it.
    return postings[np.argsort(postings["term"], kind="stable")]


def _array_file(path: Path, kind: type[np.generic], size: int) -> NDArray[np.generic]:
    """Return an array that is written to ``path`` as it is filled."""
    if not size:  # an empty file cannot be mapped
        np.save(path, np.empty(0, kind))
        return np.empty(0, kind)
    return np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=(size,))


def _inverse_document_frequencies(frequencies: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    """Return the idf of ``bm25`` for many terms, shape (terms,)."""
    return np.asarray(np.log(1 + (size - frequencies + 0.5) / (frequencies + 0.5)), np.float32)
