"""What the disk can do to an ingestion, at any write."""

import os
import resource
import traceback

import pytest

from index.errors import NotWritten
from index.history import live_id
from index.verification import verify_build
from ingest.pipeline import State
from tests.ingest.conftest import BREAD


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


@pytest.mark.parametrize("room", [0, 500, 5_000, 30_000, 45_000, 60_000, 100_000, 200_000])
def test_a_disk_that_is_full_at_any_write_leaves_the_live_build(workshop, room):
    """Every file of a build may be the one for which there is no room: vectors, records, words, encoder, manifest, pointer."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    assert in_child_with_room(room, workshop.build) == 7
    assert live_id(workshop.builds) == first.build
    assert verify_build(workshop.builds / first.build) == []
    assert [path.name for path in workshop.builds.iterdir() if path.name.startswith(".writing")] == []
    assert workshop.build().state is State.PUBLISHED


def test_the_clock_may_be_set_back(workshop, monkeypatch):
    """Ids go on in order, and the corpus digest does not know the time."""
    import datetime as real

    workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))

    class Past(real.datetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> real.datetime:
            return real.datetime(1999, 1, 1, tzinfo=tz)

    before = live_id(workshop.builds)
    monkeypatch.setattr("index.writer.datetime", Past)
    after = workshop.build()
    assert after.state is State.PUBLISHED
    assert after.build > before
    assert live_id(workshop.builds) == after.build
