"""Match the words of a question with the words of passages, each in its context.

Comes in: the token vectors of a question and of passages. Goes out: how near each passage and each of its sentences comes.
Refuses to know what else speaks for a passage. Pure arithmetic.

This is the MaxSim of Khattab and Zaharia (ColBERT, 2020) with the tokens of an encoder that was not trained for it, each word of the
question counting by its idf among the passages.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.encoders.passage_vectors import NO_SENTENCE
from index.encoders.query_encoder import EncodedQuestion
from index.encoders.sentence_bounds import segment_starts
from index.late_interaction.int8_product import inner_products
from index.late_interaction.token_vectors import PassageTokens


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
