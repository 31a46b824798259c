"""A question in, its vectors out: the encoder of the tests' own model, against its table."""

import json

import numpy as np
import pytest

from index.encoders.query_encoder import ENCODER_FILES, Pooling, QueryEncoder, of_one_length
from index.errors import DamagedBuild
from tests.fake_model import FakeEmbedder

MODEL = FakeEmbedder()
QUESTION = "Who shuts the gate?"


@pytest.fixture
def folder(tmp_path):
    """The folder of an encoder."""
    MODEL.export(tmp_path)
    return tmp_path


def test_words_have_the_vectors_of_the_model_and_marks_have_none(folder):
    """A question mark is a word piece that says nothing."""
    encoded = QueryEncoder.open(folder).encode(QUESTION)
    (wanted,) = MODEL.embed_tokens([QUESTION])
    assert encoded.pieces.tolist() == wanted.pieces[:-1].tolist()
    np.testing.assert_allclose(encoded.tokens, wanted.tokens[:-1], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(encoded.vector), 1, atol=1e-6)


def test_many_texts_have_the_vectors_that_each_has_alone(folder):
    """None at all have none."""
    encoder = QueryEncoder.open(folder)
    texts = ["a gate", "", QUESTION, "the gate"]
    np.testing.assert_allclose(encoder.vectors(texts), np.concatenate([encoder.vectors([text]) for text in texts]), atol=1e-6)
    assert encoder.vectors([]).shape == (0, encoder.dimension)


def test_a_word_is_known_where_it_is_one_piece(folder):
    """Letters and pairs of them are what this model has."""
    encoder = QueryEncoder.open(folder)
    assert (encoder.knows("at"), encoder.knows("gate")) == (True, False)


@pytest.mark.parametrize(
    ("pooling", "wanted"),
    [(Pooling.CLS, [1.0, 0.0]), (Pooling.MAX, [0.6, 0.8]), (Pooling.MEAN, [0.8, 0.6])],
)
def test_token_vectors_become_one_as_the_model_wants_it(pooling, wanted):
    """That of the first mark, the greatest of each number, or the mean; at length 1."""
    tokens = np.array([[3.0, 0.0], [1.0, 3.0], [0.0, 4.0], [0.0, -4.0]], np.float32)
    if pooling is Pooling.MAX:
        tokens = np.array([[3.0, 0.0], [1.0, 4.0]], np.float32)
    np.testing.assert_allclose(pooling.pooled(tokens), wanted, atol=1e-6)


def test_texts_of_one_length_are_run_together_up_to_so_many_pieces():
    """The longest first; a text that is longer than that is run alone."""
    assert of_one_length([3, 9, 3, 3, 5], 6) == [[1], [4], [0, 2], [3]]
    assert of_one_length([3, 3], 0) == [[0], [1]]
    assert of_one_length([], 6) == []


@pytest.mark.parametrize("name", [ENCODER_FILES.graph, ENCODER_FILES.tokenizer, ENCODER_FILES.settings])
def test_a_file_that_is_missing_or_spoilt_is_damage(folder, name):
    """With the command that mends it."""
    for spoil in (lambda path: path.write_bytes(b"{}"), lambda path: path.unlink()):
        spoil(folder / name)
        with pytest.raises(DamagedBuild, match=r"The query encoder of the build cannot be opened .*localism-ingest build"):
            QueryEncoder.open(folder)


def test_an_encoder_of_an_older_build_takes_the_mean_of_one_text_at_a_time(folder):
    """Its settings say neither."""
    path = folder / ENCODER_FILES.settings
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({name: settings[name] for name in ("dimension", "max_tokens")}))
    encoder = QueryEncoder.open(folder)
    assert (encoder.pooling, encoder.several, encoder.pieces_at_once) == (Pooling.MEAN, False, 0)
