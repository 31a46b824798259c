"""Matching word by word against loops written out by hand."""

import numpy as np
import pytest

from index.arrays import BYTE_SCALE, in_bytes, moved_down, moved_up
from index.encoders.passage_vectors import NO_SENTENCE
from index.encoders.query_encoder import EncodedQuestion
from index.late_interaction.max_sim import max_sim, token_weights
from index.late_interaction.token_vectors import PassageTokens

DIMENSION = 16


def unit(count, seed):
    """Unit vectors with no component so large that int8 would cut it."""
    vectors = np.random.default_rng(seed).uniform(-1, 1, (count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def passages():
    """Two passages: title and two sentences; one sentence alone."""
    vectors = in_bytes(unit(9, 1) * 0.45 / np.abs(unit(9, 1)).max())
    sentences = np.array([NO_SENTENCE, 0, 0, 0, 1, 1, 0, 0, 0], np.int16)
    floats = vectors.astype(np.float32)
    parts = (slice(0, 1), slice(1, 4), slice(4, 6), slice(6, 9))
    lengths = np.concatenate([np.full(part.stop - part.start, np.linalg.norm(floats[part].sum(axis=0))) for part in parts])
    return PassageTokens(moved_up(vectors), sentences, lengths.astype(np.float32), np.array([0, 6, 9], np.int64))


@pytest.fixture
def question():
    """Three words."""
    return EncodedQuestion(unit(1, 2)[0], unit(3, 3), np.arange(3))


def test_nearness_is_that_of_each_words_best_match(passages, question):
    """The formula, one passage and one word at a time."""
    weights = np.array([0.5, 0.3, 0.2], np.float32)
    matches = max_sim(question, weights, passages)
    floats = moved_down(passages.vectors).astype(np.float32) / BYTE_SCALE
    for number, (start, end) in enumerate(((0, 6), (6, 9))):
        best = [max(float(word @ token) for token in floats[start:end]) for word in question.tokens]
        assert matches.plain[number] == pytest.approx(sum(w * b for w, b in zip(weights, best, strict=True)), abs=1e-4)
        cubed = sum(w * max(b, 0) ** 3 for w, b in zip(weights, best, strict=True))
        assert matches.cubed[number] == pytest.approx(cubed, abs=1e-4)


def test_the_best_sentence_is_pooled_from_its_tokens_without_the_title(passages, question):
    """A title never answers."""
    floats = moved_down(passages.vectors).astype(np.float32) / BYTE_SCALE
    pooled = [floats[1:4].sum(axis=0), floats[4:6].sum(axis=0)]
    wanted = max(float(question.vector @ vector / np.linalg.norm(vector)) for vector in pooled)
    matches = max_sim(question, np.full(3, 1 / 3, np.float32), passages)
    assert matches.best_sentence[0] == pytest.approx(wanted, abs=1e-4)
    assert [len(one) for one in matches.sentence_matches] == [2, 1]


def test_weights_add_up_to_one_and_rare_words_weigh_more():
    """A word in every passage counts little."""
    weights = token_weights(np.array([100, 1, 0]), 100)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] < weights[1] < weights[2]
