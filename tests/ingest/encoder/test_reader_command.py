"""``localism-ingest reader``: where the model is, and its light encoder kept so that the weights may go."""

import json

import pytest

from index.encoders.model_folders import LIGHT_READER, PUBLISHED_WEIGHTS


@pytest.mark.model
@pytest.mark.parametrize(
    ("place", "named"), [(f"localism/models/{LIGHT_READER}.light", False), ("named", True)], ids=["the cache", "a folder"]
)
def test_the_encoder_is_kept_and_found_again(cli, tmp_path, place, named):
    """In the user's cache, or in a folder that is named; it takes the place of an earlier one."""
    folder = tmp_path / place
    if named:
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_text("an earlier one")
    where = (str(folder),) if named else ()
    done = cli("localism-ingest", "reader", "--json", "--keep", *where, XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {"reader": LIGHT_READER, "folder": str(folder), "weights_sha256": PUBLISHED_WEIGHTS[LIGHT_READER]}
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "tokenizer.json", "encoder.json"}
    assert (folder / "model.onnx").stat().st_size > 1_000_000
    assert not list(folder.parent.glob("tmp*"))
