"""``build --shard`` and ``join`` as a maintainer types them: what they print, and their exit codes."""

import json
from typing import Any

import pytest

from index.__main__ import main as index_command
from index.build.history import finished_builds, live_id
from index.build.layout import JOINING, SHARDS_FILE
from ingest.__main__ import main
from tests.fake_model import fake_model


@pytest.fixture
def run(workshop, monkeypatch, capsys):
    """Run a command on a corpus of two documents with the fake model; returns its exit code and its JSON."""
    monkeypatch.setenv("LOCALISM_OCR", "false")
    for module in ("building", "sharing", "looking"):
        monkeypatch.setattr(f"ingest.commands.{module}.open_model", lambda *_: fake_model())

    def runs(*arguments: str, index=workshop.builds) -> tuple[int, Any]:
        code = main([*arguments, "--json", "--corpus", str(workshop.corpus), "--index", str(index)])
        return code, json.loads(capsys.readouterr().out)

    return runs


def test_two_machines_and_one_that_joins(run, workshop, tmp_path):
    """Three commands, from a corpus to a live build."""
    made = [run("build", "--shard", f"{number}/2", index=tmp_path / f"worker{number}") for number in (1, 2)]
    assert [(code, printed["state"], printed["changed"]) for code, printed in made] == [(0, "shard", False)] * 2
    assert sorted(one["id"] for _, printed in made for one in printed["documents"]) == ["boats", "bread"]
    code, joined = run("join", str(tmp_path / "worker1"), str(tmp_path / "worker2"))
    assert (code, joined["state"], live_id(workshop.builds)) == (0, "published", joined["build"])
    account = {"shards": ["1/2", "2/2"], "taken_over": 2, "described_anew": [], "read_here": [], "notes": []}
    assert joined["join"] == account
    code, again = run("join", str(tmp_path / "worker1"), str(tmp_path / "worker2"))
    assert (code, again["state"], again["join"]) == (0, "unchanged", None)


def test_builds_and_status_say_what_a_shard_is(run):
    """Beside the live build, of which nothing changes."""
    _, live = run("build")
    _, shard = run("build", "--shard", "1/2")
    assert [one["standing"] for one in run("builds")[1]["builds"]] == ["shard 1/2", "live"]
    code, status = run("status")
    assert (code, status["live"], status["up_to_date"], status["shards"]) == (0, live["build"], True, {shard["build"]: "1/2"})


def test_no_command_makes_a_shard_live(run, workshop):
    """Exit code 2 and a sentence, whatever is tried; discard removes it, and nothing else does."""
    _, live = run("build")
    _, shard = run("build", "--shard", "1/2")
    for command in (("publish", shard["build"]), ("publish", shard["build"], "--accept"), ("rollback", shard["build"])):
        code, printed = run(*command)
        assert (code, "neither published nor served" in printed["error"]) == (2, True)
    assert run("diff", live["build"], shard["build"])[0] == 2
    (workshop.builds / JOINING / "left").mkdir(parents=True)
    assert run("prune", "--keep", "1")[1] == {"removed": []}
    assert not (workshop.builds / JOINING).exists()
    assert run("build")[1]["state"] == "unchanged"
    assert (live_id(workshop.builds), finished_builds(workshop.builds)) == (live["build"], [live["build"], shard["build"]])
    assert run("discard", shard["build"]) == (0, {"discarded": shard["build"]})
    assert (workshop.builds / SHARDS_FILE).read_text() == ""


def test_an_imported_shard_is_not_made_live(run, workshop, tmp_path, capsys):
    """It is here beside the live build; the sentence says what to do with it."""
    _, shard = run("build", "--shard", "1/2", index=tmp_path / "worker")
    file, there = str(tmp_path / "shard.tar.gz"), str(workshop.builds)
    assert index_command(["export", "--build", shard["build"], file, "--index", str(tmp_path / "worker")]) == 0
    capsys.readouterr()
    assert index_command(["import", file, "--index", there]) == 2
    assert "localism-ingest join" in " ".join(capsys.readouterr().err.split())
    assert live_id(workshop.builds) is None


def test_a_dry_run_of_a_shard_says_what_falls_to_it(run, workshop):
    """And does nothing."""
    shares = [run("build", "--dry-run", "--shard", f"{number}/2")[1] for number in (1, 2)]
    assert sorted(document for share in shares for document in share["documents"]) == ["boats", "bread"]
    assert sum(share["bytes"] for share in shares) == sum(
        (workshop.corpus / name).stat().st_size for name in ("bread.md", "documents/boats.md")
    )
    assert finished_builds(workshop.builds) == []


def test_the_second_of_the_same_shard_is_not_made(run):
    """Unless --force asks for it; then the older goes."""
    _, first = run("build", "--shard", "2/2")
    _, again = run("build", "--shard", "2/2")
    assert (again["build"], again["documents"]) == (first["build"], [])
    _, forced = run("build", "--shard", "2/2", "--force")
    assert (forced["build"] != first["build"], forced["removed_builds"]) == (True, [first["build"]])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("build", "--shard", "1/2", "--hold"), "leave --accept and --hold out"),
        (("build", "--shard", "3/1000"), "No document falls to shard 3/1000"),
        (("join", "nowhere"), "There is no nowhere"),
    ],
)
def test_what_cannot_be_done_is_exit_code_2_and_a_sentence(run, workshop, command, said):
    """The live index is as it was."""
    code, printed = run(*command)
    assert (code, said in printed["error"]) == (2, True)
    assert finished_builds(workshop.builds) == []


def test_a_missing_shard_is_exit_code_2(run, workshop, tmp_path):
    """And --read-missing reads it here."""
    run("build", "--shard", "1/2", index=tmp_path / "worker")
    code, printed = run("join", str(tmp_path / "worker"))
    assert (code, "Missing: shard 2/2. 1 of 2 documents" in printed["error"]) == (2, True)
    code, joined = run("join", str(tmp_path / "worker"), "--read-missing")
    assert (code, joined["state"], len(joined["join"]["read_here"])) == (0, "published", 1)


@pytest.mark.parametrize("arguments", [("build", "--shard", "4/3"), ("build", "--shard", "a"), ("join",)])
def test_what_cannot_be_understood_ends_with_2(capsys, arguments):
    """As every command that was typed wrongly."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_a_person_is_told_where_the_documents_came_from(workshop, monkeypatch, capsys, tmp_path):
    """In sentences, with the table of documents as of every build."""
    monkeypatch.setenv("LOCALISM_OCR", "false")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("ingest.commands.sharing.open_model", lambda *_: fake_model())
    places = ["--corpus", str(workshop.corpus), "--index"]
    assert main(["build", "--shard", "1/1", *places, str(tmp_path / "worker")]) == 0
    assert "is a shard of the corpus: finished, and never live" in " ".join(capsys.readouterr().err.split())
    assert main(["join", str(tmp_path / "worker"), *places, str(workshop.builds)]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "2 documents were taken over from shards 1/1. 0 were in no shard." in told
    assert "bread" in told
