"""The full model, before a text is embedded: found by name, known by its weights. A folder with a tokenizer stands for it."""

import hashlib
import json

import pytest

from index.encoders.full import ModelIdentity, SentenceTransformerEmbedder, _batches, light_identity
from index.encoders.model_folders import LIGHT_READER
from index.errors import ModelError
from tests.fake_model import FakeEmbedder


@pytest.fixture
def folder(tmp_path):
    """What of a model is read when it is opened."""
    FakeEmbedder().export(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 48}))
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 30}))
    return tmp_path


def test_a_model_is_known_by_its_weights_before_it_is_loaded(folder):
    """A run with nothing new to embed never loads it."""
    embedder = SentenceTransformerEmbedder(str(folder))
    digest = hashlib.sha256(b"weights").hexdigest()
    assert embedder.identity == ModelIdentity(str(folder), digest, 48, 30)
    assert "model" not in vars(embedder)


def test_word_pieces_are_counted_without_the_special_ones_however_many(folder):
    """Splitting asks how long a text is, also of one that is far too long."""
    embedder = SentenceTransformerEmbedder(str(folder))
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("a b c") == 3
    assert embedder.count_tokens("a " * 500) == 500


@pytest.mark.parametrize("missing", ["model.safetensors", "config.json", "sentence_bert_config.json", "tokenizer.json"])
def test_a_folder_that_is_no_model_is_one_sentence(folder, missing):
    """Whichever of its files is not there."""
    (folder / missing).unlink()
    with pytest.raises(ModelError, match=r"does not hold a sentence-transformers model.*Name another model\."):
        SentenceTransformerEmbedder(str(folder))


def test_a_reader_of_this_project_with_other_weights_is_refused(folder, monkeypatch):
    """Confidence was fitted for the published ones."""
    monkeypatch.setattr("index.encoders.full.model_folder", lambda _: folder)
    with pytest.raises(ModelError, match=rf"The weights of {LIGHT_READER} on this machine are not the published ones"):
        SentenceTransformerEmbedder(LIGHT_READER)


def test_the_light_form_is_another_identity_of_the_same_weights():
    """A build knows by it what its passages were embedded with."""
    full = ModelIdentity("a", "0" * 64, 384, 256)
    assert light_identity(full) == ModelIdentity("a", "0" * 64, 384, 256, "int8")


def test_batches_hold_texts_of_like_length_and_each_text_once():
    """The longest first; progress ends at the last text."""
    told: list[tuple[int, int]] = []
    texts = ["x" * (number * 7 % 50) for number in range(50)]
    batches = list(_batches(texts, lambda done, whole: told.append((done, whole))))
    assert sorted(row for batch in batches for row in batch) == list(range(50))
    lengths = [len(texts[row]) for batch in batches for row in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert told == [(32, 50), (50, 50)]
