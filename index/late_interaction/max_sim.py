"""Match the words of a question with the words of passages, each in its context.

Comes in: the token vectors of a question, and the files of ``index.late_interaction.token_writer``, mapped into memory only where a
question touches them. Goes out: how near each passage and each of its sentences comes. Refuses to know what else speaks for a passage.

This is the MaxSim of Khattab and Zaharia (ColBERT, 2020) with the tokens of an encoder that was not trained for it, each word of the
question counting by its idf among the passages.

numpy multiplies only floats fast, and unfolding a few thousand stored vectors costs more than all else that a question needs.
ONNX Runtime, which is here for the encoder, has kernels for int8 on every processor; the graph beside this file is one
``MatMulInteger``. They multiply unsigned with signed numbers, so numbers are stored moved up by 128. A question's numbers are
written in two digits of base 126, each from -63 to 63: thirteen bits in all, and the kernels of processors without VNNI, which add two
products in 16 bits, never overflow (2 * 255 * 63 < 32768).
"""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE, StoredArray, moved_down
from index.encoders.passage_vectors import NO_SENTENCE, PassageVectors
from index.encoders.query_encoder import EncodedQuestion, opened_graph
from index.errors import DamagedBuild
from index.late_interaction.projection import SCALE, projected

_Number = TypeVar("_Number", bound=np.generic)
GRAPH = Path(__file__).with_name("int8_product.onnx")
_DIGIT = 63
_BASE = 2 * _DIGIT


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


class Tokens:
    """The token vectors of a build."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """Map the token vectors in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        files = TokenFiles(folder)
        try:
            self.directions: NDArray[np.float32] | None = np.load(files.directions) if files.directions.exists() else None
            self._bounds: NDArray[np.int64] = np.load(files.bounds, mmap_mode="r")
            self._piece_bounds: NDArray[np.int64] = np.load(files.piece_bounds, mmap_mode="r")
            self._frequencies: NDArray[np.int32] = np.load(files.frequencies)
            size = int(self._bounds[-1])
            kept = dimension if self.directions is None else self.directions.shape[1]
            self._vectors = StoredArray(mapped(files.vectors, np.uint8, (size, kept)))
            self._sentences = StoredArray(mapped(files.sentences, np.int16, (size,)))
            self._pieces = StoredArray(mapped(files.pieces, np.int32, (int(self._piece_bounds[-1]),)))
            self._lengths = StoredArray(mapped(files.lengths, np.float32, (size,)))
        except (OSError, ValueError, EOFError, IndexError) as error:
            raise DamagedBuild(
                f"The token vectors of the build cannot be opened ({error}). Build again: localism-ingest build"
            ) from error
        self.size = len(self._bounds) - 1

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

    def seen(self, question: EncodedQuestion) -> EncodedQuestion:
        """Return ``question`` along the directions in which the tokens are kept."""
        if self.directions is None:
            return question
        return replace(
            question, vector=projected(question.vector, self.directions), tokens=projected(question.tokens, self.directions)
        )

    def stored(self, row: int, passage: NDArray[np.float32]) -> PassageVectors:
        """Return the vectors of one passage as they were written, given the vector of the ``passage`` itself."""
        here = [(int(self._bounds[row]), int(self._bounds[row + 1]))]
        tokens = moved_down(self._vectors.parts(here))
        pieces = self._pieces.part(int(self._piece_bounds[row]), int(self._piece_bounds[row + 1]))
        return PassageVectors(passage, tokens, self._sentences.parts(here), pieces)

    def frequencies(self, pieces: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return in how many passages each word piece stands."""
        known = pieces < len(self._frequencies)
        return np.where(known, self._frequencies[np.where(known, pieces, 0)], 0) if len(self._frequencies) else pieces * 0


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


@dataclass(frozen=True, slots=True)
class Matches:
    """How near passages come to a question."""

    cubed: NDArray[np.float32]  # the cosines of the best matches cubed, so that half matches count little; shape (passages,)
    plain: NDArray[np.float32]  # the cosines as they are, shape (passages,)
    best_sentence: NDArray[np.float32]  # cosine of each passage's best sentence, shape (passages,)
    sentence_matches: tuple[NDArray[np.float32], ...]  # for each passage, ``plain`` of each of its sentences


def max_sim(question: EncodedQuestion, weights: NDArray[np.float32], tokens: PassageTokens) -> Matches:
    """Return how near each passage comes to ``question``.

    Args:
        question: as the encoder sees it.
        weights: of its tokens, adding up to 1, shape (question tokens,).
        tokens: of the passages, one passage after the other.
    """
    starts = segment_starts(tokens.sentences, tokens.bounds)
    # One product gives both: how near each token comes to each word of the question, and to the question as a whole.
    grid = inner_products(tokens.vectors, np.vstack([question.tokens, question.vector[None, :]]))
    by_sentence = np.maximum.reduceat(grid[:, :-1], starts) / np.float32(tokens.scale)
    cosines = np.add.reduceat(grid[:, -1], starts) / np.maximum(tokens.lengths[starts], 1e-9)
    sentences = tokens.sentences[starts]
    passage_of = np.searchsorted(tokens.bounds, starts, side="right") - 1
    first = np.searchsorted(passage_of, np.arange(len(tokens.bounds) - 1))
    best = np.maximum.reduceat(by_sentence, first)
    plain = by_sentence @ weights
    in_text = sentences != NO_SENTENCE
    of_sentences = plain[in_text]
    ends = np.searchsorted(passage_of[in_text], np.arange(len(tokens.bounds))).tolist()
    return Matches(
        cubed=np.asarray(np.clip(best, 0, None) ** 3 @ weights, np.float32),
        plain=np.asarray(best @ weights, np.float32),
        best_sentence=np.asarray(np.maximum.reduceat(np.where(in_text, cosines, -1.0), first), np.float32),
        sentence_matches=tuple(of_sentences[start:end] for start, end in pairwise(ends)),
    )


def token_weights(frequencies: NDArray[np.int64], passages: int) -> NDArray[np.float32]:
    """Return the weight of each word piece of a question: its idf among the passages, adding up to 1."""
    idf = np.log(1 + (passages - frequencies + 0.5) / (frequencies + 0.5))
    return np.asarray(idf / max(float(idf.sum()), 1e-9), np.float32)


def inner_products(stored: NDArray[np.uint8], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inner product of every stored vector with every vector of the question.

    Args:
        stored: as ``arrays.moved_up`` gives them, shape (n, d).
        asked: shape (m, d); right to one part in 8,000 of its greatest number.

    Returns:
        shape (n, m).
    """
    greatest = max(float(np.abs(asked).max(initial=0.0)), 1e-12)
    scaled = asked * np.float32(_DIGIT / greatest)
    high = np.rint(scaled)
    digits = np.concatenate([high, np.rint((scaled - high) * _BASE)]).astype(np.int8)
    products: NDArray[np.int32] = _session().run(None, {"stored": stored, "asked": np.ascontiguousarray(digits.T)})[0]
    count = len(asked)
    joined = products[:, :count] * np.int32(_BASE) + products[:, count:]
    return joined * np.float32(greatest / (_DIGIT * _BASE))


@cache
def _session() -> onnxruntime.InferenceSession:
    return opened_graph(GRAPH)
