"""What a passage is scored by, packed into one text that comes with every point that leads to it.

Comes in: a passage's vector and its terms with their weights. Goes out: text, and scores of several passages. Refuses to ask anybody.

So one batch is enough: whatever nominates a passage brings along all that every other score of it is made from.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engines.source import Scores

_COUNTS = struct.Struct("<III")  # numbers of the vector, terms of its text, terms of its expansions


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one passage and what each adds to its score; the arrays run alongside each other."""

    numbers: NDArray[np.uint32]  # ascending
    weights: NDArray[np.float32]

    def packed(self) -> bytes:
        """Return them as bytes."""
        return self.numbers.astype("<u4").tobytes() + self.weights.astype("<f4").tobytes()

    @classmethod
    def unpacked(cls, stored: bytes) -> "Terms":
        """Return what ``packed`` made bytes of."""
        half = len(stored) // 2
        return cls(np.frombuffer(stored[:half], "<u4"), np.frombuffer(stored[half:], "<f4"))


@dataclass(frozen=True, slots=True)
class ScoredBy:
    """What one passage is scored by."""

    vector: NDArray[np.float16]  # unit length, shape (d,)
    words: Terms  # of title, headings and text
    expansions: Terms

    def packed(self) -> str:
        """Return it as text."""
        counts = _COUNTS.pack(len(self.vector), len(self.words.numbers), len(self.expansions.numbers))
        parts = counts, self.vector.astype("<f2").tobytes(), self.words.packed(), self.expansions.packed()
        return b64encode(b"".join(parts)).decode()

    @classmethod
    def unpacked(cls, text: str) -> "ScoredBy":
        """Return what ``packed`` made text of."""
        stored = b64decode(text)
        dimension, words, expansions = _COUNTS.unpack_from(stored)
        first = _COUNTS.size + 2 * dimension
        second = first + 8 * words
        return cls(
            np.frombuffer(stored[_COUNTS.size : first], "<f2"),
            Terms.unpacked(stored[first:second]),
            Terms.unpacked(stored[second : second + 8 * expansions]),
        )

    def size(self) -> int:
        """Return about how many bytes it takes."""
        return 2 * len(self.vector) + 8 * (len(self.words.numbers) + len(self.expansions.numbers)) + 500


def cosines(passages: Sequence[ScoredBy], query: NDArray[np.float32]) -> Scores:
    """Compare as the files of a build do: the passage in half precision, the question in single; shape (passages,)."""
    if not passages:
        return np.empty(0, np.float32)
    return np.asarray(np.stack([one.vector for one in passages]).astype(np.float32) @ query, np.float32)


def weights_of(passages: Sequence[Terms], wanted: Sequence[int | None]) -> NDArray[np.float32]:
    """Return what each of the ``wanted`` terms adds to each passage, 0 of one that is None, shape (wanted, passages)."""
    found = np.zeros((len(wanted), len(passages)), np.float32)
    numbers = np.concatenate([np.empty(0, np.uint32), *(one.numbers for one in passages)])
    weights = np.concatenate([np.empty(0, np.float32), *(one.weights for one in passages)])
    owners = np.repeat(np.arange(len(passages)), [len(one.numbers) for one in passages])
    for added, number in zip(found, wanted, strict=True):
        if number is not None:
            held = numbers == number
            added[owners[held]] = weights[held]
    return found
