"""Opening a build: what it holds, and that its parts fit together."""

import json
import shutil

import numpy as np
import pytest

from index.build.layout import BuildLayout, live_build
from index.build.reader import open_build, open_live_build, stats
from index.errors import DamagedBuild, NoBuild


@pytest.fixture
def folder(small_build, tmp_path):
    """A copy of a build, to be spoilt."""
    return shutil.copytree(live_build(small_build), tmp_path / live_build(small_build).name)


def note(folder, **fields: object):
    """Change fields of the manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_build_opens_with_what_its_manifest_names(small_build):
    """By its id; the last document ends with the last passage."""
    build = open_live_build(small_build)
    assert build.id == live_build(small_build).name
    assert build.records.size == build.files.vectors.size == build.files.words.size == build.manifest.passages == 4
    assert build.document_ends.tolist() == [2, 4]
    assert build.files.vectors.dimension == build.encoder.dimension == build.manifest.model.dimension
    build.close()


def test_nothing_published_is_no_build(tmp_path):
    """What a newcomer meets first."""
    with pytest.raises(NoBuild):
        open_live_build(tmp_path)


def test_a_build_that_is_open_lends_its_encoder_where_the_files_are_equal(folder):
    """Opening one holds up other threads; with other files each has its own."""
    first = open_build(folder)
    second = open_build(folder, beside=first)
    assert second.encoder is first.encoder
    note(folder, files={"encoder/model.onnx": "another"})
    third = open_build(folder, beside=first)
    assert third.encoder is not first.encoder
    for build in (first, second, third):
        build.close()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"passages": 5}, "the manifest names 5 passages, found 4 passages, 4 passage vectors"),
        ({"keys": 9}, "2 vectors of keys instead of 9"),
        ({"documents": 1}, "2 vectors of documents instead of 1"),
    ],
)
def test_parts_of_different_builds_do_not_fit_together(folder, fields, said):
    """Every count is named that is not the manifest's."""
    note(folder, **fields)
    with pytest.raises(DamagedBuild, match=said):
        open_build(folder)


def test_vectors_of_another_model_are_told_apart(folder):
    """A question would be compared with what it cannot be compared with."""
    model = json.loads((folder / "manifest.json").read_text())["model"]
    note(folder, model=model | {"dimension": 47})
    with pytest.raises(
        DamagedBuild, match="mixes models: vectors of length 48, a query encoder of length 48, a manifest naming 47"
    ):
        open_build(folder)


@pytest.mark.parametrize(
    "part", ["records", "vectors", "expansion_bounds", "document_vectors", "words", "spelling", "encoder", "lexicon"]
)
def test_a_part_that_is_missing_is_damage_with_a_way_out(folder, part):
    """One sentence, and the command that mends it."""
    path = getattr(BuildLayout(folder), part)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        open_build(folder)


def test_an_array_that_was_cut_is_damage(folder):
    """A power cut while somebody copied."""
    path = BuildLayout(folder).document_vectors
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DamagedBuild, match="The vectors of build"):
        open_build(folder)


def test_stats_count_the_passages_of_each_document_and_the_bytes(small_build):
    """Without the digests, which nobody reads."""
    build = open_live_build(small_build)
    shown = stats(build)
    build.close()
    assert [(one["id"], one["passages"]) for one in shown["per_document"]] == [("listing-places", 2), ("playground-report", 2)]
    assert shown["bytes"] == sum(path.stat().st_size for path in build.folder.rglob("*") if path.is_file())
    assert "files" not in shown
    assert np.isclose(shown["encoder_mean_cosine"], 1.0)
