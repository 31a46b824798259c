"""What a build was made from, and whether it fits this program."""

import json

import pytest

from index.build.manifest import FORMAT_VERSION, Manifest
from index.encoders.full import ModelIdentity
from index.errors import DamagedBuild, ForeignBuild
from index.text.splitting import Geometry

MANIFEST = Manifest(
    build="20260101T000000-aaaaaa",
    created="2026-01-01T00:00:00+00:00",
    model=ModelIdentity("light", "0" * 64, 384, 256, "int8"),
    geometry=Geometry(120, 256),
    readers={"pypdf": "7.1.0"},
    corpus_digest="1" * 64,
    documents=2,
    pages=3,
    passages=4,
    keys=5,
    encoder_mean_cosine=0.994,
    files={"encoder/model.onnx": "a", "lexicon.json": "b", "encoder/encoder.json": "c"},
    searches={"passages": {"kind": "exact", "rows": 4}},
)


def changed(folder, **fields: object):
    """Change fields of the manifest in ``folder``; None takes one out."""
    path = folder / "manifest.json"
    written = json.loads(path.read_text()) | fields
    path.write_text(json.dumps({name: value for name, value in written.items() if value is not None}))


def test_a_manifest_comes_back_as_it_was_written(tmp_path):
    """Every field."""
    MANIFEST.save(tmp_path)
    assert Manifest.open(tmp_path) == MANIFEST


def test_the_files_of_the_encoder_are_those_in_its_folder():
    """By which two builds are known to read questions alike."""
    assert MANIFEST.encoder_files == {"encoder/model.onnx": "a", "encoder/encoder.json": "c"}


@pytest.mark.parametrize(
    ("version", "said"), [(FORMAT_VERSION + 1, "update the program"), (FORMAT_VERSION - 1, "build the index again")]
)
def test_another_format_is_foreign_and_the_way_out_is_said(tmp_path, version, said):
    """A newer build wants a newer program, an older one is made anew."""
    MANIFEST.save(tmp_path)
    changed(tmp_path, format_version=version)
    with pytest.raises(ForeignBuild, match=rf"is of format {version}, this program reads format {FORMAT_VERSION}; {said}"):
        Manifest.open(tmp_path)


@pytest.mark.parametrize("fields", [{"passages": None}, {"geometry": {"unheard_of": 1}}, {"model": "light"}, {"mood": "good"}])
def test_a_manifest_with_fields_missing_or_unknown_is_damage(tmp_path, fields):
    """It is not whole."""
    MANIFEST.save(tmp_path)
    changed(tmp_path, **fields)
    with pytest.raises(DamagedBuild, match="is not whole"):
        Manifest.open(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "4"])
def test_what_is_no_manifest_is_damage(tmp_path, text):
    """Cut off, another JSON, or none."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DamagedBuild, match=r"has no readable manifest\.json"):
        Manifest.open(tmp_path)


def test_a_folder_without_a_manifest_is_damage(tmp_path):
    """It was never finished, or somebody took a file out."""
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        Manifest.open(tmp_path)
