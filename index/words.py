"""The words index: BM25 over terms, on disk, mapped into memory only where a question touches it.

Comes in: the terms of every passage, in row order. Goes out: BM25 scores for the terms of a question.
Refuses to know what a passage is, how a question was typed, or how scores are joined with others.

Scores follow Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf of Lucene,
ln(1 + (N - n + 0.5) / (n + 0.5)), which never falls below zero. The share of a term in a passage's score does not depend on the
question, so it is worked out when the build is written (as bm25s does) and a question only adds up.
"""

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild

K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term stands and what it adds there."""

    rows: NDArray[np.int32]  # passage rows, ascending, shape (m,)
    weights: NDArray[np.float32]  # BM25 share of the term, shape (m,)


class WordsWriter:
    """Collects the terms of passages in row order and writes the index."""

    def __init__(self) -> None:
        """Begin an empty index."""
        self._rows: dict[str, array[int]] = {}
        self._counts: dict[str, array[int]] = {}
        self._lengths = array("i")

    def add(self, terms: Iterable[str]) -> None:
        """Add the terms of the next passage."""
        row = len(self._lengths)
        counts = Counter(terms)
        for term, count in counts.items():
            self._rows.setdefault(term, array("i")).append(row)
            self._counts.setdefault(term, array("i")).append(count)
        self._lengths.append(sum(counts.values()))

    def save(self, folder: Path, k1: float = K1, b: float = B) -> None:
        """Write the index to ``folder``: hashes of the terms (sorted), their offsets, rows and weights."""
        folder.mkdir(parents=True, exist_ok=True)
        hashes = {term_hash(term): term for term in self._rows}
        terms = [hashes[key] for key in sorted(hashes)]
        lengths = np.asarray(self._lengths, np.float32)
        # Short texts are not punished for shortness twice: an empty index has no mean, and 1 keeps the formula whole.
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1e-9))
        offsets = np.zeros(len(terms) + 1, np.int64)
        np.cumsum([len(self._rows[term]) for term in terms], out=offsets[1:])
        rows = np.empty(offsets[-1], np.int32)
        weights = np.empty(offsets[-1], np.float32)
        for number, term in enumerate(terms):
            here = slice(offsets[number], offsets[number + 1])
            rows[here] = np.frombuffer(self._rows[term], np.int32)
            counts = np.frombuffer(self._counts[term], np.int32).astype(np.float32)
            weights[here] = inverse_document_frequency(len(counts), len(lengths)) * (
                counts * (k1 + 1) / (counts + norm[rows[here]])
            )
        np.save(folder / "terms.npy", np.array(sorted(hashes), np.uint64))
        np.save(folder / "offsets.npy", offsets)
        np.save(folder / "rows.npy", rows)
        np.save(folder / "weights.npy", weights)
        np.save(folder / "size.npy", np.array([len(lengths)], np.int64))


class Words:
    """An opened words index."""

    def __init__(
        self,
        terms: NDArray[np.uint64],
        offsets: NDArray[np.int64],
        rows: NDArray[np.int32],
        weights: NDArray[np.float32],
        size: int,
    ) -> None:
        """Join the parts of an index; ``open`` is the usual way in."""
        self._terms = terms
        self._offsets = offsets
        self._rows = rows
        self._weights = weights
        self.size = size

    @classmethod
    def open(cls, folder: Path) -> "Words":
        """Map the index that lies in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        try:
            terms = np.load(folder / "terms.npy", mmap_mode="r")
            offsets = np.load(folder / "offsets.npy", mmap_mode="r")
            rows = np.load(folder / "rows.npy", mmap_mode="r")
            weights = np.load(folder / "weights.npy", mmap_mode="r")
            size = int(np.load(folder / "size.npy")[0])
        except (OSError, ValueError, EOFError) as error:
            raise DamagedBuild(
                f"The words index in {folder} cannot be opened ({error}). Build again: localism-ingest build"
            ) from error
        if len(offsets) != len(terms) + 1 or offsets[-1] != len(rows) or len(rows) != len(weights):
            raise DamagedBuild(
                f"The files of the words index in {folder} do not fit together. Build again: localism-ingest build"
            )
        return cls(terms, offsets, rows, weights, size)

    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""
        number = self._number(term)
        return 0 if number is None else int(self._offsets[number + 1] - self._offsets[number])

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of ``term``; of an unknown term, the highest there is."""
        return inverse_document_frequency(self.frequency(term), self.size)

    def postings(self, term: str) -> Postings:
        """Return where ``term`` stands; empty arrays for an unknown term."""
        number = self._number(term)
        if number is None:
            return Postings(np.empty(0, np.int32), np.empty(0, np.float32))
        here = slice(self._offsets[number], self._offsets[number + 1])
        return Postings(self._rows[here], self._weights[here])

    def _number(self, term: str) -> int | None:
        wanted = np.uint64(term_hash(term))
        place = int(np.searchsorted(self._terms, wanted))
        return place if place < len(self._terms) and self._terms[place] == wanted else None

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage for the distinct ``terms`` of a question, shape (n,)."""
        total = np.zeros(self.size, np.float32)
        for term in set(terms):
            postings = self.postings(term)
            total[postings.rows] += postings.weights
        return total

    def ideal(self, terms: Iterable[str]) -> float:
        """Return the most that BM25 could give for ``terms``, an unknown term counting as the rarest; at least a little above 0."""
        return max((K1 + 1) * sum(self.idf(term) for term in set(terms)), 1e-9)


def term_hash(term: str) -> int:
    """Return 64 bits that stand for ``term``: a million different terms collide with a chance of one in thirty million.

    Hashes are looked up on disk by bisection, so that no vocabulary is read when a build is opened or held in memory.
    """
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")


def inverse_document_frequency(frequency: int, size: int) -> float:
    """Return Lucene's idf of a term that stands in ``frequency`` of ``size`` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
