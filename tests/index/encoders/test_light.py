"""The light encoder as the embedder of passages, against the model that it was made from."""

import numpy as np
import pytest

from index.build.layout import BuildLayout, live_build
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder, in_hands
from tests.fake_model import FakeEmbedder

TEXTS = ["The council has eight weeks.", "", "A pub is land of community value; so is a library, or a field (s. 88)."]


@pytest.fixture
def pair(tmp_path):
    """A full model and its light form, which here are equal."""
    full = FakeEmbedder()
    full.export(tmp_path / "encoder")
    return full, LightEmbedder(full, tmp_path / "encoder")


def test_pieces_and_their_places_are_those_of_the_full_model(pair):
    """So sentences find their tokens."""
    full, light = pair
    texts = [text for text in TEXTS if text]
    for wanted, made in zip(full.embed_tokens(texts), light.embed_tokens(texts), strict=True):
        np.testing.assert_array_equal(made.pieces, wanted.pieces)
        np.testing.assert_array_equal(made.starts, wanted.starts)
        np.testing.assert_allclose(made.tokens, wanted.tokens, atol=1e-6)


def test_it_says_that_it_is_not_the_full_model(pair):
    """Vectors of different precision are never mixed in one build."""
    full, light = pair
    assert light.identity != full.identity
    assert light.identity.weights_sha256 == full.identity.weights_sha256


def test_progress_ends_at_the_last_text(pair):
    """And order is kept over more texts than are handed out at a time."""
    told = []
    texts = [f"text number {number}" for number in range(600)]
    vectors = pair[1].embed(texts, lambda done, total: told.append((done, total)))
    assert told[-1] == (600, 600)
    np.testing.assert_array_equal(vectors[599], pair[1].embed([texts[599]])[0])


def test_the_real_one_comes_near_the_full_model_whatever_stands_beside_a_text(real_index):
    """A passage has the same vector in a first build and in one that adds it alone."""
    full = SentenceTransformerEmbedder()
    light = LightEmbedder(full, BuildLayout(live_build(real_index)).encoder)
    texts = ["Who can nominate a pub as an asset of community value?", *TEXTS]
    together = light.embed(texts)
    np.testing.assert_array_equal(together[0], light.embed(texts[:1])[0])
    assert np.sum(together * full.embed(texts), axis=1).min() > 0.97


def test_short_texts_are_handed_over_together_and_long_ones_alone():
    """In their order, none lost and none twice, whatever their lengths are."""
    lengths = [600, 513, 512, 240, 240, 80, *[20] * 60]
    groups = [[row] for row in range(6)] + [[row, row + 1] for row in range(6, 66, 2)]
    hands = in_hands(groups, lengths)
    assert [rows for hand in hands for rows in hand] == groups
    sizes = [sum(lengths[row] for rows in hand for row in rows) for hand in hands]
    assert sizes == [600, 513, 512, 480, 480, 480, 320]
    assert in_hands([], []) == []
