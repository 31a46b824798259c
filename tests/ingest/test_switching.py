"""Which build is live: the gate, waiting, rolling back, pruning, and builds that are not whole."""

import json
import shutil

import pytest

from index.build.history import finished_builds, live_id, prune, publish, roll_back, sweep_unfinished
from index.build.hold_reason import LIVED_FILE, HoldReason, note_lived, once_live, read_hold_reasons
from index.build.manifest import Manifest
from index.build.verification import verify_build
from index.errors import DamagedBuild, UnknownBuild
from ingest.catalogue.corpus import open_corpus
from ingest.outcome import State, Step
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
    assert read_hold_reasons(workshop.builds) == {refused.build: HoldReason.REFUSED}
    workshop.embedded()
    accepted = workshop.build(Step.ACCEPT)
    assert (accepted.state, accepted.build) == (State.PUBLISHED, refused.build)
    assert workshop.embedded() == []
    assert read_hold_reasons(workshop.builds) == {}


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


def test_a_rollback_goes_only_to_what_was_live(workshop):
    """The gate's word and a person's wish to look first are not got round; the message says how to publish instead."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    held = workshop.build(Step.HOLD)
    with pytest.raises(UnknownBuild, match=f"was never live.*localism-ingest publish {held.build}$"):
        roll_back(workshop.builds, held.build)
    workshop.write("bread.md", "# Bread\n\n## Eating\n\nBread is eaten.\n")
    refused = workshop.build()
    with pytest.raises(UnknownBuild, match=f"refused by the gate.*localism-ingest publish {refused.build} --accept$"):
        roll_back(workshop.builds, refused.build)
    with pytest.raises(UnknownBuild, match="no earlier build"):
        roll_back(workshop.builds)
    assert live_id(workshop.builds) == first.build
    assert workshop.build(Step.ACCEPT).build == refused.build
    publish(workshop.builds, held.build)
    assert roll_back(workshop.builds) == (held.build, refused.build)
    assert once_live(workshop.builds) == [first.build, refused.build, held.build]


def test_a_power_cut_between_the_note_and_the_switch_costs_no_way_back(workshop):
    """The live build may be noted as one that was live: nothing comes of it."""
    first = workshop.build()
    note_lived(workshop.builds, first.build)
    with pytest.raises(UnknownBuild, match="no earlier build"):
        roll_back(workshop.builds)
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    assert roll_back(workshop.builds) == (second.build, first.build)
    (workshop.builds / LIVED_FILE).write_bytes(b"\xff\xfe")
    assert workshop.build().state is State.RESTING


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


@pytest.mark.parametrize("missing", ["records.sqlite", "encoder/model.onnx", "lexicon.json", "readings.json", "manifest.json"])
def test_a_half_deleted_live_build_is_made_again(workshop, missing):
    """Whatever is gone from the live build, the next run makes a whole one though the corpus is as it was."""
    first = workshop.build()
    (workshop.builds / first.build / missing).unlink()
    again = workshop.build()
    assert (again.state, again.build != first.build) == (State.PUBLISHED, True)
    assert (live_id(workshop.builds), verify_build(workshop.builds / again.build)) == (again.build, [])


def test_damage_is_not_handed_on_to_the_next_build(workshop, another_workshop):
    """A file of the live build that rots on disk is not copied and given a new hash: everything is made again."""
    first = workshop.build()
    rotten = workshop.builds / first.build / "tokens" / "vectors.u8"
    content = bytearray(rotten.read_bytes())
    content[100] ^= 1
    rotten.write_bytes(content)
    fresh = another_workshop("fresh")
    for made in (workshop, fresh):
        made.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    after, wanted = (Manifest.open(made.builds / made.build().build).files for made in (workshop, fresh))
    assert {name: after[name] for name in after if "history" not in name} == {
        name: wanted[name] for name in wanted if "history" not in name
    }


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
    plan = plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.identity)
    assert "update the program" in plan.reasons[0]
    assert workshop.build().state is State.PUBLISHED
