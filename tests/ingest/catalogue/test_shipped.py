"""The corpus of an installed package, copied to where its user changes it: upgrades reach it, and nothing of a person's is lost."""

import shutil
from pathlib import Path

import pytest

from ingest.catalogue.corpus import bring_shipped, bring_where_it_is_ours


@pytest.fixture
def shipped(tmp_path):
    """What a package ships, and the user's folder, which is not there yet."""
    folder = tmp_path / "shipped"
    (folder / "briefings").mkdir(parents=True)
    for name in ("catalogue.toml", "briefings/pubs.md", "briefings/halls.md"):
        (folder / name).write_text(f"{name}, first edition")
    return folder, tmp_path / "data" / "corpus"


def test_the_first_time_all_of_it_is_copied_and_after_that_nothing(shipped):
    """Folders too."""
    source, target = shipped
    assert bring_shipped(target, source) == ["briefings/halls.md", "briefings/pubs.md", "catalogue.toml"]
    assert (target / "briefings" / "pubs.md").read_text() == "briefings/pubs.md, first edition"
    assert bring_shipped(target, source) == []


def test_an_upgrade_replaces_what_nobody_changed_and_brings_what_is_new(shipped):
    """What a person changed, wrote or removed stays as that person left it, in this upgrade and in the next."""
    source, target = shipped
    bring_shipped(target, source)
    (target / "catalogue.toml").write_text("mine")
    (target / "briefings" / "halls.md").unlink()
    (target / "notes.md").write_text("mine")
    for edition in ("second", "third"):
        for name in ("catalogue.toml", "briefings/pubs.md", "briefings/halls.md", f"briefings/{edition}.md", "notes.md"):
            (source / name).write_text(f"{name}, {edition} edition")
        assert bring_shipped(target, source) == sorted(["briefings/pubs.md", f"briefings/{edition}.md"])
    assert (target / "catalogue.toml").read_text() == (target / "notes.md").read_text() == "mine"
    assert (target / "briefings" / "pubs.md").read_text() == "briefings/pubs.md, third edition"
    assert not (target / "briefings" / "halls.md").exists()


@pytest.mark.parametrize("upgrade", [False, True], ids=["the first time", "an upgrade"])
def test_half_a_file_of_a_run_that_broke_off_is_not_taken_for_a_persons(shipped, monkeypatch, upgrade):
    """The disk filled up, or the process was killed, in the middle of a file: the next run brings all of it."""
    source, target = shipped
    if upgrade:
        bring_shipped(target, source)
        for path in (source / "catalogue.toml", source / "briefings" / "pubs.md"):
            path.write_text(f"{path.name}, second edition")

    def filled_up(_: Path, half: Path) -> None:
        half.write_text("cata")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(shutil, "copyfile", filled_up)
        with pytest.raises(OSError, match="No space left"):
            bring_shipped(target, source)
    bring_shipped(target, source)
    wanted = {path.relative_to(source): path.read_text() for path in source.rglob("*") if path.is_file()}
    found = {path.relative_to(target): path.read_text() for path in target.rglob("[!.]*") if path.is_file()}
    assert found == wanted


def test_what_a_killed_run_had_brought_is_replaced_by_the_edition_after_it(shipped, monkeypatch):
    """The process was killed between two files, and the next that starts is of yet another edition."""
    source, target = shipped
    copy = shutil.copyfile
    copied: list[Path] = []

    def killed_at_the_second(one: Path, to: Path) -> None:
        if copied:
            raise KeyboardInterrupt
        copied.append(Path(copy(one, to)))

    with monkeypatch.context() as killed:
        killed.setattr(shutil, "copyfile", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            bring_shipped(target, source)
    for path in source.rglob("*.*"):
        path.write_text(f"{path.name}, second edition")
    bring_shipped(target, source)
    assert {path.name: path.read_text() for path in target.rglob("[!.]*") if path.is_file()} == {
        path.name: path.read_text() for path in source.rglob("*") if path.is_file()
    }


def test_nothing_is_copied_in_a_checkout_or_into_a_folder_that_somebody_names(tmp_path, monkeypatch):
    """There the corpus is what it is."""
    bring_where_it_is_ours(tmp_path / "corpus", tmp_path / "corpus")
    monkeypatch.setattr("ingest.catalogue.corpus.INSTALLED", True)
    bring_where_it_is_ours(tmp_path / "corpus", tmp_path / "usual")
    assert list(tmp_path.iterdir()) == []
