"""What the disk can do to an ingestion, at any write."""

import os
import resource
import traceback
from contextlib import redirect_stderr
from typing import Self

import pytest
from typing_extensions import override

from index.build.history import live_id
from index.build.verification import verify_build
from index.errors import NotWritten
from ingest.__main__ import main
from ingest.outcome import State
from tests.ingest.conftest import BREAD, CATALOGUE


def folders(workshop):
    """Return the arguments that lead a command to the workshop."""
    return ["--corpus", str(workshop.corpus), "--index", str(workshop.builds)]


def in_child_with_room(bytes_a_file, work):
    """Run ``work`` in a forked child that may write no file larger than that; returns its exit code: 7 for NotWritten."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))
        try:
            work()
            os._exit(0)
        except NotWritten as error:
            os._exit(7 if "The live build is as it was" in str(error) else 8)
        except BaseException:  # noqa: BLE001  # shown, and told apart by its code
            traceback.print_exc()
            os._exit(9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("room", [0, 500, 5_000, 10_000, 20_000, 30_000, 36_000])
def test_a_disk_that_is_full_at_any_write_leaves_the_live_build(workshop, room):
    """Any file that a build writes may be the one without room: vectors, records, words, manifest, pointer."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    assert in_child_with_room(room, workshop.build) == 7
    assert live_id(workshop.builds) == first.build
    assert verify_build(workshop.builds / first.build) == []
    assert [path.name for path in workshop.builds.iterdir() if path.name.startswith(".writing")] == []
    assert workshop.build().state is State.PUBLISHED


@pytest.mark.parametrize("room", [50, 500, 2000])
def test_a_disk_that_is_full_while_a_document_comes_in_leaves_the_corpus(workshop, tmp_path, room):
    """Neither a piece of the file (at first) nor half a catalogue (at last) stays, and what is said names the reason."""
    (tmp_path / "gulls.md").write_text("# Gulls\n\n" + "The gulls nest on the roof of the chapel.\n" * 20)
    workshop.write("catalogue.toml", "# A long preface.\n" * 200 + CATALOGUE)
    before = {path: path.read_bytes() for path in workshop.corpus.rglob("*") if path.is_file()}
    told, telling = os.pipe()

    def add():
        with os.fdopen(telling, "w") as standard_error, redirect_stderr(standard_error):
            code = main(["add", str(tmp_path / "gulls.md"), "--no-build", *folders(workshop)])
        os._exit(code)

    code = in_child_with_room(room, add)
    os.close(telling)
    with os.fdopen(told) as heard:
        said = heard.read()
    assert (code, "File too large. Make room" in said) == (2, True)
    assert {path: path.read_bytes() for path in workshop.corpus.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", ["build", "prune", "rollback", "discard"])
def test_a_folder_that_may_not_be_written_to_is_named(workshop, capfd, command):
    """By every command that changes something, in one sentence; root may write anywhere and becomes nobody for this."""
    workshop.builds.mkdir()
    workshop.builds.chmod(0o500)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        os._exit(main([command, *folders(workshop)]))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert "cannot be written to: Permission denied. Give this user the right" in capfd.readouterr().err


def test_the_clock_may_be_set_back(workshop, monkeypatch):
    """Ids go on in order, and the corpus digest does not know the time."""
    import datetime as real

    workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))

    class Past(real.datetime):
        @classmethod
        @override
        def now(cls, tz: real.tzinfo | None = None) -> Self:
            return cls(1999, 1, 1, tzinfo=tz)

    before = live_id(workshop.builds)
    monkeypatch.setattr("index.build.writer.datetime", Past)
    after = workshop.build()
    assert after.state is State.PUBLISHED
    assert after.build > before
    assert live_id(workshop.builds) == after.build
