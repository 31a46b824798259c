"""kill -9 at the switch, in prune and in rollback: each kill hits its step, because the command waits there for it."""

import pytest

from index.build.history import finished_builds, live_id
from index.build.reader import open_live_build
from index.build.verification import verify_build
from index.retrieval.searcher import Searcher
from ingest.outcome import State, Step
from tests.ingest.conftest import BREAD
from tests.ingest.paused_command import killed_at

QUESTIONS = ("How long does bread keep?", "Where do the boats lie?")
BEFORE, AFTER = "before", "after"


def change(workshop, days):
    """Let the bread keep for so many days."""
    workshop.write("bread.md", BREAD.replace("three days", f"{days} days"))


def answers(workshop):
    """Return which build is live, whole to the last byte, and what it answers."""
    live = live_id(workshop.builds)
    assert verify_build(workshop.builds / live) == []
    build = open_live_build(workshop.builds)
    try:
        return live, [[hit.passage.text for hit in Searcher(build).search(question, 3).hits] for question in QUESTIONS]
    finally:
        build.close()


def assert_a_next_run_is_whole(workshop):
    """What was left half done does not stand in the way."""
    change(workshop, "nine")
    outcome = workshop.build(Step.ACCEPT)
    assert outcome.state is State.PUBLISHED
    live, found = answers(workshop)
    assert live == outcome.build
    assert "nine days" in found[0][0]
    assert [path.name for path in workshop.builds.iterdir() if path.name.startswith(".writing")] == []


@pytest.mark.parametrize(("step", "live"), [("before the switch", BEFORE), ("after the switch", AFTER)])
def test_a_kill_at_the_switch_of_a_build(workshop, step, live):
    """The old build answers until the pointer is another file, and from then on the new one."""
    workshop.build()
    old = answers(workshop)
    change(workshop, "four")
    killed_at(workshop, step, "build")
    now = answers(workshop)
    if live is BEFORE:
        assert now == old
    else:
        assert now[0] == finished_builds(workshop.builds)[-1]
        assert "four days" in now[1][0][0]
    assert_a_next_run_is_whole(workshop)


@pytest.mark.parametrize("step", ["before a build is put away", "after a build is put away", "half a build removed"])
def test_a_kill_in_prune(workshop, step):
    """The live build is never touched, and a build that is half gone does not look like one."""
    for days in ("three", "four", "five"):
        change(workshop, days)
        workshop.build(Step.ACCEPT)
    before = answers(workshop)
    killed_at(workshop, step, "prune", "--keep", "1")
    assert answers(workshop) == before
    assert all(verify_build(workshop.builds / build) == [] for build in finished_builds(workshop.builds))
    assert_a_next_run_is_whole(workshop)


@pytest.mark.parametrize(
    ("step", "live"),
    [
        ("before the standing is noted", BEFORE),
        ("while the first note is written", BEFORE),
        ("before the switch", BEFORE),
        ("after the switch", AFTER),
    ],
)
def test_a_kill_in_rollback(workshop, step, live):
    """Before the switch the newer build answers, after it the older one; the way back is open either way."""
    states = []
    for days in ("three", "four"):
        change(workshop, days)
        workshop.build(Step.ACCEPT)
        states.append(answers(workshop))
    older, newer = states
    killed_at(workshop, step, "rollback")
    assert answers(workshop) == (newer if live is BEFORE else older)
    assert_a_next_run_is_whole(workshop)
