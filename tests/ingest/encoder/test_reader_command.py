"""``localism-ingest reader``: where the model is, and its light encoder kept so that the weights may go."""

import json

import pytest

from index.encoders.model_folders import LIGHT_READER, PUBLISHED_WEIGHTS


@pytest.mark.model
def test_the_encoder_is_kept_and_found_again(cli, tmp_path):
    """In the user's cache, or in a folder that is named; a second one takes the place of the first."""
    cache = {"XDG_CACHE_HOME": str(tmp_path)}
    for place, named in (
        (tmp_path / "localism" / "models" / f"{LIGHT_READER}.light", ()),
        (tmp_path / "named", (str(tmp_path / "named"),)),
        (tmp_path / "named", (str(tmp_path / "named"),)),
    ):
        done = cli("localism-ingest", "reader", "--json", "--keep", *named, **cache)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told == {"reader": LIGHT_READER, "folder": str(place), "weights_sha256": PUBLISHED_WEIGHTS[LIGHT_READER]}
        assert {path.name for path in place.iterdir()} == {"model.onnx", "tokenizer.json", "encoder.json"}
        assert not list(place.parent.glob("tmp*"))
