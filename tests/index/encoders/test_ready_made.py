"""A light encoder that was made beforehand: found, taken over, checked, and never taken for that of another model."""

import json

import pytest

from index.build.layout import BuildLayout, live_build
from index.build.manifest import Manifest
from index.encoders.full import SentenceTransformerEmbedder, light_identity
from index.encoders.model_folders import LIGHT_READER
from index.encoders.ready_made import find_ready_made, ready_made_folder
from index.errors import ModelError
from ingest.encoder.model import EmbedWith, open_model


@pytest.fixture
def made(real_index):
    """The folder of a light encoder of the light reader, that of a build, and how near it is to its model."""
    build = live_build(real_index)
    return BuildLayout(build).encoder, Manifest.open(build).encoder_mean_cosine


@pytest.fixture
def kept(made, tmp_path, monkeypatch):
    """It lies in the user's cache; the weights are not on this machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("ingest.encoder.model.is_here", lambda name: False)
    monkeypatch.setattr("index.encoders.ready_made.SHIPPED", tmp_path / "none is shipped")
    ready_made_folder(LIGHT_READER).parent.mkdir(parents=True)
    ready_made_folder(LIGHT_READER).symlink_to(made[0])
    return made


@pytest.mark.model
def test_it_stands_in_for_the_model(kept, tmp_path):
    """Same identity, same word pieces, and the encoder of a build is a copy of it."""
    full = SentenceTransformerEmbedder(LIGHT_READER)
    model = open_model(LIGHT_READER, EmbedWith.LIGHT)
    assert model.identity == light_identity(full.identity)
    assert model.full.count_tokens("Who can nominate a pub?") == full.count_tokens("Who can nominate a pub?")
    assert model.export_encoder(tmp_path / "copy").mean_cosine() == pytest.approx(kept[1], abs=1e-4)
    vectors = model.embedder(tmp_path / "copy").embed(["Who can nominate a pub?"])
    assert float((vectors @ full.embed(["Who can nominate a pub?"]).T)[0, 0]) > 0.97


@pytest.mark.model
def test_one_that_strays_from_its_model_is_refused(kept, tmp_path):
    """Its graph was exchanged or torn: it is compared whenever a build takes it over."""
    settings = json.loads((kept[0] / "encoder.json").read_text())
    export = open_model(LIGHT_READER, EmbedWith.LIGHT).export_encoder(tmp_path / "copy")
    (tmp_path / "copy" / "encoder.json").unlink()  # it is shared on disk with the one that is kept
    (tmp_path / "copy" / "encoder.json").write_text(json.dumps(settings | {"pooling": "max"}))
    with pytest.raises(ModelError, match=r"strays from its model.*reader --keep"):
        export.mean_cosine()


@pytest.mark.parametrize("torn", ["", "{}", '{"made_of": {"weights_sha256": "00"}, "dimension": 384, "max_tokens": 256}'])
def test_one_of_other_weights_or_a_torn_one_is_refused(torn, tmp_path, monkeypatch):
    """With a sentence that names its folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = ready_made_folder(LIGHT_READER)
    folder.mkdir(parents=True)
    (folder / "encoder.json").write_text(torn)
    with pytest.raises(ModelError, match=r"The light encoder in .*reader --keep again"):
        find_ready_made(LIGHT_READER)


@pytest.mark.model
def test_it_does_not_embed_in_full_precision(kept):
    """Who wants that is told what it needs."""
    ready = find_ready_made(LIGHT_READER)
    assert ready is not None
    with pytest.raises(ModelError, match=r"needs its weights and sentence-transformers.*requirements/full\.txt"):
        ready.embed_tokens(["a pub"])


def test_of_models_that_are_not_ours_none_is_looked_for():
    """Any name may stand in LOCALISM_MODEL, a path too."""
    assert find_ready_made("../somewhere") is None
