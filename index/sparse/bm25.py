"""The words index: BM25 over terms, on disk, mapped into memory only where a question touches it.

Comes in: an index that index.sparse.bm25_writer has written. Goes out: BM25 scores for the terms of a question.
Refuses to know what a passage is, how a question was typed, or how scores are joined with others.

Scores follow Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf of Lucene,
ln(1 + (N - n + 0.5) / (n + 0.5)), which never falls below zero. The share of a term in a passage's score does not depend on the
question, so it is worked out when the build is written (as bm25s does) and a question only adds up.
"""

import hashlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from index.arrays import StoredArray
from index.errors import DamagedBuild
from index.remembered import Remembered

K1 = 1.2

_TOGETHER = 4096  # terms that are read at once where all are
REMEMBERED_TERMS = 2048  # whose places are kept: the words of questions repeat
# Bytes of postings that are held where they are read and not mapped: one question wants those of a word several times, and at a
# million passages those of a frequent word are a megabyte.
HELD_POSTINGS = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term stands and what it adds there."""

    rows: NDArray[np.int32]  # passage rows, ascending, shape (m,)
    weights: NDArray[np.float32]  # BM25 share of the term, shape (m,)

    def bytes_held(self) -> int:
        """Return how much memory they take, with what holds them."""
        return self.rows.nbytes + self.weights.nbytes + 100


class TermRarity(ABC):
    """How rare terms are."""

    size: int  # passages

    @abstractmethod
    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of ``term``; of an unknown term, the highest there is."""
        return inverse_document_frequency(self.frequency(term), self.size)

    def ideal(self, terms: Iterable[str]) -> float:
        """Return the most that BM25 could give for ``terms``, an unknown term counting as the rarest; at least a little above 0."""
        return max((K1 + 1) * sum(self.idf(term) for term in set(terms)), 1e-9)


class TermNumbers(TermRarity):
    """The terms of an index, numbered in the order of their hashes, without their postings, which an engine keeps."""

    def __init__(self, folder: Path) -> None:
        """Map the terms of the index in ``folder``.

        Raises:
            DamagedBuild: a file is missing.
        """
        try:
            self._terms, self._offsets, self.size = _known_terms(folder)
        except (OSError, ValueError, EOFError) as error:
            raise _cannot_be_opened(folder, error) from error

    def numbers(self, terms: Iterable[str]) -> list[int]:
        """Return the numbers of the known ones among ``terms``, each once, ascending; 32 bits hold each."""
        return sorted({number for term in terms if (number := self.number(term)) is not None})

    def number(self, term: str) -> int | None:
        """Return the number of ``term``; None for an unknown one."""
        return _place_of(self._terms, term)

    @override
    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""
        number = self.number(term)
        return 0 if number is None else int(self._offsets[number + 1] - self._offsets[number])


class TermScores(TermRarity):
    """Scores made of postings, wherever those are kept."""

    @abstractmethod
    def postings(self, term: str) -> Postings:
        """Return where ``term`` stands; empty arrays for an unknown term."""

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage for the distinct ``terms`` of a question, shape (n,)."""
        total = np.zeros(self.size, np.float32)
        for term in set(terms):
            postings = self.postings(term)
            np.add.at(total, postings.rows, postings.weights)  # half the time of total[rows] += weights
        return total

    def shares(self, terms: Iterable[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 scores of ``rows`` for the distinct ``terms``, as shares of what a passage could have at most.

        The ``rows`` are ascending, and so the shares run, shape (rows,), 0 to about 1.
        """
        distinct = list(set(terms))
        return np.asarray(self.term_weights(distinct, rows).sum(axis=0) / np.float32(self.ideal(distinct)), np.float32)

    def term_weights(self, terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what each of ``terms`` adds to the BM25 score of each of ``rows``, ascending, shape (terms, rows)."""
        wanted = rows.astype(np.int32)  # as postings hold them, or numpy would copy every posting into the wider type
        found = np.zeros((len(terms), len(rows)), np.float32)
        for added, postings in zip(found, map(self.postings, terms), strict=True):
            if len(postings.rows):
                places = np.minimum(postings.rows.searchsorted(wanted), len(postings.rows) - 1)
                added[:] = np.where(postings.rows[places] == wanted, postings.weights[places], 0)
        return found


class Words(TermScores):
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
        # Plain arrays over the mapped files: numpy makes a new memmap object of every slice of a memmap, at ten times the cost.
        self._terms, self._offsets = np.asarray(terms), np.asarray(offsets)
        self._rows, self._weights = StoredArray(rows), StoredArray(weights)
        self._number = lru_cache(REMEMBERED_TERMS)(partial(_place_of, self._terms))
        look_up = partial(_postings, self._number, self._offsets, self._rows, self._weights)
        if self._rows.mapped and self._weights.mapped:  # views, which take no room
            self._look_up: Callable[[str], Postings] = lru_cache(REMEMBERED_TERMS)(look_up)
        else:
            held = Remembered(HELD_POSTINGS, Postings.bytes_held)
            self._look_up = lambda term: held.of(term, partial(look_up, term))
        self.size = size
        # Of functions, not of methods: those would hold this index, and it would not go with the last who uses it.
        self._frequency = lru_cache(REMEMBERED_TERMS)(partial(_frequency, self._number, self._offsets))

    @classmethod
    def open(cls, folder: Path) -> "Words":
        """Map the index that lies in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        try:
            terms, offsets, size = _known_terms(folder)
            rows = np.load(folder / "rows.npy", mmap_mode="r")
            weights = np.load(folder / "weights.npy", mmap_mode="r")
        except (OSError, ValueError, EOFError) as error:
            raise _cannot_be_opened(folder, error) from error
        if len(offsets) != len(terms) + 1 or offsets[-1] != len(rows) or len(rows) != len(weights):
            raise _cannot_be_opened(folder, "its files do not fit together")
        return cls(terms, offsets, rows, weights, size)

    @override
    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""
        return self._frequency(term)

    @override
    def postings(self, term: str) -> Postings:
        """Return where ``term`` stands; empty arrays for an unknown term."""
        return self._look_up(term)

    def blocks(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64], Postings]]:
        """Yield everything, many terms at once, in the order of their hashes: hashes, where the postings of each begin, and those."""
        for first in range(0, len(self._terms), _TOGETHER):
            bounds = self._offsets[first : first + _TOGETHER + 1]
            here = int(bounds[0]), int(bounds[-1])
            postings = Postings(self._rows.part(*here), self._weights.part(*here))
            yield self._terms[first : first + _TOGETHER], bounds - bounds[0], postings


def _frequency(number_of: Callable[[str], int | None], offsets: NDArray[np.int64], term: str) -> int:
    number = number_of(term)
    return 0 if number is None else int(offsets[number + 1] - offsets[number])


def _known_terms(folder: Path) -> tuple[NDArray[np.uint64], NDArray[np.int64], int]:
    terms, offsets = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in ("terms.npy", "offsets.npy"))
    return terms, offsets, int(np.load(folder / "size.npy")[0])


def _cannot_be_opened(folder: Path, error: object) -> DamagedBuild:
    return DamagedBuild(f"The words index in {folder} cannot be opened ({error}). Build again: localism-ingest build")


def _postings(
    number_of: Callable[[str], int | None],
    offsets: NDArray[np.int64],
    rows: StoredArray[np.int32],
    weights: StoredArray[np.float32],
    term: str,
) -> Postings:
    number = number_of(term)
    if number is None:
        return Postings(np.empty(0, np.int32), np.empty(0, np.float32))
    here = int(offsets[number]), int(offsets[number + 1])
    return Postings(rows.part(*here), weights.part(*here))


def _place_of(terms: NDArray[np.uint64], term: str) -> int | None:
    """Return the place of ``term`` among all ``terms``; None for an unknown term."""
    wanted = np.uint64(term_hash(term))
    place = int(terms.searchsorted(wanted))
    return place if place < len(terms) and terms[place] == wanted else None


@lru_cache(16_384)  # questions in which every word is new fill it
def term_hash(term: str) -> int:
    """Return 64 bits that stand for ``term``: a million different terms collide with a chance of one in thirty million.

    Hashes are looked up on disk by bisection, so that no vocabulary is read when a build is opened or held in memory.
    """
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")


def inverse_document_frequency(frequency: int, size: int) -> float:
    """Return Lucene's idf of a term that stands in ``frequency`` of ``size`` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
