"""An interrupted run: what it had read and embedded is not made again, and the build is the one that an undisturbed run makes."""

import os
import signal
import sqlite3
from collections.abc import Sequence

import pytest
from typing_extensions import override

from index.build.history import live_id
from index.build.reader import open_build
from index.build.verification import verify_build
from index.encoders.full import Progress, TokenVectors
from ingest.cache.checkpoint import CHECKPOINT_FILE
from ingest.encoder.model import Model
from ingest.outcome import State
from ingest.readers.read_file import read_file
from tests.conftest import PLAYGROUND, make_pdf
from tests.fake_model import FakeEmbedder, fake_model
from tests.ingest.conftest import Workshop, outlined_pdf

NOTES = 6


class KilledEmbedder(FakeEmbedder):
    """Kills its process where it is asked for the vectors of the third passage."""

    @override
    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Embed, or die."""
        if sum("The note" in text for text in (*self.embedded, *texts)) >= 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_tokens(texts, progress)


@pytest.fixture
def interrupted(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop with two PDFs and six notes, whose first build was killed after the PDFs and two of the notes."""
    fill(workshop)
    monkeypatch.setattr("ingest.stages.embed.BATCH", 1)
    monkeypatch.setattr("ingest.stages.embed.AHEAD", 1)  # what is embedded is kept before the next batch begins
    killed = KilledEmbedder()
    child = os.fork()
    if child == 0:
        workshop.model = Model(killed, killed.begin_export)
        workshop.build()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return workshop


def fill(workshop: Workshop) -> None:
    """Add documents that stand behind the PDF in the order of reading."""
    make_pdf(workshop.corpus / "documents" / "a-playground.pdf", PLAYGROUND)
    outlined_pdf(workshop.corpus / "documents" / "b-rules.pdf", ["The gate", "The bell"])
    for number in range(NOTES):
        workshop.write(f"documents/n{number}.md", f"# Note {number}\n\nThe note of day {number} is short.\n")


def left(workshop: Workshop) -> list[str]:
    """Return what an unfinished run left in the folder of the builds."""
    return sorted(path.name for path in workshop.builds.iterdir() if path.name.startswith((".writing", CHECKPOINT_FILE)))


def test_the_next_run_embeds_only_what_was_missing_and_cleans_up(interrupted, another_workshop):
    """A kill in the middle of a long first build costs one batch."""
    assert len(left(interrupted)) > 1
    assert interrupted.build().state is State.PUBLISHED
    again = interrupted.embedded()
    assert not [text for text in again if "swings" in text or "bread" in text.lower()]
    assert len([text for text in again if "The note" in text]) == NOTES - 2
    assert left(interrupted) == []
    fresh = another_workshop("fresh")
    fill(fresh)
    fresh.build()
    one, two = (open_build(made.builds / live_id(made.builds)) for made in (interrupted, fresh))
    assert one.manifest.files == two.manifest.files
    one.close()
    two.close()


def test_what_was_embedded_before_an_error_beside_is_kept(workshop, monkeypatch):
    """Texts are embedded in a thread of their own; an error there ends the run like any other."""
    fill(workshop)
    monkeypatch.setattr("ingest.stages.embed.BATCH", 1)
    with monkeypatch.context() as stopping:
        stopping.setattr(FakeEmbedder, "embed_tokens", _interrupting(FakeEmbedder.embed_tokens))
        with pytest.raises(KeyboardInterrupt):
            workshop.build()
    workshop.embedded()
    assert workshop.build().state is State.PUBLISHED
    assert len([text for text in workshop.embedded() if "The note" in text]) <= NOTES - 2
    assert verify_build(workshop.builds / live_id(workshop.builds)) == []


def _interrupting(embed_tokens):
    def embed(self, texts, progress=None):
        if any("The note of day 2" in text for text in texts):
            raise KeyboardInterrupt
        return embed_tokens(self, texts, progress)

    return embed


def test_the_next_run_reads_nothing_twice(interrupted, monkeypatch):
    """Reading a scan takes longer than embedding it."""
    monkeypatch.setattr("ingest.stages.workers.read_file", lambda path, options: pytest.fail(f"{path.name} was read again"))
    monkeypatch.setattr("ingest.stages.workers.read_files", lambda paths, *_: pytest.fail(f"{paths} were read again"))
    assert interrupted.build().state is State.PUBLISHED
    assert verify_build(interrupted.builds / live_id(interrupted.builds)) == []


@pytest.mark.parametrize("harm", ["torn", "changed", "no database"])
def test_what_was_kept_and_damaged_is_made_again(interrupted, harm):
    """A torn end, changed bytes, another file of that name: the build is whole."""
    path = interrupted.builds / CHECKPOINT_FILE
    with sqlite3.connect(path) as rows:  # what was in the log of changes is in the file now
        rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if harm == "changed":
            rows.execute("UPDATE kept SET content = zeroblob(length(content))")
    rows.close()
    if harm == "torn":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif harm == "no database":
        path.write_bytes(b"nothing of a database " * 1000)
    outcome = interrupted.build()
    assert (outcome.state, verify_build(interrupted.builds / outcome.build)) == (State.PUBLISHED, [])
    assert left(interrupted) == []


def test_what_another_model_made_is_dropped(interrupted):
    """Vectors of two models are never mixed."""
    interrupted.model = fake_model(seed=8)
    interrupted.build()
    assert len([text for text in interrupted.embedded() if "The note" in text]) == NOTES
    assert left(interrupted) == []


def test_what_was_kept_goes_when_there_is_nothing_to_do(interrupted):
    """The corpus may be as it was when the interrupted run began."""
    interrupted.build()
    (interrupted.builds / CHECKPOINT_FILE).write_bytes(b"left by a run that was killed")
    assert interrupted.build().state is State.UNCHANGED
    assert left(interrupted) == []


def test_a_run_that_ends_with_an_error_keeps_too(workshop, monkeypatch):
    """An interruption by Ctrl-C, or a disk that fills up, is no reason to begin again."""
    fill(workshop)
    monkeypatch.setattr("ingest.stages.embed.BATCH", 1)
    with monkeypatch.context() as stopping:
        stopping.setattr("index.build.writer.BuildWriter.finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            workshop.build()
    assert left(workshop) == [CHECKPOINT_FILE]
    workshop.embedded()
    assert workshop.build().state is State.PUBLISHED
    assert workshop.embedded() == []


def test_nothing_that_earlier_builds_hold_is_kept(workshop, monkeypatch):
    """An added document costs the room of that document."""
    workshop.build()
    make_pdf(workshop.corpus / "documents" / "a-playground.pdf", PLAYGROUND)
    with monkeypatch.context() as stopping:
        stopping.setattr("index.build.writer.BuildWriter.finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            workshop.build()
    with sqlite3.connect(workshop.builds / CHECKPOINT_FILE) as rows:
        [(count,)] = rows.execute("SELECT count(*) FROM kept")
    rows.close()
    read = read_file(workshop.corpus / "documents" / "a-playground.pdf", workshop.recipe.reading)
    assert 1 < count <= 1 + 2 * len(read.pages)
