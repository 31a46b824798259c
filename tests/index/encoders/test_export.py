"""The light encoder of a small drawn MPNet: precision by measured error, and the same vectors whatever stands beside a text."""

import json

import numpy as np
import pytest

from index.encoders import nearness
from index.encoders.export import Arithmetic, export_query_encoder
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.encoders.nearness import SAMPLES
from index.encoders.query_encoder import QueryEncoder
from tests.drawn_mpnet import write_drawn_mpnet

TEXTS = [
    "a pub",
    "my pub",
    "the council has to say so",
    "our hut",
    "",
    "who",
    *(f"{word} it" for word in ("sell", "keep", "list")),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The full model."""
    return SentenceTransformerEmbedder(str(write_drawn_mpnet(tmp_path_factory.mktemp("mpnet") / "model")))


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    """The folder of its light encoder, and what was said of it."""
    folder = tmp_path_factory.mktemp("exported") / "encoder"
    return folder, export_query_encoder(model, folder)


def arithmetic(folder) -> Arithmetic:
    """Return what the encoder in ``folder`` says it is in."""
    return Arithmetic(json.loads((folder / "encoder.json").read_text())["arithmetic"])


def test_the_cheapest_that_is_true_enough_is_taken(model, exported):
    """One scale for a whole text is not, for this model; no model is refused for that."""
    encoder, mean = exported
    cosines = np.sum(QueryEncoder.open(encoder).vectors(SAMPLES) * model.embed(SAMPLES), axis=1)
    assert mean == pytest.approx(float(cosines.mean()), abs=1e-4)
    assert cosines.min() >= nearness.LEAST_COSINE
    assert arithmetic(encoder) in (Arithmetic.INT8_ROWS, Arithmetic.INT8_BLOCKS)
    assert {path.name for path in encoder.iterdir()} == {"model.onnx", "tokenizer.json", "encoder.json"}


def test_where_no_int8_is_true_enough_it_runs_in_full_and_says_what_that_costs(model, tmp_path, monkeypatch, caplog):
    """Slower and larger, and never refused."""
    monkeypatch.setattr(nearness, "LEAST_COSINE", 0.999999)
    assert export_query_encoder(model, tmp_path / "encoder") > 0.999999
    assert arithmetic(tmp_path / "encoder") is Arithmetic.FULL
    assert "three times as slow" in caplog.text


def test_short_texts_of_one_length_are_run_together_and_nothing_comes_of_it(model, exported):
    """To the last bit the vectors that each has alone, in the order of the texts."""
    light = LightEmbedder(model, exported[0])
    together = light.embed_tokens(TEXTS)
    for text, made in zip(TEXTS, together, strict=True):
        (alone,) = light.embed_tokens([text])
        np.testing.assert_array_equal(made.vector, alone.vector)
        np.testing.assert_array_equal(made.tokens, alone.tokens)
        np.testing.assert_array_equal(made.starts, alone.starts)


def test_a_long_text_is_cut_where_the_full_model_cuts_it(model, exported):
    """At the longest that the model reads, not at what a graph could take."""
    text = ["many words stand here and go on " * 20]
    light = LightEmbedder(model, exported[0])
    assert float((light.embed(text) @ model.embed(text).T)[0, 0]) > nearness.LEAST_COSINE
    assert len(light.embed_tokens(text)[0].pieces) == len(model.embed_tokens(text)[0].pieces)


@pytest.mark.parametrize("pooling", ["cls_token", "max_tokens"])
def test_other_ways_of_pooling_are_followed(tmp_path, pooling):
    """Of models whose vector is that of the first mark, or the greatest of each number."""
    model = SentenceTransformerEmbedder(str(write_drawn_mpnet(tmp_path / "model", pooling)))
    export_query_encoder(model, tmp_path / "encoder")
    cosines = np.sum(QueryEncoder.open(tmp_path / "encoder").vectors(TEXTS[:3]) * model.embed(TEXTS[:3]), axis=1)
    assert cosines.min() >= nearness.LEAST_COSINE
