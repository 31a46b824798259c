"""The vectors that encoders are checked with where sentence-transformers is not installed: they are what it gives."""

import numpy as np
import pytest

from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.model_folders import PUBLISHED_WEIGHTS, THOROUGH_READER, is_kept
from index.encoders.nearness import SAMPLES
from index.encoders.references import keep_vectors, reference_vectors


@pytest.mark.parametrize("name", PUBLISHED_WEIGHTS)
def test_there_are_vectors_of_each_reader_for_the_sample_texts_of_today(name):
    """After a change of the texts: python tools/reference_vectors.py."""
    vectors = reference_vectors(PUBLISHED_WEIGHTS[name], SAMPLES)
    assert vectors is not None
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@pytest.mark.model
@pytest.mark.parametrize("name", PUBLISHED_WEIGHTS)
def test_they_are_those_of_sentence_transformers(name):
    """To the precision in which they are kept; of the thorough reader, which takes a third of a second a text, each fourth."""
    if name == THOROUGH_READER and not is_kept(name):
        pytest.skip("the weights of the thorough reader are not on this machine: make reader")
    compared = slice(None, None, 4 if name == THOROUGH_READER else 1)
    made = SentenceTransformerEmbedder(name).embed(SAMPLES[compared])
    kept = reference_vectors(PUBLISHED_WEIGHTS[name], SAMPLES)
    assert kept is not None
    np.testing.assert_allclose(kept[compared], made, atol=1e-3)


def test_of_other_texts_or_weights_none_are_kept(tmp_path, monkeypatch):
    """Nothing is compared with vectors of something else."""
    monkeypatch.setattr("index.encoders.references.FOLDER", tmp_path)
    vectors = np.eye(2, 3, dtype=np.float32)
    keep_vectors("a" * 64, ["one", "two"], vectors)
    np.testing.assert_array_equal(reference_vectors("a" * 64, ["one", "two"]), vectors)
    assert reference_vectors("a" * 64, ["one", "three"]) is None
    assert reference_vectors("b" * 64, ["one", "two"]) is None
