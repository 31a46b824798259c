"""Shards of several machines become the build that one machine makes in one go."""

import functools
import http.server
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from index.build.history import finished_builds, live_id
from index.build.layout import JOINING, BuildLayout
from index.build.manifest import Manifest
from index.build.moving import export_build
from index.build.reader import open_build
from index.build.verification import verify_build
from index.encoders.full import light_identity
from index.errors import DamagedBuild, ForeignBuild, NotFetched
from index.evaluation.golden_run import evaluate_golden
from index.text.splitting import Geometry
from ingest.catalogue.corpus import open_corpus
from ingest.errors import ShardRefused
from ingest.outcome import State, Step
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from ingest.sharing import fitting
from ingest.sharing.shards import Shard
from tests.fake_model import fake_model
from tests.ingest.readers.conftest import lines, pdf_bytes
from tests.serving import served


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """Show ``folder`` on the loopback, as a web server does that lists no folders; yields the address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with served(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as place:
        yield f"http://{place}"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Writes no log, and lists nothing."""

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @override
    def list_directory(self, path: object) -> None:
        """Answer that there is nothing."""
        self.send_error(404)


@pytest.fixture
def shards(parted, tmp_path) -> list[Path]:
    """The three shards of the corpus, each in the builds of a machine of its own, where they may be changed."""
    return [shutil.copytree(shard.parent, tmp_path / shard.parent.parent.name / "builds") / shard.name for shard in parted(3)]


def digests(folder: Path) -> dict[str, str]:
    """Return the files of a build but for its history, and how it is searched and how sure it is."""
    manifest = Manifest.open(folder)
    files = {name: digest for name, digest in manifest.files.items() if name != "passage_history.sqlite"}
    return files | {"searches": repr(manifest.searches), "calibration": repr(manifest.calibration)}


def test_the_joined_build_is_that_of_one_go_byte_by_byte(machine, shards, monkeypatch):
    """Same passages, vectors, words and tokens; nothing is read or embedded for it, and what is a copy across shards is left out."""
    alone, joining = machine("alone"), machine("joining")
    wanted = alone.build()
    monkeypatch.setattr("ingest.stages.workers.read_file", lambda path, _: pytest.fail(f"{path.name} was read again"))
    outcome, account = joining.join(*shards)
    assert (outcome.state, live_id(joining.builds), joining.embedded()) == (State.PUBLISHED, outcome.build, [])
    assert digests(joining.builds / outcome.build) == digests(alone.builds / wanted.build)
    assert (account.read_here, account.described_anew, account.notes, account.shards) == ((), (), (), ("1/3", "2/3", "3/3"))
    told = {report.document_id: (report.passages, report.copy_of) for report in wanted.reports}
    assert {report.document_id: (report.passages, report.copy_of) for report in outcome.reports} == told
    assert account.taken_over == len(told) == 13
    golden = open_corpus(alone.corpus).golden
    with closing(open_build(alone.builds / wanted.build)) as one, closing(open_build(joining.builds / outcome.build)) as other:
        assert evaluate_golden(other, golden).outcomes == evaluate_golden(one, golden).outcomes
    assert all(path.is_dir() for path in shards)


def test_long_corpora_shorten_their_tokens_and_learn_once(machine, monkeypatch):
    """Above the bounds for exact and whole vectors too, the joined build is that of one go: shards keep what they made."""
    monkeypatch.setattr("index.build.search_writer.WHOLE_UP_TO", 20)
    monkeypatch.setattr("index.late_interaction.token_writer.KEPT", 32)
    monkeypatch.setattr("index.late_interaction.projection.KEPT", 32)
    monkeypatch.setattr("index.late_interaction.projection.principal_directions.__defaults__", (32,))
    monkeypatch.setattr("index.dense.faiss_writer.VectorsWriter.__init__.__defaults__", (20, False))
    parts = [machine(f"worker{number}").shard(f"{number}/2") for number in (1, 2)]
    alone, joining = machine("alone"), machine("joining")
    wanted, (outcome, _) = alone.build(), joining.join(*parts)
    folder = joining.builds / outcome.build
    assert (BuildLayout(folder).tokens / "directions.npy").is_file()
    assert not any((BuildLayout(part).tokens / "directions.npy").exists() for part in parts)
    assert digests(folder) == digests(alone.builds / wanted.build)


def test_files_folders_of_builds_and_addresses_are_places_of_shards(machine, shards, tmp_path):
    """All in one command; what was brought here is gone afterwards, what lay in a folder stays."""
    one, two, three = shards
    export_build(two.parent, two.name, tmp_path / "two.tar.gz")
    joining = machine("joining")
    with shown(three.parent) as address:
        outcome, account = joining.join(one.parent, tmp_path / "two.tar.gz", address)
    assert (outcome.state, account.shards, account.read_here) == (State.PUBLISHED, ("1/3", "2/3", "3/3"), ())
    assert not (joining.builds / JOINING).exists()
    assert finished_builds(joining.builds) == [outcome.build]


def test_the_address_of_one_build_is_a_place_too(machine, shards):
    """As a person copies it."""
    one, two, three = shards
    joining = machine("joining")
    with shown(three.parent) as address:
        assert joining.join(one, two, f"{address}/{three.name}/")[0].state is State.PUBLISHED


def test_the_machine_that_joins_may_have_made_a_shard_itself(machine, shards):
    """It names its own folder; the shard stays until it is removed."""
    joining = machine("joining")
    own = joining.shard("1/3")
    outcome, account = joining.join(joining.builds, *shards[1:])
    assert (outcome.state, account.read_here) == (State.PUBLISHED, ())
    assert finished_builds(joining.builds) == [own.name, outcome.build]


def test_what_no_shard_holds_is_read_here_and_said(machine, shards, monkeypatch):
    """A document that is new, one whose file changed, and one that is described otherwise, which is not read again."""
    read = []
    monkeypatch.setattr(
        "ingest.stages.workers.read_file", lambda path, options: read.append(path.name) or read_file(path, options)
    )
    joining = machine("joining")
    joining.write("documents/ferry.md", "# Ferry\n\nThe ferry sails on Sundays from the old quay.\n")
    joining.write("documents/wren.md", "# The wren\n\nThe wren sings all winter.\n")
    catalogue = (joining.corpus / "catalogue.toml").read_text()
    joining.write("catalogue.toml", catalogue.replace('title = "Boats"', 'title = "All boats"'))
    outcome, account = joining.join(*shards)
    assert outcome.state is State.PUBLISHED
    assert (set(account.read_here), account.described_anew) == ({"ferry", "wren"}, ("boats",))
    assert sorted(read) == ["ferry.md", "wren.md"]
    fresh = machine("fresh")
    shutil.rmtree(fresh.corpus)
    shutil.copytree(joining.corpus, fresh.corpus)
    assert digests(joining.builds / outcome.build) == digests(fresh.builds / fresh.build().build)


def test_a_file_that_no_shard_could_read_is_tried_here(machine):
    """And counted among those that are in no shard."""
    machines = [machine(name) for name in ("one", "two", "joining")]
    for one in machines:
        (one.corpus / "documents" / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing of a PDF follows")
    parts = [machines[number - 1].shard(f"{number}/2") for number in (1, 2)]
    outcome, account = machines[2].join(*parts)
    assert account.read_here == ("broken",)
    assert {report.document_id for report in outcome.reports if report.is_unreadable} == {"broken"}


def test_a_missing_shard_is_said_before_anything_is_read(machine, shards):
    """With how much that is; --read-missing lets this machine read it."""
    joining = machine("joining")
    lacking = [entry.document.id for entry in Shard(2, 3).entries(open_corpus(joining.corpus).entries)]
    with pytest.raises(ShardRefused, match=rf"Missing: shard 2/3\. {len(lacking)} of 13 documents .*--read-missing"):
        joining.join(shards[0], shards[2])
    assert (joining.embedded(), finished_builds(joining.builds)) == ([], [])
    outcome, account = joining.join(shards[0], shards[2], read_missing=True)
    assert (outcome.state, list(account.read_here)) == (State.PUBLISHED, lacking)


def test_the_same_shard_twice_counts_once(machine, shards):
    """The same build by two names is one; of two builds of one shard the newer is taken, and that is said."""
    joining = machine("joining")
    again = machine("again")
    again.write("documents/extra.md", "# Extra\n\nThe ferry sails.\n")  # a build of a later second and another corpus
    newer = again.builds / f"29990101T000000-{shards[1].name[-6:]}"
    shutil.copytree(shards[1], newer)
    manifest = replace(Manifest.open(newer), build=newer.name)
    manifest.save(newer)
    outcome, account = joining.join(*shards, shards[0], shards[0].parent, newer)
    assert outcome.state is State.PUBLISHED
    assert account.notes == (
        f"Shard 2/3 was named twice: build {newer.name} is taken, the older {shards[1].name} is left aside.",
    )


def test_shards_that_overlap_are_joined_and_that_is_said(machine, shards):
    """A part of another sharing out besides: each document is there once."""
    joining, other = machine("joining"), machine("other")
    half = other.shard("1/2")
    outcome, account = joining.join(*shards, half)
    (note,) = account.notes
    held = {document.id for document in _documents(half)}
    assert note.startswith(f"{len(held)} documents are in more than one shard")
    assert digests(joining.builds / outcome.build) == digests(other.builds / other.build(force=True).build)


def _documents(folder: Path):
    with closing(open_build(folder)) as build:
        return build.records.documents


def damaged(folder: Path) -> Path:
    """Change one byte of a shard's words."""
    path = max(BuildLayout(folder).words.rglob("*"), key=lambda one: one.stat().st_size if one.is_file() else 0)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    return folder


def test_a_damaged_shard_is_refused_and_nothing_is_lost(machine, shards):
    """With the file by its name; the others are joined once it was copied again."""
    joining = machine("joining")
    live = joining.build().build
    joining.write("documents/extra.md", "# Extra\n\nThe ferry sails on Sundays.\n")
    whole = shards[0].parent.parent / "whole"
    shutil.copytree(shards[0], whole)
    damaged(shards[0])
    with pytest.raises(
        DamagedBuild, match=r"Shard 1/3 .* is damaged: words/passages.* Copy it there again; nothing was joined"
    ):
        joining.join(*shards)
    assert (live_id(joining.builds), finished_builds(joining.builds)) == (live, [live])
    assert joining.join(whole, *shards[1:])[0].state is State.PUBLISHED


@pytest.mark.parametrize("name", ["readings.json", "left_out.json", "manifest.json"])
def test_a_shard_whose_notes_are_damaged_is_refused(machine, shards, name):
    """What it held can then not be known."""
    (shards[2] / name).write_text("{")
    with pytest.raises(DamagedBuild, match=name.replace(".", r"\.")):
        machine("joining").join(*shards)


def test_a_manifest_that_names_no_shard_is_damaged(machine, shards):
    """Nobody wrote it as it stands."""
    replace(Manifest.open(shards[0]), shard="three").save(shards[0])
    with pytest.raises(DamagedBuild, match=f"The manifest of build {shards[0].name} is damaged: “three” is no shard"):
        machine("joining").join(*shards)


def test_a_damaged_shard_from_an_address_or_a_file_is_refused(machine, shards, tmp_path):
    """Nothing of it stays."""
    joining = machine("joining")
    damaged(shards[0])
    with shown(shards[0].parent) as address, pytest.raises(NotFetched, match="not the file that its manifest names"):
        joining.join(address, *shards[1:])
    (tmp_path / "no.tar.gz").write_bytes(b"\x1f\x8b\x08 cut off")
    with pytest.raises(DamagedBuild, match="not an exported build"):
        joining.join(tmp_path / "no.tar.gz", *shards[1:])
    assert finished_builds(joining.builds / JOINING) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": fake_model(seed=8)}, r"fake-8 \(float32, .*\) embedded it, and here fake-7 .*Set LOCALISM_MODEL"),
        ({"recipe": Geometry(target_words=40)}, "passages are of other sizes"),
        ({"recipe": ReadingOptions(ocr=False, ocr_languages="cym")}, "other settings than this machine"),
    ],
)
def test_a_shard_of_another_model_or_recipe_is_refused(machine, shards, change, said):
    """Its vectors and passages would not be those of this build."""
    other = machine("other")
    for name, value in change.items():
        field = {Geometry: "geometry", ReadingOptions: "reading"}.get(type(value))
        setattr(other, name, replace(other.recipe, **{field: value}) if field else value)
    odd = other.shard("1/3")
    joining = machine("joining")
    with pytest.raises(ForeignBuild, match=f"Shard 1/3.*{said}.*make that shard again"):
        joining.join(odd, *shards[1:])
    assert finished_builds(joining.builds) == []


def test_a_shard_of_another_precision_is_refused(machine, shards):
    """The same weights in another arithmetic are other vectors."""
    joining = machine("joining")
    joining.model = replace(joining.model, light=True)
    assert joining.model.identity == light_identity(fake_model().identity)
    with pytest.raises(ForeignBuild, match=r"fake-7 \(float32, .*here fake-7 \(int8"):
        joining.join(*shards)


def test_shards_of_two_light_encoders_are_refused(machine):
    """Where the light encoder embeds, it must be the same in all shards."""
    parts = []
    for number in (1, 2):
        worker = machine(f"worker{number}")
        worker.model = replace(worker.model, light=True)
        parts.append(worker.shard(f"{number}/2"))
    other = replace(Manifest.open(parts[1]), files=Manifest.open(parts[1]).files | {"encoder/more": "0" * 64})
    other.save(parts[1])
    joining = machine("joining")
    joining.model = replace(joining.model, light=True)
    with pytest.raises(ForeignBuild, match=r"Shard 2/2 .* another light encoder than Shard 1/2"):
        joining.join(*parts)


def test_a_shard_of_other_readers_is_refused(machine, shards, monkeypatch):
    """And which they are."""
    monkeypatch.setattr(fitting, "versions", lambda: {"tesseract": "9.9"})
    with pytest.raises(ForeignBuild, match=r"another version of tesseract \(.* there, 9\.9 here\)\. Install the same"):
        machine("joining").join(*shards)


def test_a_shard_of_another_corpus_is_refused(machine, shards):
    """None of its files is here."""
    other = machine("other")
    shutil.rmtree(other.corpus / "documents")
    (other.corpus / "documents").mkdir()
    other.write("bread.md", "# Cheese\n\nCheese keeps for a year in a cool cellar.\n")
    odd = other.shard("1/1")
    with pytest.raises(ShardRefused, match=r"Shard 1/1 .* is of another corpus: none of its 1 documents is in"):
        machine("joining").join(odd, *shards)


@pytest.mark.parametrize(
    ("named", "said"),
    [("nothing", "There is no .*nothing"), ("empty", "No shard lies in .*no build at all"), ("ftp://x/y", "not from ftp")],
)
def test_where_there_is_no_shard_is_said(machine, tmp_path, named, said):
    """A name that leads nowhere, a folder without builds, an address of another kind."""
    (tmp_path / "empty").mkdir()
    with pytest.raises((ShardRefused, NotFetched), match=said):
        machine("joining").join(named if "://" in named else tmp_path / named)


def test_a_whole_build_is_no_shard(machine, shards, whole):
    """It is pulled, not joined; a folder that holds only such has none."""
    joining = machine("joining")
    with pytest.raises(ShardRefused, match=f"Build {whole.name} .* is no shard but a whole build"):
        joining.join(whole, *shards)
    with pytest.raises(ShardRefused, match=r"No shard lies in .*1 builds of a whole corpus"):
        joining.join(whole.parent)


def test_the_gate_is_asked_of_a_joined_build(machine, shards):
    """A live build that answers better stays."""
    joining = machine("joining")
    live = joining.build().build
    bread = joining.write("bread.md", "# Bread\n\nNothing of the kind.\n")
    parts = []
    for number in (1, 2):
        worker = machine(f"changed{number}")
        shutil.copyfile(bread, worker.corpus / "bread.md")
        parts.append(worker.shard(f"{number}/2"))
    outcome, _ = joining.join(*parts)
    assert (outcome.state, live_id(joining.builds)) == (State.REFUSED, live)
    assert joining.build(Step.ACCEPT).build == outcome.build


def test_originals_come_from_the_corpus(machine):
    """Shards do not carry what the machine that joins has itself."""
    machines = [machine(name) for name in ("one", "two", "joining")]
    for one in machines:
        (one.corpus / "documents" / "harbour.pdf").write_bytes(
            pdf_bytes([lines(["Boats", "The harbour master counts them."])])
        )
    parts = [machines[number - 1].shard(f"{number}/2") for number in (1, 2)]
    outcome, _ = machines[2].join(*parts)
    folder = machines[2].builds / outcome.build
    assert len(list(BuildLayout(folder).originals.iterdir())) == 2
    assert verify_build(folder) == []
