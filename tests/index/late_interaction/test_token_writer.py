"""What is worked out of token vectors as they are written."""

import numpy as np

from index.late_interaction.projection import SCALE
from index.late_interaction.token_writer import sentence_lengths, shortened


def test_each_token_has_the_length_of_its_sentences_sum():
    """Against the sums written out by hand: two sentences, of two tokens and of one."""
    tokens = np.array([[3, 0], [0, 4], [-5, 12]], np.int8)
    sentences = np.array([0, 0, 1], np.int16)
    assert sentence_lengths(tokens, sentences).tolist() == [5.0, 5.0, 13.0]


def test_a_sentence_that_comes_again_later_is_another():
    """Numbers of sentences go up; the same number after another begins anew."""
    tokens = np.array([[3, 0], [1, 0], [0, 4]], np.int8)
    assert sentence_lengths(tokens, np.array([0, 1, 2], np.int16)).tolist() == [3.0, 1.0, 4.0]


def test_a_passage_without_tokens_has_no_lengths():
    """It may be all marks."""
    assert sentence_lengths(np.empty((0, 2), np.int8), np.empty(0, np.int16)).tolist() == []


def test_shortened_tokens_are_at_the_scale_of_short_ones():
    """Length 1 is SCALE, held to what a byte holds."""
    directions = np.eye(3, 2, dtype=np.float32)
    found = shortened(np.array([[30, 40, 7], [100, 0, 0]], np.int8), directions)
    assert found.tolist() == [[round(0.6 * SCALE), min(round(0.8 * SCALE), 127)], [127, 0]]
