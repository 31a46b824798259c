"""Tell which documents are the same file, or the same text, as one that stands before them, and which only look alike.

Comes in: documents and their texts, in the catalogue's order. Goes out: of which document each is a copy, if of any, and which it is
like. Refuses to decide what becomes of either, and to compare documents of different kinds: a note may say what its guide says.

A copy has the same bytes, or the same text but for letter case, spaces and typographic variants. Two notices of one council share nine
words in ten, and the tenth (a date, a number, a name) is what they are about: likeness is a hint to a person and nothing more.

Likeness is estimated by the smallest hashes of their five-word sequences (A. Broder, "On the resemblance and containment of
documents", 1997): the share of them that two texts have in common estimates the share of all their sequences, within 0.03 or so.
"""

import base64
import hashlib
import re
import unicodedata
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
    digest: str = ""  # of the whole text, normalised; empty where there is none

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Fingerprint":
        """Return the fingerprint of a document from the texts of its pages."""
        whole = _normalised(texts)
        words = [zlib.crc32(word.encode()) for word in _WORD.findall(whole)]
        digest = hashlib.sha256(whole.encode()).hexdigest() if whole else ""
        return cls(_smallest(np.array(words, np.uint64)) if len(words) >= _LEAST_WORDS else np.empty(0, np.uint64), digest)

    @classmethod
    def from_text(cls, noted: str) -> "Fingerprint":
        """Return the fingerprint that ``text`` wrote down."""
        hashes, _, digest = noted.partition(" ")
        return cls(np.frombuffer(base64.b64decode(hashes), "<u8").astype(np.uint64), digest)

    @property
    def text(self) -> str:
        """The fingerprint in letters and digits."""
        return f"{base64.b64encode(self.hashes.astype('<u8').tobytes()).decode()} {self.digest}"

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
    same_file: bool = False

    @property
    def reason(self) -> str:
        """Return what to tell a maintainer."""
        if self.same_file:
            return f"the same file as {self.original!r}, which is kept"
        return f"the same text as {self.original!r}, which is kept"


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that looks like an earlier one; both are kept."""

    other: str  # id of the earlier one
    share: float  # of the text in common, 0 to 1

    def hint(self, document_id: str) -> str:
        """Return what to tell a maintainer of the document of that id."""
        return (
            f"{document_id!r} looks like {self.other!r} ({int(self.share * 100)} % of the text in common); both are kept. "
            f"If one is enough: localism-ingest keep-one {self.other} {document_id}; "
            f"if they are two: localism-ingest keep-both {self.other} {document_id}"
        )


def left_out_by_choice(kept: str) -> str:
    """Return what to tell a maintainer of a document that the catalogue calls a copy of another."""
    return f"left out because the catalogue calls it a copy of {kept!r}, which is kept"


class Originals:
    """The documents that are kept; the first of several copies wins."""

    def __init__(self) -> None:
        self._files: dict[tuple[Kind, str], str] = {}
        self._texts: dict[tuple[Kind, str], str] = {}
        self._kept: list[tuple[str, Fingerprint]] = []
        self._handles: dict[tuple[Kind, int], list[int]] = {}

    def keep(self, document: Document, fingerprint: Fingerprint) -> None:
        """Note that ``document`` is kept."""
        self._files.setdefault((document.kind, document.sha256), document.id)
        if fingerprint.digest:
            self._texts.setdefault((document.kind, fingerprint.digest), document.id)
        for handle in fingerprint.hashes[:_HANDLES].tolist():
            self._handles.setdefault((document.kind, handle), []).append(len(self._kept))
        self._kept.append((document.id, fingerprint))

    def same_file(self, document: Document) -> Copy | None:
        """Return of which kept document this one has the very bytes."""
        original = self._files.get((document.kind, document.sha256))
        return None if original is None else Copy(original, same_file=True)

    def same_text(self, document: Document, fingerprint: Fingerprint) -> Copy | None:
        """Return of which kept document this one has the very text."""
        original = self._texts.get((document.kind, fingerprint.digest)) if fingerprint.digest else None
        return None if original is None else Copy(original)

    def holds(self, document_id: str) -> bool:
        """Tell whether the document of that id is kept."""
        return any(name == document_id for name, _ in self._kept)

    def alike(self, document: Document, fingerprint: Fingerprint) -> Alike | None:
        """Return which kept document this one looks like; of several the nearest, of equals the first."""
        handles = fingerprint.hashes[:_HANDLES].tolist()
        likely = sorted({place for handle in handles for place in self._handles.get((document.kind, handle), ())})
        found = [Alike(name, fingerprint.likeness(kept)) for name, kept in (self._kept[place] for place in likely)]
        best = max(found, key=lambda one: one.share, default=None)
        return best if best is not None and best.share >= _NEAR else None


def _normalised(texts: Iterable[str]) -> str:
    """Return the text of a document with one kind of space, letter case and typographic variant."""
    return " ".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in texts).strip()


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
