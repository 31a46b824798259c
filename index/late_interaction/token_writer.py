"""Write the token vectors of passages as they come; only counts stay in memory.

Comes in: the vectors of passages in row order. Goes out: the files that ``index.late_interaction.token_vectors`` maps.
Refuses to know what they are compared with.

A token takes as many bytes as the model has dimensions, a passage of 120 words about 43 kB. A corpus of many passages keeps fewer
numbers a token: the writer finds the best directions in what it has written so far, writes that anew, and goes on in the shorter
form. The next build of the same corpus takes the directions over, so that vectors can be taken over too.
"""

import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE, in_bytes, moved_down, moved_up
from index.encoders.passage_vectors import PassageVectors
from index.late_interaction.projection import KEPT, SCALE, principal_directions, projected
from index.late_interaction.token_vectors import TokenFiles, mapped, segment_starts

WHOLE_UP_TO = 20_000  # passages, somewhat under a gigabyte of token vectors
_SAMPLE = 50_000  # tokens from which the directions are found
# Word pieces are counted in an array of this length: more than any encoder of this kind has.
_MOST_PIECES = 300_000


class TokensWriter:
    """Writes the token vectors of one build."""

    def __init__(
        self, folder: Path, dimension: int, directions: NDArray[np.float32] | None = None, whole_up_to: int = WHOLE_UP_TO
    ) -> None:
        """Begin in ``folder``.

        Args:
            folder: where the files go; it must not be there yet.
            dimension: numbers a token of the model.
            directions: in which an earlier build kept its tokens; None where it kept them whole.
            whole_up_to: with more passages than that, tokens are shortened.
        """
        folder.mkdir(parents=True)
        self._files = TokenFiles(folder)
        self._dimension = dimension
        self._directions = directions
        self._whole_up_to = whole_up_to if dimension > KEPT else sys.maxsize  # short vectors stay as they are
        self._vectors: BinaryIO = self._files.vectors.open("wb")
        self._sentences: BinaryIO = self._files.sentences.open("wb")
        self._pieces: BinaryIO = self._files.pieces.open("wb")
        self._lengths: BinaryIO = self._files.lengths.open("wb")
        self._bounds = [0]
        self._piece_bounds = [0]
        self._frequencies = np.zeros(_MOST_PIECES, np.int32)

    def add(self, passage: PassageVectors) -> None:
        """Add the tokens of the next passage, whole or along the directions of this writer."""
        if self._directions is None and len(self._bounds) > self._whole_up_to:
            self._shorten()
        tokens = passage.tokens
        if self._directions is not None and tokens.shape[1] == self._dimension:
            tokens = shortened(tokens, self._directions)
        self._write(tokens, passage.sentences)
        self._sentences.write(np.ascontiguousarray(passage.sentences).tobytes())
        self._bounds.append(self._bounds[-1] + len(tokens))
        self._pieces.write(np.ascontiguousarray(passage.pieces, np.int32).tobytes())
        self._piece_bounds.append(self._piece_bounds[-1] + len(passage.pieces))
        self._frequencies[passage.pieces] += 1

    def close(self) -> None:
        """Finish the files."""
        for file in (self._vectors, self._sentences, self._pieces, self._lengths):
            file.close()
        np.save(self._files.bounds, np.array(self._bounds, np.int64))
        np.save(self._files.piece_bounds, np.array(self._piece_bounds, np.int64))
        last = int(np.max(np.nonzero(self._frequencies)[0], initial=-1))
        np.save(self._files.frequencies, self._frequencies[: last + 1])
        if self._directions is not None:
            np.save(self._files.directions, self._directions)

    def _write(self, tokens: NDArray[np.int8], sentences: NDArray[np.int16]) -> None:
        self._vectors.write(moved_up(np.ascontiguousarray(tokens)).tobytes())
        self._lengths.write(sentence_lengths(tokens, sentences).tobytes())

    def _shorten(self) -> None:
        """Find the best directions in what is written, and write it anew along them."""
        for file in (self._vectors, self._sentences, self._lengths):
            file.flush()
        shape = (self._bounds[-1], self._dimension)
        whole = self._files.vectors.rename(self._files.vectors.with_suffix(".whole"))
        vectors, sentences = mapped(whole, np.uint8, shape), mapped(self._files.sentences, np.int16, shape[:1])
        sample = moved_down(vectors[:: max(1, len(vectors) // _SAMPLE)])
        self._directions = principal_directions(sample.astype(np.float32) / np.float32(BYTE_SCALE))
        for file in (self._vectors, self._lengths):
            file.close()
        self._vectors, self._lengths = self._files.vectors.open("wb"), self._files.lengths.open("wb")
        for start, end in zip(self._bounds, self._bounds[1:], strict=False):
            self._write(shortened(moved_down(vectors[start:end]), self._directions), sentences[start:end])
        whole.unlink()


def shortened(tokens: NDArray[np.int8], directions: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return whole token vectors as they are stored along ``directions``."""
    vectors = projected(tokens.astype(np.float32), directions)
    return in_bytes(vectors, SCALE)


def sentence_lengths(tokens: NDArray[np.int8], sentences: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return for each token how long the sum of its sentence's vectors is: what a sentence's cosine is divided by."""
    if not len(tokens):
        return np.empty(0, np.float32)
    starts = segment_starts(sentences, np.array([0, len(sentences)], np.int64))
    lengths = np.linalg.norm(np.add.reduceat(tokens.astype(np.float32), starts), axis=1)
    return np.asarray(np.repeat(lengths, np.diff([*starts, len(tokens)])), np.float32)
