"""Tell which documents are the same file, or nearly the same text, as one that stands before them.

Comes in: documents and their texts, in the catalogue's order. Goes out: of which document each is a copy, if of any. Refuses to
decide what becomes of a copy, and to compare documents of different kinds: a note may say what its guide says.

Texts are compared by the smallest hashes of their five-word sequences (A. Broder, "On the resemblance and containment of documents",
1997): the share of them that two texts have in common estimates the share of all their sequences, within 0.03 or so.
"""

import base64
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.records import Document, Kind

_SEQUENCE = 5  # words
_KEPT = 256  # smallest hashes of a text
_HANDLES = 16  # of these, by which likely originals are found: two texts that share 80 % miss each other once in 10^11
_NEAR = 0.8  # of all sequences in common: one word in forty-five is another; other editions of one guide share less
_LEAST_WORDS = 40  # a shorter text shares too little to tell
_WORD = re.compile(r"\w+")

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What a text is compared by."""

    hashes: Hashes  # ascending, at most 256, shape (n,); none of a text that is too short to tell

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Fingerprint":
        """Return the fingerprint of a document from the texts of its pages."""
        words = [zlib.crc32(word.encode()) for text in texts for word in _WORD.findall(text.casefold())]
        return cls(_smallest(np.array(words, np.uint64)) if len(words) >= _LEAST_WORDS else np.empty(0, np.uint64))

    @classmethod
    def from_text(cls, noted: str) -> "Fingerprint":
        """Return the fingerprint that ``text`` wrote down."""
        return cls(np.frombuffer(base64.b64decode(noted), "<u8").astype(np.uint64))

    @property
    def text(self) -> str:
        """The fingerprint in letters and digits."""
        return base64.b64encode(self.hashes.astype("<u8").tobytes()).decode()

    def likeness(self, other: "Fingerprint") -> float:
        """Return the estimated share of all five-word sequences of two texts that both have, 0 to 1."""
        if not len(self.hashes) or not len(other.hashes):
            return 0.0
        smallest = np.union1d(self.hashes, other.hashes)[:_KEPT]
        shared = np.isin(smallest, self.hashes) & np.isin(smallest, other.hashes)
        return float(shared.mean())


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that says what an earlier one says."""

    original: str  # id of the one that is kept
    share: float  # of the text in common, 0 to 1
    same_file: bool = False

    @property
    def reason(self) -> str:
        """Return what to tell a maintainer."""
        if self.same_file:
            return f"the same file as {self.original!r}, which is kept"
        if self.share > 0.995:
            return f"the same text as {self.original!r}, which is kept"
        return f"nearly the same text as {self.original!r} ({int(self.share * 100)} % in common), which is kept"


class Originals:
    """The documents that are kept; the first of several copies wins."""

    def __init__(self) -> None:
        self._files: dict[tuple[Kind, str], str] = {}
        self._kept: list[tuple[str, Fingerprint]] = []
        self._handles: dict[tuple[Kind, int], list[int]] = {}

    def keep(self, document: Document, fingerprint: Fingerprint) -> None:
        """Note that ``document`` is kept."""
        self._files.setdefault((document.kind, document.sha256), document.id)
        for handle in fingerprint.hashes[:_HANDLES].tolist():
            self._handles.setdefault((document.kind, handle), []).append(len(self._kept))
        self._kept.append((document.id, fingerprint))

    def same_file(self, document: Document) -> Copy | None:
        """Return of which kept document this one has the very bytes."""
        original = self._files.get((document.kind, document.sha256))
        return None if original is None else Copy(original, 1.0, same_file=True)

    def nearly_same(self, document: Document, fingerprint: Fingerprint) -> Copy | None:
        """Return of which kept document this one has nearly the text; of several the nearest, of equals the first."""
        handles = fingerprint.hashes[:_HANDLES].tolist()
        likely = sorted({place for handle in handles for place in self._handles.get((document.kind, handle), ())})
        found = [Copy(name, fingerprint.likeness(kept)) for name, kept in (self._kept[place] for place in likely)]
        best = max(found, key=lambda copy: copy.share, default=None)
        return best if best is not None and best.share >= _NEAR else None


def _smallest(words: NDArray[np.uint64]) -> Hashes:
    count = len(words) - _SEQUENCE + 1
    hashes = np.zeros(count, np.uint64)
    for place in range(_SEQUENCE):
        hashes = _mixed(hashes + words[place : place + count])
    return np.unique(hashes)[:_KEPT]


def _mixed(hashes: Hashes) -> Hashes:
    """Return hashes in another random order: the finishing steps of SplitMix64 (G. Steele and others, 2014)."""
    hashes = hashes + np.uint64(0x9E3779B97F4A7C15)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
