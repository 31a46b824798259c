"""Which build is live: the gate, waiting, rolling back, pruning, and builds that are not whole."""

import json
import shutil

import pytest

from index.errors import DamagedBuild
from index.history import finished_builds, live_id, prune, publish, roll_back, sweep_unfinished
from index.standing import Standing, read_standings
from index.verification import verify_build
from ingest.corpus import open_corpus
from ingest.pipeline import State, Step
from ingest.plan import plan_of
from tests.ingest.conftest import BREAD


def test_a_worse_build_is_refused_and_can_be_accepted(workshop):
    """The gate compares the golden questions; a person has the last word."""
    first = workshop.build()
    workshop.write(
        "bread.md",
        BREAD.replace("keeps for three days in a wooden box", "is eaten").replace("How long does bread keep?", "Eating"),
    )
    refused = workshop.build()
    assert refused.state is State.REFUSED
    assert refused.comparison.score_after < refused.comparison.score_before
    assert live_id(workshop.builds) == first.build
    assert read_standings(workshop.builds) == {refused.build: Standing.REFUSED}
    workshop.embedded()
    accepted = workshop.build(Step.ACCEPT)
    assert (accepted.state, accepted.build) == (State.PUBLISHED, refused.build)
    assert workshop.embedded() == []
    assert read_standings(workshop.builds) == {}


def test_a_listed_document_that_cannot_be_read_any_more_is_refused(workshop):
    """A document is not lost because its file was damaged."""
    first = workshop.build()
    workshop.write("documents/boats.md", "")
    refused = workshop.build()
    assert (refused.state, refused.comparison.lost) == (State.REFUSED, ("boats",))
    assert live_id(workshop.builds) == first.build
    assert [report.reason for report in refused.reports if report.document_id == "boats"] == ["the file is empty"]


def test_a_held_build_waits(workshop):
    """--hold finishes and leaves the switch to a person."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    held = workshop.build(Step.HOLD)
    assert held.state is State.HELD
    assert live_id(workshop.builds) == first.build
    assert workshop.build().build == held.build


def test_what_was_rolled_back_rests_until_the_corpus_changes(workshop):
    """The next ingestion does not bring back what a person took back."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    assert roll_back(workshop.builds) == (second.build, first.build)
    assert workshop.build().state is State.RESTING
    assert live_id(workshop.builds) == first.build
    assert workshop.build(Step.ACCEPT).build == second.build
    assert live_id(workshop.builds) == second.build


def test_ids_sort_in_the_order_of_builds_when_the_clock_is_set_back(workshop, monkeypatch):
    """The newest build is the newest whatever the clock says."""
    first = workshop.build()
    future = workshop.builds / "20991231T235959-ffffff"
    shutil.copytree(workshop.builds / first.build, future)
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    assert second.build > future.name
    assert finished_builds(workshop.builds)[-1] == second.build


def test_old_builds_go_and_the_live_one_stays(workshop):
    """Prune keeps the newest and never touches what answers."""
    builds = [workshop.build().build]
    for days in ("four", "five", "six"):
        workshop.write("bread.md", BREAD.replace("three days", f"{days} days"))
        builds.append(workshop.build().build)
    assert finished_builds(workshop.builds) == builds[1:]
    roll_back(workshop.builds, builds[1])
    assert prune(workshop.builds, 1) == builds[2:]
    assert live_id(workshop.builds) == builds[1]


def test_a_copy_that_a_person_made_is_left_alone(workshop):
    """A folder of another name is no build of ours, whatever lies in it."""
    first = workshop.build()
    shutil.copytree(workshop.builds / first.build, workshop.builds / "backup")
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    assert finished_builds(workshop.builds) == [first.build, second.build]
    assert prune(workshop.builds, 1) == [first.build]
    assert (workshop.builds / "backup" / "manifest.json").is_file()


def test_what_an_interrupted_run_left_is_swept(workshop):
    """Half a build never looks like one."""
    first = workshop.build()
    shutil.copytree(workshop.builds / first.build, workshop.builds / ".writing-half")
    assert finished_builds(workshop.builds) == [first.build]
    assert sweep_unfinished(workshop.builds) == [".writing-half"]


def test_a_build_that_was_finished_and_not_switched_is_taken_up(workshop):
    """A run that stopped before the switch costs nothing twice."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    publish(workshop.builds, first.build)
    workshop.embedded()
    assert workshop.build().build == second.build
    assert workshop.embedded() == []


@pytest.mark.parametrize("missing", ["records.sqlite", "encoder/model.onnx", "lexicon.json", "readings.json"])
def test_a_half_deleted_live_build_is_made_again(workshop, missing):
    """Whatever is gone from the live build, the next run makes a whole one."""
    first = workshop.build()
    (workshop.builds / first.build / missing).unlink()
    assert verify_build(workshop.builds / first.build) == [f"{missing} is missing"]
    again = workshop.build(force=True)
    assert (again.state, verify_build(workshop.builds / again.build)) == (State.PUBLISHED, [])


def test_a_damaged_build_is_not_published(workshop):
    """Verification stands before every switch."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    (workshop.builds / first.build / "lexicon.json").write_text("{}")
    with pytest.raises(DamagedBuild, match="not the file that was written"):
        roll_back(workshop.builds)
    assert live_id(workshop.builds) == second.build


def test_a_build_of_a_newer_version_is_made_again_and_said_so(workshop):
    """An older program does not guess at a newer format."""
    first = workshop.build()
    path = workshop.builds / first.build / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    plan = plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.embedder.identity)
    assert "update the program" in plan.reasons[0]
    assert workshop.build().state is State.PUBLISHED
