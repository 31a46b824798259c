"""The commands as a maintainer types them: what they print, and their exit codes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from index.build.history import finished_builds, live_id
from index.build.manifest import Manifest
from index.errors import IndexLocked
from index.processors import usable_processors
from ingest.__main__ import main
from ingest.commands.building import RETRY_SECONDS, make
from ingest.commands.context import CommandContext
from ingest.outcome import Outcome
from ingest.pipeline import build_index
from tests.fake_model import fake_model
from tests.ingest.conftest import BOATS, BREAD

HOLDER = """
import sys
from pathlib import Path
from index.build.lock import builds_lock
with builds_lock(Path(sys.argv[1]), "another"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(workshop, monkeypatch, capsys):
    """Run a command on the workshop with the fake model; returns its exit code and its JSON."""
    monkeypatch.setenv("LOCALISM_OCR", "false")
    for module in ("building", "documents"):
        monkeypatch.setattr(f"ingest.commands.{module}.open_model", lambda *_: fake_model())

    def runs(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--json", "--corpus", str(workshop.corpus), "--index", str(workshop.builds)])
        printed = capsys.readouterr().out
        return code, [json.loads(line) for line in printed.splitlines()] if arguments[0] == "watch" else json.loads(printed)

    return runs


def test_build_prints_one_json_object(run):
    """Programs read it; exit code 0."""
    code, printed = run("build")
    assert (code, printed["state"], [one["id"] for one in printed["documents"]]) == (0, "published", ["bread", "boats"])


def test_a_build_takes_as_many_processors_as_it_may(run, monkeypatch):
    """All there are, or by setting, or by what was typed, which goes first; threads and workers are counted by it."""
    taken = []
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(4)), raising=False)
    monkeypatch.setattr(
        "ingest.commands.building.build_index", lambda *all_: taken.append(usable_processors()) or build_index(*all_)
    )
    run("build")
    run("build", "--force", "--workers", "3")
    monkeypatch.setenv("LOCALISM_BUILD_WORKERS", "2")
    run("build", "--force")
    run("build", "--force", "--workers", "1")
    run("build", "--force", "--workers", "0")
    assert taken == [4, 3, 2, 1, 4]
    assert usable_processors() == 4


def test_a_build_is_the_same_however_many_work_on_it(run, workshop):
    """To the last byte."""
    made = [run("build", "--force", "--workers", workers)[1]["build"] for workers in ("1", "4")]
    first, second = (Manifest.open(workshop.builds / build) for build in made)
    assert first.files == second.files


def test_status_and_dry_run_change_nothing(run, workshop):
    """They say what a build would do."""
    code, printed = run("status")
    assert (code, printed["up_to_date"], [one["work"] for one in printed["documents"]]) == (0, False, ["new", "new"])
    assert run("build", "--dry-run") == (code, printed)
    assert finished_builds(workshop.builds) == []


def test_the_gate_refuses_with_its_own_exit_code(run, workshop):
    """3, and diff shows it again; publish --accept lets it through; rollback goes back."""
    _, first = run("build")
    workshop.write(
        "bread.md",
        BREAD.replace("keeps for three days in a wooden box", "is eaten").replace("How long does bread keep?", "Eating"),
    )
    code, refused = run("build")
    assert (code, refused["state"]) == (3, "refused")
    code, shown = run("diff")
    assert (code, shown["passes"], shown["changes"]) == (3, False, refused["gate"]["changes"])
    code, accepted = run("publish", "--accept")
    assert (code, accepted["build"], live_id(workshop.builds)) == (0, refused["build"], refused["build"])
    code, back = run("rollback")
    assert (code, back) == (0, {"before": refused["build"], "build": first["build"]})
    assert [one["standing"] for one in run("builds")[1]["builds"]] == ["rolled back", "live"]


def test_discard_removes_what_waits(run, workshop):
    """The live build and the corpus stay."""
    _, first = run("build")
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    _, held = run("build", "--hold")
    assert run("discard") == (0, {"discarded": held["build"]})
    assert finished_builds(workshop.builds) == [first["build"]]
    assert run("discard")[0] == 2


def test_add_and_remove_build_at_once(run, workshop, tmp_path):
    """One command from a file to a live document, and one back."""
    run("build")
    (tmp_path / "gulls.md").write_text("# Gulls\n\nThe gulls nest on the roof of the chapel.\n")
    code, added = run("add", str(tmp_path / "gulls.md"), "--title", "Gulls", "--year", "2020")
    assert (code, added["added"], added["state"]) == (0, "gulls", "published")
    assert [one["id"] for one in run("list")[1]["documents"]] == ["bread", "boats", "gulls"]
    code, removed = run("remove", "gulls")
    assert (code, removed["removed"], removed["state"]) == (0, "gulls", "published")
    assert "gulls" not in [one["id"] for one in run("list")[1]["documents"]]


def test_a_removal_loses_no_other_document(run, workshop):
    """What it costs is no reason to wait, but a file that was damaged meanwhile is: its document answers on until a person accepts."""
    workshop.write("documents/gulls.md", "# Gulls\n\nThe gulls nest on the roof of the chapel.\n")
    _, first = run("build")
    workshop.write("documents/boats.md", "")
    code, removed = run("remove", "gulls")
    assert (code, removed["state"], removed["gate"]["lost"]) == (3, "refused", ["boats"])
    assert live_id(workshop.builds) == first["build"]
    workshop.write("documents/boats.md", BOATS)
    code, removed = run("remove", "bread")
    assert (code, removed["state"]) == (0, "published")
    assert removed["gate"]["score_after"] < removed["gate"]["score_before"]


def test_a_refused_document_is_exit_code_2_and_says_why(run, workshop):
    """Nothing was done."""
    code, printed = run("add", str(workshop.corpus / "nothing.md"))
    assert code == 2
    assert "There is no file" in printed["error"]


def test_a_held_lock_is_exit_code_4(run, workshop):
    """The second run says who holds it."""
    command = [sys.executable, "-c", HOLDER, str(workshop.builds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        code, printed = run("build")
    assert code == 4
    assert f"process {holder.pid}" in printed["error"]


def test_prune_keeps_what_is_asked(run, workshop):
    """And never the live build's place."""
    for days in ("three", "four", "five"):
        workshop.write("bread.md", BREAD.replace("three days", f"{days} days"))
        run("build")
    assert len(run("prune", "--keep", "1")[1]["removed"]) == 2
    assert finished_builds(workshop.builds) == [live_id(workshop.builds)]


class Pauses:
    """Stands for the time between the looks of a watch: in each pause the next step of what somebody does to the corpus is done."""

    def __init__(self, steps: Iterator[None]) -> None:
        """Take ``steps`` one by one."""
        self.steps = steps
        self.now = 0.0  # seconds

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` be over."""
        next(self.steps, None)
        self.now += seconds
        assert self.now < 300, "the watch has done all that it will do"

    def monotonic(self) -> float:
        """Return the time."""
        return self.now


def test_watch_builds_once_for_a_batch_and_waits_for_a_growing_file(run, workshop, monkeypatch):
    """One summary a batch, as one line of JSON each."""

    def copy_slowly() -> Iterator[None]:
        while not finished_builds(workshop.builds):
            yield
        with (workshop.corpus / "documents" / "gulls.md").open("w") as file:
            for word in "# Gulls\n\nThe gulls nest on the roof of the chapel all the year round.\n".split(" "):
                file.write(word + " ")
                file.flush()
                yield

    monkeypatch.setattr("ingest.commands.building.time", Pauses(copy_slowly()))
    code, batches = run("watch", "--every", "2", "--batches", "2")
    assert (code, [batch["state"] for batch in batches]) == (0, ["published", "published"])
    assert [one["passages"] for one in batches[1]["documents"]] == [2, 1, 1]
    assert len(finished_builds(workshop.builds)) == 2, "nothing was built from half a file"


def test_watch_tries_again_when_another_run_held_the_lock(run, workshop, monkeypatch):
    """The change is not forgotten, although nothing changes any more."""
    held = [IndexLocked("“another” is changing the builds at this moment.")]

    def make_when_free(frame: CommandContext) -> Outcome:
        if held:
            raise held.pop()
        return make(frame)

    pauses = Pauses(iter(()))
    monkeypatch.setattr("ingest.commands.building.time", pauses)
    monkeypatch.setattr("ingest.commands.building.make", make_when_free)
    code, batches = run("watch", "--every", "2", "--batches", "2")
    assert "“another”" in batches[0]["error"]
    assert (code, batches[1]["state"]) == (0, "published")
    assert pauses.now == RETRY_SECONDS + 2, "two looks before the first try, and then when it was time again"


def test_watch_goes_on_after_nonsense(run, workshop, monkeypatch):
    """A catalogue edited into nonsense is said, and the next state is built."""
    good = (workshop.corpus / "catalogue.toml").read_text()
    workshop.write("catalogue.toml", "[[document")

    def mend() -> Iterator[None]:
        yield from (None,) * 5  # the first try is behind the second look
        workshop.write("catalogue.toml", good)

    monkeypatch.setattr("ingest.commands.building.time", Pauses(mend()))
    code, batches = run("watch", "--every", "2", "--batches", "2")
    assert code == 0
    assert "cannot be read as TOML" in batches[0]["error"]
    assert batches[1]["state"] == "published"


def test_describe_shows_what_was_guessed_and_confirms_it(run, workshop):
    """Before the first build as well; list and status mark it until it is confirmed."""
    workshop.write("documents/gulls.md", "# Gulls of the chapel\n\nThe gulls nest on the roof of the chapel.\n")
    code, shown = run("describe", "gulls")
    assert (code, shown["title"], shown["guessed"], shown["listed"]) == (0, "Gulls of the chapel", ["title"], False)
    run("build")
    assert run("status")[1]["guessed"] == {"gulls": ["title"]}
    assert [one["title"] for one in run("list")[1]["documents"]] == ["Bread", "Boats", "Gulls of the chapel"]
    code, changed = run(
        "describe", "gulls", "--year", "2020", "--publisher", "The Chapel", "--author", "Ann Other", "--confirm"
    )
    assert (changed["published"], changed["publisher"], changed["authors"]) == ("2020", "The Chapel", "Ann Other")
    assert (changed["guessed"], changed["listed"], run("status")[1]["guessed"]) == ([], True, {})
    assert [run("describe", *rest)[0] for rest in (("nothing",), ("gulls", "--title", ""))] == [2, 2]


def test_keep_one_leaves_the_other_out(run, workshop):
    """The maintainer decides; the build only hints."""
    text = " ".join(f"word{number}" for number in range(300))
    workshop.write("documents/a.md", f"# Notice of 3 May\n\n{text}\n")
    workshop.write("documents/b.md", f"# Notice of 4 May\n\n{text}\n")
    run("build")
    assert [hint.split(" (")[0] for hint in run("status")[1]["hints"]] == ["'b' looks like 'a'"]
    before = (workshop.corpus / "catalogue.toml").read_text()
    assert run("keep-both", "a", "b") == (0, {"kept": ["a", "b"]})
    said = run("status")[1]
    assert (said["hints"], said["up_to_date"]) == ([], False)  # b has an entry now
    (workshop.corpus / "catalogue.toml").write_text(before)
    assert run("keep-one", "a", "b") == (0, {"kept": "a", "left_out": ["b"]})
    _, built = run("build")
    assert [(one["id"], one["copy_of"]) for one in built["documents"] if one["copy_of"]] == [("b", "a")]
    assert run("status")[1]["hints"] == []
