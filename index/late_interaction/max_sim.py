"""Match the words of a question with the words of passages, each in its context.

Comes in: the token vectors of a question, and those of passages as they lie on disk. Goes out: how near each passage and each of its
sentences comes. Refuses to know what else speaks for a passage. Pure arithmetic.

This is the MaxSim of Khattab and Zaharia (ColBERT, 2020) with the tokens of an encoder that was not trained for it, each word of the
question counting by its idf among the passages.

numpy multiplies only floats fast, and unfolding a few thousand stored vectors costs more than all else that a question needs.
ONNX Runtime, which is here for the encoder, has kernels for int8 on every processor; the graph beside this file is one
``MatMulInteger``. They multiply unsigned with signed numbers, so numbers are stored moved up by 128. A question's numbers are
written in two digits of base 126, each from -63 to 63: thirteen bits in all, and the kernels of processors without VNNI, which add two
products in 16 bits, never overflow (2 * 255 * 63 < 32768).
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoders.passage_vectors import NO_SENTENCE
from index.encoders.query_encoder import EncodedQuestion, opened_graph
from index.encoders.silent_runtime import onnxruntime
from index.late_interaction.token_vectors import PassageTokens, segment_starts

GRAPH = Path(__file__).with_name("int8_product.onnx")
_DIGIT = 63
_BASE = 2 * _DIGIT


@dataclass(frozen=True, slots=True)
class Matches:
    """How near passages come to a question."""

    cubed: NDArray[np.float32]  # the cosines of the best matches cubed, so that half matches count little; shape (passages,)
    plain: NDArray[np.float32]  # the cosines as they are, shape (passages,)
    best_sentence: NDArray[np.float32]  # cosine of each passage's best sentence, shape (passages,)
    sentence_matches: tuple[NDArray[np.float32], ...]  # for each passage, ``plain`` of each of its sentences

    def at(self, places: NDArray[np.int64]) -> "Matches":
        """Return those of the passages at ``places``."""
        sentences = tuple(self.sentence_matches[place] for place in places.tolist())
        return Matches(self.cubed[places], self.plain[places], self.best_sentence[places], sentences)


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
