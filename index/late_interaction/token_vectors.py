"""The token vectors of passages on disk, mapped into memory only where a question touches them.

Comes in: the files of ``index.late_interaction.token_writer``. Goes out: the vectors of the passages asked for, and a
question as they see it. Refuses to know how they are compared.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE, StoredArray, moved_down
from index.encoders.passage_vectors import PassageVectors
from index.encoders.query_encoder import EncodedQuestion
from index.errors import DamagedBuild
from index.late_interaction.projection import SCALE, projected

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class TokenFiles:
    """Where the parts lie."""

    folder: Path

    @property
    def vectors(self) -> Path:
        """All vectors, one after the other, as ``arrays.moved_up`` gives them."""
        return self.folder / "vectors.u8"

    @property
    def sentences(self) -> Path:
        """The sentence of each token."""
        return self.folder / "sentences.i16"

    @property
    def pieces(self) -> Path:
        """The word pieces of each passage."""
        return self.folder / "pieces.i32"

    @property
    def lengths(self) -> Path:
        """The length of each token's sentence."""
        return self.folder / "lengths.f32"

    @property
    def bounds(self) -> Path:
        """Where each passage begins, and the end of the last."""
        return self.folder / "bounds.npy"

    @property
    def piece_bounds(self) -> Path:
        """Where the word pieces of each passage begin, and the end of the last."""
        return self.folder / "piece_bounds.npy"

    @property
    def frequencies(self) -> Path:
        """In how many passages each word piece stands."""
        return self.folder / "frequencies.npy"

    @property
    def directions(self) -> Path:
        """The directions along which vectors are kept; missing where they are kept whole."""
        return self.folder / "directions.npy"


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The tokens of several passages, one passage after the other."""

    vectors: NDArray[np.uint8]  # unit length times ``scale``, moved up by 128, shape (tokens, d)
    sentences: NDArray[np.int16]  # the sentence of its passage that each stands in, shape (tokens,)
    lengths: NDArray[np.float32]  # of the sum of the vectors of that sentence, in the same scale, shape (tokens,)
    bounds: NDArray[np.int64]  # where each passage begins, and the end of the last, shape (passages + 1,)
    scale: float = BYTE_SCALE


class TokenStatistics:
    """What a worker must know of a build's tokens before it sees any of them."""

    def __init__(self, folder: Path, size: int) -> None:
        """Read what lies in ``folder`` of the tokens of ``size`` passages.

        Raises:
            DamagedBuild: a file is missing.
        """
        files = TokenFiles(folder)
        try:
            self.directions: NDArray[np.float32] | None = np.load(files.directions) if files.directions.exists() else None
            self._frequencies: NDArray[np.int32] = np.load(files.frequencies)
        except (OSError, ValueError, EOFError) as error:
            raise _cannot_be_opened(error) from error
        self.size = size

    def seen(self, question: EncodedQuestion) -> EncodedQuestion:
        """Return ``question`` along the directions in which the tokens are kept."""
        if self.directions is None:
            return question
        return replace(
            question, vector=projected(question.vector, self.directions), tokens=projected(question.tokens, self.directions)
        )

    def frequencies(self, pieces: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return in how many passages each word piece stands."""
        known = pieces < len(self._frequencies)
        return np.where(known, self._frequencies[np.where(known, pieces, 0)], 0) if len(self._frequencies) else pieces * 0


class Tokens(TokenStatistics):
    """The token vectors of a build."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """Map the token vectors in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        files = TokenFiles(folder)
        try:
            self._bounds: NDArray[np.int64] = np.load(files.bounds, mmap_mode="r")
            self._piece_bounds: NDArray[np.int64] = np.load(files.piece_bounds, mmap_mode="r")
            size = int(self._bounds[-1])
            super().__init__(folder, len(self._bounds) - 1)
            kept = dimension if self.directions is None else self.directions.shape[1]
            self._vectors = StoredArray(mapped(files.vectors, np.uint8, (size, kept)))
            self._sentences = StoredArray(mapped(files.sentences, np.int16, (size,)))
            self._pieces = StoredArray(mapped(files.pieces, np.int32, (int(self._piece_bounds[-1]),)))
            self._lengths = StoredArray(mapped(files.lengths, np.float32, (size,)))
        except (OSError, ValueError, EOFError, IndexError) as error:
            raise _cannot_be_opened(error) from error

    def of(self, rows: NDArray[np.int64]) -> PassageTokens:
        """Return the tokens of the passages in ``rows``, in that order."""
        starts, ends = self._bounds[rows], self._bounds[rows + 1]
        here = list(zip(starts.tolist(), ends.tolist(), strict=True))
        bounds = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(ends - starts, out=bounds[1:])
        return PassageTokens(
            self._vectors.parts(here),
            self._sentences.parts(here),
            self._lengths.parts(here),
            bounds,
            BYTE_SCALE if self.directions is None else SCALE,
        )

    def stored(self, row: int, passage: NDArray[np.float32]) -> PassageVectors:
        """Return the vectors of one passage as they were written, given the vector of the ``passage`` itself."""
        here = [(int(self._bounds[row]), int(self._bounds[row + 1]))]
        tokens = moved_down(self._vectors.parts(here))
        pieces = self._pieces.part(int(self._piece_bounds[row]), int(self._piece_bounds[row + 1]))
        return PassageVectors(passage, tokens, self._sentences.parts(here), pieces)


def _cannot_be_opened(error: Exception) -> DamagedBuild:
    return DamagedBuild(f"The token vectors of the build cannot be opened ({error}). Build again: localism-ingest build")


def mapped(path: Path, kind: type[_Number], shape: tuple[int, ...]) -> NDArray[_Number]:
    """Return the file at ``path`` as an array that is read where it is touched."""
    return np.memmap(path, kind, "r", shape=shape) if shape[0] else np.empty(shape, kind)  # an empty file cannot be mapped


def segment_starts(sentences: NDArray[np.int16], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places at which a new sentence or a new passage begins, ascending.

    Args:
        sentences: the sentence of its passage that each token stands in, shape (tokens,).
        bounds: where each passage begins, and the end of the last, shape (passages + 1,).
    """
    new = np.ones(len(sentences), bool)
    new[1:] = sentences[1:] != sentences[:-1]
    new[bounds[:-1]] = True
    return np.flatnonzero(new)
