"""What is taken over from an earlier build that was left to an engine in part: all that lies here, and a sentence about the rest."""

import logging

import pytest

from index.build.history import live_id
from index.build.reader import open_live_build
from index.build.verification import verify_build
from ingest.outcome import State
from ingest.readers.read_file import read_file
from tests.ingest.conftest import left_to_engine


@pytest.fixture
def lean(workshop):
    """A workshop whose live build is here in part, and whose corpus has one document more since."""
    workshop.build()
    left_to_engine(workshop.builds / str(live_id(workshop.builds)))
    workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    workshop.embedded()
    return workshop


def test_a_build_without_its_vectors_lends_what_was_read(lean, monkeypatch, caplog):
    """Only the new document is read; all are embedded, and a sentence says so and what spares it. Nothing is called damaged."""
    read = []
    monkeypatch.setattr(
        "ingest.stages.workers.read_file", lambda path, options: read.append(path.name) or read_file(path, options)
    )
    base = str(live_id(lean.builds))
    with caplog.at_level(logging.INFO):
        outcome = lean.build()
    assert outcome.state is State.PUBLISHED
    assert read == ["birds.md"]
    assert any("bread" in text.lower() for text in lean.embedded())
    assert "damaged" not in caplog.text
    (said,) = [one.getMessage() for one in caplog.records if one.name == "ingest.cache.build_cache"]
    assert base in said
    assert "embedded anew" in said
    assert "localism pull --whole" in said


def test_what_is_made_upon_it_is_what_a_fresh_run_makes(lean, another_workshop):
    """Whole, and to the last byte."""
    fresh = another_workshop("fresh")
    fresh.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    fresh.build()
    made = lean.builds / lean.build().build
    assert verify_build(made) == []
    grown, anew = open_live_build(lean.builds), open_live_build(fresh.builds)
    ignored = {"passage_history.sqlite"}
    assert {name: digest for name, digest in grown.manifest.files.items() if name not in ignored} == {
        name: digest for name, digest in anew.manifest.files.items() if name not in ignored
    }
    grown.close()
    anew.close()


def test_vectors_come_from_an_older_build_that_has_them(workshop):
    """Then only what is new is embedded."""
    workshop.build()
    workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    workshop.build()
    left_to_engine(workshop.builds / str(live_id(workshop.builds)))
    workshop.write("documents/fish.md", "# Fish\n\nThe herring is smoked on Fridays.\n")
    workshop.embedded()
    workshop.build()
    embedded = " ".join(workshop.embedded()).lower()
    assert "herring" in embedded
    assert "gulls" in embedded
    assert "bread" not in embedded


def test_one_of_whose_own_files_one_is_damaged_lends_nothing(lean, caplog):
    """What is left out on purpose is no excuse for what is not."""
    live = lean.builds / str(live_id(lean.builds))
    records = live / "records.sqlite"
    records.write_bytes(records.read_bytes() + b"?")
    with caplog.at_level(logging.WARNING):
        lean.build()
    (said,) = [one.getMessage() for one in caplog.records if "damaged" in one.getMessage()]
    assert "records.sqlite" in said
    assert "passages.faiss" not in said
