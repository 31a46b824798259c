"""The token vectors of passages on disk, mapped into memory only where a question touches them.

Comes in: the vectors of passages in row order. Goes out: those of the passages asked for. Refuses to know what they are compared with.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild
from index.passage_vectors import PassageVectors

# Word pieces are counted in an array of this length: more than any encoder of this kind has.
_MOST_PIECES = 300_000

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The tokens of several passages, one passage after the other."""

    vectors: NDArray[np.int8]  # unit length times TOKEN_SCALE, shape (tokens, d)
    sentences: NDArray[np.int16]  # the sentence of its passage that each stands in, shape (tokens,)
    lengths: NDArray[np.float32]  # of the sum of the vectors of that sentence, in the same scale, shape (tokens,)
    bounds: NDArray[np.int64]  # where each passage begins, and the end of the last, shape (passages + 1,)


class TokensWriter:
    """Writes token vectors as they come; only counts stay in memory."""

    def __init__(self, folder: Path) -> None:
        """Begin in ``folder``."""
        folder.mkdir(parents=True)
        self._folder = folder
        self._vectors: BinaryIO = (folder / "vectors.i8").open("wb")
        self._sentences: BinaryIO = (folder / "sentences.i16").open("wb")
        self._pieces: BinaryIO = (folder / "pieces.i32").open("wb")
        self._lengths: BinaryIO = (folder / "lengths.f32").open("wb")
        self._bounds = [0]
        self._frequencies = np.zeros(_MOST_PIECES, np.int32)

    def add(self, passage: PassageVectors) -> None:
        """Add the tokens of the next passage."""
        self._vectors.write(np.ascontiguousarray(passage.tokens).tobytes())
        self._sentences.write(np.ascontiguousarray(passage.sentences).tobytes())
        self._pieces.write(np.ascontiguousarray(passage.pieces, np.int32).tobytes())
        self._lengths.write(_sentence_lengths(passage).tobytes())
        self._bounds.append(self._bounds[-1] + len(passage.tokens))
        self._frequencies[np.unique(passage.pieces)] += 1

    def close(self) -> None:
        """Finish the files."""
        self._vectors.close()
        self._sentences.close()
        self._pieces.close()
        self._lengths.close()
        np.save(self._folder / "bounds.npy", np.array(self._bounds, np.int64))
        last = int(np.max(np.nonzero(self._frequencies)[0], initial=-1))
        np.save(self._folder / "frequencies.npy", self._frequencies[: last + 1])


class Tokens:
    """The token vectors of a build."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """Map the token vectors in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        try:
            self._bounds: NDArray[np.int64] = np.load(folder / "bounds.npy")
            self._frequencies: NDArray[np.int32] = np.load(folder / "frequencies.npy")
            size = int(self._bounds[-1])
            self._vectors = _mapped(folder / "vectors.i8", np.int8, (size, dimension))
            self._sentences = _mapped(folder / "sentences.i16", np.int16, (size,))
            self._pieces = _mapped(folder / "pieces.i32", np.int32, (size,))
            self._lengths = _mapped(folder / "lengths.f32", np.float32, (size,))
        except (OSError, ValueError, EOFError, IndexError) as error:
            raise DamagedBuild(
                f"The token vectors of the build cannot be opened ({error}). Build again: localism-ingest build"
            ) from error
        self.size = len(self._bounds) - 1

    def of(self, rows: NDArray[np.int64]) -> PassageTokens:
        """Return the tokens of the passages in ``rows``, in that order."""
        starts, ends = self._bounds[rows], self._bounds[rows + 1]
        here = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        bounds = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(ends - starts, out=bounds[1:])
        return PassageTokens(
            _gathered(self._vectors, here), _gathered(self._sentences, here), _gathered(self._lengths, here), bounds
        )

    def stored(self, row: int) -> tuple[NDArray[np.int8], NDArray[np.int16], NDArray[np.int32]]:
        """Return the token vectors, sentences and word pieces of one passage as they were written."""
        here = slice(int(self._bounds[row]), int(self._bounds[row + 1]))
        return np.array(self._vectors[here]), np.array(self._sentences[here]), np.array(self._pieces[here])

    def frequencies(self, pieces: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return in how many passages each word piece stands."""
        known = pieces < len(self._frequencies)
        return np.where(known, self._frequencies[np.where(known, pieces, 0)], 0) if len(self._frequencies) else pieces * 0


def _mapped(path: Path, kind: type[_Number], shape: tuple[int, ...]) -> NDArray[_Number]:
    # An empty file cannot be mapped.
    return np.memmap(path, kind, "r", shape=shape) if shape[0] else np.empty(shape, kind)


def _gathered(stored: NDArray[_Number], here: list[slice]) -> NDArray[_Number]:
    return np.concatenate([stored[part] for part in here] or [stored[:0]])


def _sentence_lengths(passage: PassageVectors) -> NDArray[np.float32]:
    """Return for each token how long the sum of its sentence's vectors is: what a sentence's cosine is divided by."""
    if not len(passage.tokens):
        return np.empty(0, np.float32)
    new = np.ones(len(passage.sentences), bool)
    new[1:] = passage.sentences[1:] != passage.sentences[:-1]
    lengths = np.linalg.norm(np.add.reduceat(passage.tokens.astype(np.float32), np.flatnonzero(new)), axis=1)
    return np.asarray(lengths[np.cumsum(new) - 1], np.float32)
