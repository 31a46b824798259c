"""Which builds there are, which one is live, and how that changes: folders with a manifest stand for builds."""

import pytest

from index.build import verification
from index.build.history import (
    finished_builds,
    live_id,
    prune,
    publish,
    remove_build,
    roll_back,
    sweep_unfinished,
)
from index.build.hold_reason import HoldReason, note_hold_reason
from index.errors import DamagedBuild, UnknownBuild

OLD, MIDDLE, NEW = "20260101T000000-aaaaaa", "20260102T000000-bbbbbb", "20260103T000000-cccccc"


@pytest.fixture
def builds(tmp_path, monkeypatch):
    """Three finished builds, none of them live; whether one verifies is no matter of this room."""
    monkeypatch.setattr(verification, "verify_build", lambda folder: [])
    for build in (OLD, MIDDLE, NEW):
        (tmp_path / build).mkdir()
        (tmp_path / build / "manifest.json").write_text("{}")
    return tmp_path


def test_builds_come_oldest_first_and_only_those_that_a_writer_made(builds):
    """A copy that a person put beside them is neither listed nor ever removed."""
    (builds / "my copy").mkdir()
    (builds / "my copy" / "manifest.json").write_text("{}")
    (builds / "20260104T000000-dddddd").mkdir()  # without a manifest: not finished
    assert finished_builds(builds) == [OLD, MIDDLE, NEW]


def test_what_is_published_is_live(builds):
    """None is before."""
    assert live_id(builds) is None
    publish(builds, MIDDLE)
    assert live_id(builds) == MIDDLE


def test_a_build_that_does_not_verify_is_not_published(builds, monkeypatch):
    """The live build stays, and what is wrong is said."""
    publish(builds, OLD)
    monkeypatch.setattr(verification, "verify_build", lambda folder: ["lexicon.json is missing"])
    with pytest.raises(DamagedBuild, match=rf"^Build {NEW} was not published: lexicon\.json is missing\."):
        publish(builds, NEW)
    assert live_id(builds) == OLD


def test_a_rollback_goes_to_the_build_that_was_live_before(builds):
    """And to no other: one that was never live was perhaps never looked at."""
    publish(builds, OLD)
    publish(builds, NEW)
    with pytest.raises(UnknownBuild, match=rf"{MIDDLE} was never live"):
        roll_back(builds, MIDDLE)
    assert roll_back(builds) == (NEW, OLD)
    assert live_id(builds) == OLD


def test_without_an_earlier_build_there_is_nothing_to_go_back_to(builds):
    """Nor to the live one."""
    publish(builds, OLD)
    with pytest.raises(UnknownBuild, match="no earlier build"):
        roll_back(builds)
    with pytest.raises(UnknownBuild, match="is the live one already"):
        roll_back(builds, OLD)


def test_a_refused_build_is_said_to_be_refused(builds):
    """With the command that takes it all the same."""
    publish(builds, OLD)
    note_hold_reason(builds, NEW, HoldReason.REFUSED)
    with pytest.raises(UnknownBuild, match=rf"was refused by the gate.*localism-ingest publish {NEW} --accept"):
        roll_back(builds, NEW)


def test_prune_takes_the_oldest_and_spares_the_live_one(builds):
    """However old it is."""
    publish(builds, OLD)
    assert prune(builds, keep=2) == [MIDDLE]
    assert finished_builds(builds) == [OLD, NEW]
    assert prune(builds, keep=1) == [NEW]


def test_prune_spares_a_build_that_waits_for_a_person(builds):
    """It does not count among those that are kept either."""
    publish(builds, NEW)
    note_hold_reason(builds, OLD, HoldReason.HELD)
    assert prune(builds, keep=1) == [MIDDLE]
    assert finished_builds(builds) == [OLD, NEW]


def test_the_live_build_and_one_that_is_not_there_are_not_removed(builds):
    """The message names those there are."""
    publish(builds, NEW)
    with pytest.raises(UnknownBuild, match="is live and is not removed"):
        remove_build(builds, NEW)
    with pytest.raises(UnknownBuild, match=rf"The builds are: {OLD}, {MIDDLE}, {NEW}\."):
        remove_build(builds, "nothing")
    remove_build(builds, OLD)
    assert sorted(path.name for path in builds.iterdir() if path.is_dir()) == [MIDDLE, NEW]


def test_what_an_interrupted_run_left_is_swept_away(builds):
    """And nothing else."""
    (builds / ".writing-20260104T000000-dddddd" / "words").mkdir(parents=True)
    assert sweep_unfinished(builds) == [".writing-20260104T000000-dddddd"]
    assert sweep_unfinished(builds) == []
    assert finished_builds(builds) == [OLD, MIDDLE, NEW]
