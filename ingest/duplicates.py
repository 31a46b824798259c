"""Find documents that are the same file, or nearly the same text.

Comes in: fingerprints of documents. Goes out: which is a copy of which. Refuses to decide what becomes of a copy.

Texts are compared by MinHash (A. Broder, "On the resemblance and containment of documents", 1997): the share of equal minima over
many hash functions estimates the share of five-word sequences that two texts have in common.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SHINGLE = 5  # words
_FUNCTIONS = 128
_NEAR = 0.8  # of all sequences in common; other editions of one guide share less
_LEAST_WORDS = 40  # a shorter text shares too little to tell
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What two documents are compared by."""

    sha256: str  # of the file, hex
    minima: NDArray[np.uint64] | None  # shape (128,); none where the text is too short

    @classmethod
    def of(cls, sha256: str, texts: Iterable[str]) -> "Fingerprint":
        """Return the fingerprint of a file from its hash and the texts of its pages."""
        words = [word for text in texts for word in _WORD.findall(text.casefold())]
        return cls(sha256, _minima(words) if len(words) >= _LEAST_WORDS else None)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document that says what an earlier one says."""

    document: str
    original: str
    share: float  # of the text in common, 0 to 1; exactly 1 for the same bytes

    @property
    def reason(self) -> str:
        """Return what to tell a maintainer."""
        if self.share == 1.0:
            return f"the same file as {self.original}"
        return f"nearly the same text as {self.original} ({self.share:.0%} in common)"


def find_duplicates(fingerprints: Mapping[str, Fingerprint]) -> list[Duplicate]:
    """Return the copies among documents, in order; the first of a set is the original and is not in the list."""
    originals: list[str] = []
    duplicates: list[Duplicate] = []
    for name, fingerprint in fingerprints.items():
        found = [Duplicate(name, original, _likeness(fingerprint, fingerprints[original])) for original in originals]
        best = max(found, key=lambda duplicate: duplicate.share, default=None)
        if best is not None and best.share >= _NEAR:
            duplicates.append(best)
        else:
            originals.append(name)
    return duplicates


def _likeness(one: Fingerprint, other: Fingerprint) -> float:
    if one.sha256 == other.sha256:
        return 1.0
    if one.minima is None or other.minima is None:
        return 0.0
    return min(0.999, float(np.mean(one.minima == other.minima)))


def _minima(words: list[str]) -> NDArray[np.uint64]:
    shingles = {" ".join(words[index : index + _SHINGLE]) for index in range(len(words) - _SHINGLE + 1)}
    hashes = np.array(
        [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in shingles], dtype=np.uint64
    )
    # The same random numbers every time, so that fingerprints of different runs can be compared.
    seeds = np.random.default_rng(1997).integers(0, 2**64, _FUNCTIONS, dtype=np.uint64)
    return np.array([_mixed(hashes ^ seed).min() for seed in seeds], dtype=np.uint64)


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return hashes in another random order: the finishing steps of SplitMix64 (G. Steele and others, 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
