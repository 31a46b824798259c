"""What falls to a shard, and what a build of one is and is not."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.build_watcher import BuildWatcher
from index.build.history import finished_builds, live_id, prune, publish, roll_back, shards_in
from index.build.layout import SHARDS_FILE, BuildLayout, point_to
from index.build.manifest import Manifest
from index.build.moving import export_build, import_build
from index.build.published import published_at
from index.build.pulling import pull
from index.build.reader import open_live_build
from index.build.verification import verify_build
from index.errors import NotWhole
from index.records import Document, Kind
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import open_corpus
from ingest.errors import ShardRefused
from ingest.outcome import State
from ingest.sharing.shards import Shard, shared_out


def entries_of(folder: Path, sizes: list[int]) -> list[Entry]:
    """Return entries whose files have so many bytes."""
    entries = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.txt"
        path.write_bytes(b"x" * size)
        entries.append(Entry(Document(f"d{number}", "", Kind.ORIGINAL, sha256=f"{number:064x}"), path, held=True))
    return entries


@pytest.mark.parametrize("text", ["", "2", "0/3", "4/3", "1/0", "1/2/3", "-1/3", "a/b", "1/1001", "1.5/3"])
def test_what_is_no_shard_is_said(text):
    """K/N and nothing else."""
    with pytest.raises(ValueError, match="Write K/N"):
        Shard.from_text(text)


@given(sizes=st.lists(st.integers(0, 5000), min_size=1, max_size=40), shards=st.integers(1, 7))
def test_every_document_falls_to_one_shard_and_none_is_much_too_large(tmp_path_factory, sizes, shards):
    """All shards together are the corpus, in its order; above its fair size a shard stands by one document at most."""
    entries = entries_of(tmp_path_factory.mktemp("corpus"), sizes)
    parts = [Shard(number, shards).entries(entries) for number in range(1, shards + 1)]
    assert sorted(one.document.id for part in parts for one in part) == sorted(one.document.id for one in entries)
    assert all(list(part) == [one for one in entries if one in part] for part in parts)
    loads = [sum(one.path.stat().st_size for one in part) for part in parts]
    assert max(loads) <= 1.05 * sum(sizes) / shards + max(sizes)


def test_many_documents_are_shared_evenly_and_few_move_when_one_is_added(tmp_path):
    """Within a twentieth of the fair size; a new document does not send the others round."""
    entries = entries_of(tmp_path, [1000 + 37 * (number % 50) for number in range(300)])
    shares = shared_out(entries[:-1], 4)
    loads = [
        sum(one.path.stat().st_size for one in entries[:-1] if shares[one.document.sha256] == shard) for shard in (1, 2, 3, 4)
    ]
    assert max(loads) <= 1.05 * sum(loads) / 4
    after = shared_out(entries, 4)
    assert sum(after[file] != shard for file, shard in shares.items()) < 30


def test_equal_files_fall_together(tmp_path):
    """One machine reads them, once."""
    entries = entries_of(tmp_path, [10] * 20)
    same = [replace(one, document=replace(one.document, sha256="f" * 64)) for one in entries[:5]]
    parts = [Shard(number, 5).entries([*same, *entries[5:]]) for number in range(1, 6)]
    assert [len(set(part) & set(same)) for part in parts if set(part) & set(same)] == [5]


def test_a_shard_is_finished_verified_and_not_live(machine):
    """Only what falls to it is read; no golden question is asked, and no file is there that only serving needs."""
    one = machine("one")
    outcome = one.shard_outcome("2/3")
    wanted = [entry.document.id for entry in Shard(2, 3).entries(open_corpus(one.corpus).entries)]
    assert (outcome.state, [report.document_id for report in outcome.reports]) == (State.SHARD, wanted)
    folder = one.builds / outcome.build
    assert verify_build(folder) == []
    assert (Manifest.open(folder).shard, Manifest.open(folder).calibration) == ("2/3", {})
    assert live_id(one.builds) is None
    assert not BuildLayout(folder).passage_history.exists()
    assert list(BuildLayout(folder).originals.iterdir()) == []
    assert (one.builds / SHARDS_FILE).read_text() == f"{outcome.build}\n"


def test_the_same_shard_is_not_made_twice_and_a_newer_takes_the_place_of_the_older(machine):
    """Of a changed corpus only the changed document is read and embedded; shards of other numbers stay."""
    one = machine("one")
    other, first = one.shard("1/3"), one.shard("2/3")
    one.embedded()
    assert (one.shard("2/3"), one.embedded()) == (first, [])
    path = Shard(2, 3).entries(open_corpus(one.corpus).entries)[0].path
    path.write_text(path.read_text() + "\n\nThe lighthouse keeper counts them all.\n")
    mine = next(number for number in (1, 2, 3) if path in _paths(Shard(number, 3), one))
    second = one.shard(f"{mine}/3")
    assert len(one.embedded()) <= 3  # the passages that changed, not the whole shard
    expected = {other.name: "1/3", first.name: "2/3", second.name: f"{mine}/3"}
    replaced = {1: other.name, 2: first.name}.get(mine, "")
    assert shards_in(one.builds) == {build: shard for build, shard in expected.items() if build != replaced}


def _paths(shard, machine):
    return [entry.path for entry in shard.entries(open_corpus(machine.corpus).entries)]


def test_a_shard_without_documents_is_refused(machine):
    """More machines than documents."""
    one = machine("one")
    corpus = open_corpus(one.corpus)
    empty = next(shard for number in range(1, 41) if not (shard := Shard(number, 40)).entries(corpus.entries))
    with pytest.raises(ShardRefused, match=f"No document falls to shard {empty}: the corpus holds 13"):
        one.shard(str(empty))
    assert finished_builds(one.builds) == []


def test_a_shard_is_neither_published_nor_served_nor_pruned(machine, tmp_path):
    """Not by any way: what is live answers for a whole corpus. Its standing is not touched by what is refused."""
    one = machine("one")
    live = one.build().build
    shard = one.shard("1/2").name
    for way in (lambda: publish(one.builds, shard), lambda: roll_back(one.builds, shard)):
        with pytest.raises(NotWhole, match=rf"Build {shard} is shard 1/2 of a corpus"):
            way()
    assert prune(one.builds, 1) == []
    assert (live_id(one.builds), finished_builds(one.builds)) == (live, [live, shard])
    watcher = BuildWatcher(one.builds, lambda build: build.id)
    point_to(one.builds, shard)  # by hand
    assert not watcher.look()
    assert watcher.current == live
    watcher.stop()
    with pytest.raises(NotWhole, match="neither published nor served"):
        open_live_build(one.builds)
    (tmp_path / "there").mkdir()
    with pytest.raises(NotWhole):
        pull(tmp_path / "there", published_at(str(one.builds)), 3)
    assert finished_builds(tmp_path / "there") == []


def test_a_shard_travels_as_a_file(machine, tmp_path):
    """Export and import are those of every build; published it is not."""
    one = machine("one")
    shard = one.shard("1/2").name
    export_build(one.builds, shard, tmp_path / "shard.tar.gz")
    assert import_build(tmp_path / "there", tmp_path / "shard.tar.gz") == shard
    with pytest.raises(NotWhole):
        publish(tmp_path / "there", shard)


def test_a_build_of_the_whole_says_nothing_of_shards(machine):
    """Its manifest is as before there were any."""
    one = machine("one")
    folder = one.builds / one.build().build
    assert "shard" not in json.loads((folder / "manifest.json").read_text())


def test_a_shard_does_not_touch_the_history_of_passages(machine):
    """What it does not hold is not gone."""
    one = machine("one")
    one.build()
    one.shard("1/2")
    (one.corpus / "documents" / "extra.md").write_text("# Extra\n\nThe ferry sails on Sundays.\n")
    build = one.build().build
    with closing(sqlite3.connect(BuildLayout(one.builds / build).passage_history)) as history:
        assert history.execute("SELECT count(*) FROM gone").fetchone() == (0,)
