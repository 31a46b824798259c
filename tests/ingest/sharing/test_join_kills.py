"""kill -9 of a machine that makes a shard, or joins some: nothing is lost, and the same command does it."""

from contextlib import closing

import pytest

from index.build.history import finished_builds, live_id
from index.build.layout import JOINING
from index.build.moving import export_build
from index.build.reader import open_live_build
from index.build.verification import verify_build
from ingest.outcome import State
from tests.ingest.paused_command import killed_at
from tests.ingest.sharing.test_joining import digests, shown


@pytest.fixture
def places(parted, tmp_path):
    """Two shards: one in a folder of builds that a web server shows, one in a file."""
    one, two = parted(2)
    export_build(two.parent, two.name, tmp_path / "two.tar.gz")
    with shown(one.parent) as address:
        yield [address, str(tmp_path / "two.tar.gz")]


def texts(builds):
    """Return what the live build holds."""
    with closing(open_live_build(builds)) as build:
        return [passage.text for passage in build.records.all_passages()]


@pytest.mark.parametrize(
    "step",
    [
        "before a shard is kept",
        "before a shard is unpacked",
        "before the build is finished",
        "before the switch",
        "before the shards are forgotten",
    ],
)
def test_a_kill_while_shards_are_joined(machine, places, whole, step):
    """The live build answers as before or as afterwards, and the next run makes of the same shards what one go makes."""
    joining = machine("joining")
    joining.write("documents/wren.md", "# The wren\n\nAn old edition of the wren.\n")
    live = joining.build().build
    before = texts(joining.builds)
    joining.write("documents/wren.md", (machine("alone").corpus / "documents" / "wren.md").read_text())
    killed_at(joining, step, "join", *places, "--accept")
    if step != "before the shards are forgotten":
        assert (live_id(joining.builds), texts(joining.builds)) == (live, before)
    assert all(verify_build(joining.builds / build) == [] for build in finished_builds(joining.builds))
    joining.embedded()
    outcome, _ = joining.join_again(*places)
    expected = State.UNCHANGED if step == "before the shards are forgotten" else State.PUBLISHED
    assert (outcome.state, joining.embedded()) == (expected, [])
    assert not (joining.builds / JOINING).exists()
    assert digests(joining.builds / str(live_id(joining.builds))) == digests(whole)


def test_a_kill_while_a_shard_is_made(machine):
    """The live build answers; what was embedded is taken over by the next run."""
    one = machine("one")
    live = one.build().build
    one.write("documents/wren.md", "# The wren\n\nThe wren sings all winter, and nobody knows why.\n")
    killed_at(one, "before the build is finished", "build", "--shard", "1/1")
    assert (live_id(one.builds), finished_builds(one.builds)) == (live, [live])
    one.embedded()
    folder = one.shard("1/1")
    assert (verify_build(folder), one.embedded(), live_id(one.builds)) == ([], [], live)
