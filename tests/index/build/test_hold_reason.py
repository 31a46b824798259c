"""Notes on builds that are not live: written in one step, gone with their builds, and no harm where they cannot be read."""

import pytest

from index.build.hold_reason import (
    LIVED_FILE,
    STANDING_FILE,
    HoldReason,
    note_hold_reason,
    note_lived,
    once_live,
    read_hold_reasons,
    waiting_builds,
)


@pytest.fixture
def builds(tmp_path):
    """A folder with three builds."""
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_note_is_read_again_and_taken_back(builds):
    """Each build has one reason, the last."""
    note_hold_reason(builds, "one", HoldReason.HELD)
    note_hold_reason(builds, "two", HoldReason.REFUSED)
    note_hold_reason(builds, "one", HoldReason.ROLLED_BACK)
    assert read_hold_reasons(builds) == {"one": HoldReason.ROLLED_BACK, "two": HoldReason.REFUSED}
    note_hold_reason(builds, "two", None)
    assert read_hold_reasons(builds) == {"one": HoldReason.ROLLED_BACK}


def test_what_was_rolled_back_waits_for_nobody(builds):
    """The others wait for a person, in order of their names, which is that of time."""
    for name, reason in zip(("two", "three", "one"), HoldReason, strict=True):
        note_hold_reason(builds, name, reason)
    assert waiting_builds(builds) == ["three", "two"]


def test_the_build_that_was_live_last_stands_last(builds):
    """One that becomes live again moves to the end."""
    for name in ("one", "two", "three", "two"):
        note_lived(builds, name)
    assert once_live(builds) == ["one", "three", "two"]


def test_notes_on_builds_that_are_gone_go(builds):
    """With the next note of any kind."""
    for name in ("one", "two"):
        note_hold_reason(builds, name, HoldReason.HELD)
        note_lived(builds, name)
    (builds / "one").rmdir()
    note_hold_reason(builds, "three", HoldReason.HELD)
    note_lived(builds, "three")
    assert set(read_hold_reasons(builds)) == {"two", "three"}
    assert once_live(builds) == ["two", "three"]


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"one": "asleep"}', b"\xff\xfe"])
def test_notes_that_cannot_be_read_count_as_none(builds, content):
    """They only hold reasons to wait for a person; a build is live or not without them."""
    (builds / STANDING_FILE).write_bytes(content)
    assert read_hold_reasons(builds) == {}
    assert waiting_builds(builds) == []
    (builds / LIVED_FILE).write_bytes(b"\xff")
    assert once_live(builds) == []
