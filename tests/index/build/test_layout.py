"""Where the files of a build lie, and which build is live."""

import pytest

from index.build.layout import BuildLayout, live_build, point_to, replace_text
from index.errors import NoBuild


def test_no_two_parts_of_a_build_share_a_path(tmp_path):
    """One would be written over the other."""
    layout = BuildLayout(tmp_path)
    parts = [getattr(layout, name) for name, kind in vars(BuildLayout).items() if isinstance(kind, property)]
    assert len(parts) > 10
    assert len(set(parts)) == len(parts)
    assert all(part.is_relative_to(tmp_path) for part in parts)


def test_without_a_pointer_there_is_no_build(tmp_path):
    """The message says how to make one."""
    with pytest.raises(NoBuild, match="localism-ingest build"):
        live_build(tmp_path)


@pytest.mark.parametrize("name", ["gone", "", "../elsewhere", "."])
def test_a_pointer_to_nowhere_is_no_build(tmp_path, name):
    """Nor one that leads out of the folder of the builds."""
    (tmp_path / "elsewhere").mkdir()
    builds = tmp_path / "builds"
    builds.mkdir()
    (builds / "CURRENT").write_text(name)
    with pytest.raises(NoBuild, match="which is not there"):
        live_build(builds)


def test_the_live_build_is_the_one_pointed_to(tmp_path):
    """And another one after the pointer was moved; nothing is left of the move."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        point_to(tmp_path, name)
        assert live_build(tmp_path) == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "one", "two"]


def test_a_text_keeps_its_rights_when_it_is_replaced(tmp_path):
    """A file that only its owner may read stays so."""
    path = tmp_path / "note"
    path.write_text("old")
    path.chmod(0o600)
    replace_text(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    """And no draft beside it."""
    path = tmp_path / "note"
    path.write_text("old")
    monkeypatch.setattr("index.build.layout.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        replace_text(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("note", "old")]
