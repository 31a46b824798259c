"""What ingestion brings into an engine: in the engine and in the folder the same build is live, or nothing has changed."""

from contextlib import closing
from dataclasses import replace

import pytest
from pydantic import SecretStr

from index.build.build_watcher import BuildWatcher
from index.build.history import live_id, roll_back
from index.build.hold_reason import HoldReason, read_hold_reasons
from index.build.reader import local_part, open_build
from index.engines.opening import open_engine
from index.engines.postgres.sink import PostgresSink
from index.errors import DamagedBuild, EngineUnreachable, IndexLocked, NotWritten
from index.retrieval.searcher import Searcher
from ingest import engine_steps
from ingest.carrying import carry_live, prune_engine
from ingest.catalogue.corpus import open_corpus
from ingest.outcome import State, Step
from ingest.pipeline import build_index
from ingest.progress import Silence
from ingest.publishing import bring_live
from tests.ingest.conftest import BREAD, left_to_engine


@pytest.fixture
def address(postgres):
    """The address of an empty database with pgvector."""
    made = postgres.new_database()
    postgres.administer(made, "CREATE EXTENSION vector")
    return made


@pytest.fixture
def engine(address):
    """An engine that holds nothing yet."""
    opened = open_engine(SecretStr(address))
    assert opened is not None
    with closing(opened):
        yield opened


@pytest.fixture
def build(workshop, engine):
    """Build the corpus as it is, into folder and engine."""

    def built(step=Step.PUBLISH):
        corpus = open_corpus(workshop.corpus)
        return build_index(corpus, workshop.builds, workshop.recipe, workshop.model, Silence(), step, engine=engine)

    return built


def held(engine) -> dict[str, bool]:
    """The builds in the engine, and whether each is finished."""
    with engine.writing() as writer:
        return {one.build: one.finished for one in writer.generations()}


def change(workshop, days: str) -> None:
    """Let bread keep longer."""
    workshop.write("bread.md", BREAD.replace("three days", days))


def test_a_build_is_live_in_both_or_in_neither(workshop, engine, build):
    """The first, a second, and one that waits for a person."""
    first = build()
    assert (engine.pointer().build, live_id(workshop.builds)) == (first.build, first.build)
    change(workshop, "four days")
    second = build()
    assert (engine.pointer().build, live_id(workshop.builds)) == (second.build, second.build)
    change(workshop, "five days")
    assert build(Step.HOLD).state is State.HELD
    assert held(engine) == {first.build: True, second.build: True}


def test_what_an_engine_does_not_take_waits_for_a_person(workshop, engine, build, postgres):
    """Nothing is lost, nothing goes live, and publishing again brings it to both."""
    first = build()
    change(workshop, "four days")
    with postgres.away(), pytest.raises(EngineUnreachable):
        build()
    (waiting,) = [one for one, why in read_hold_reasons(workshop.builds).items() if why is HoldReason.HELD]
    assert (engine.pointer().build, live_id(workshop.builds)) == (first.build, first.build)
    outcome = bring_live(
        open_corpus(workshop.corpus), workshop.builds, waiting, workshop.recipe, Silence(), Step.PUBLISH, engine=engine
    )
    assert (outcome.state, engine.pointer().build, live_id(workshop.builds)) == (State.PUBLISHED, waiting, waiting)


@pytest.mark.parametrize("there", [True, False])
def test_a_live_build_that_was_left_to_the_engine_is_asked_there(workshop, engine, build, there, caplog):
    """So what answers worse waits for a person, as with a whole one; where nobody can be asked, a sentence says so."""
    first = build()
    left_to_engine(workshop.builds / first.build)
    workshop.write("bread.md", "# Bread\n\nThe baker went away.\n")
    outcome = build() if there else workshop.build()
    assert outcome.state is (State.REFUSED if there else State.PUBLISHED)
    assert ("nothing is compared" in caplog.text) is not there


def test_an_engine_that_was_away_at_the_switch_catches_up(workshop, engine, build):
    """The folder was switched, the pointer was not: the next run of any kind moves it, and drops what was half-written."""
    first = build()
    change(workshop, "four days")
    second = workshop.build()  # into the folder alone
    with closing(open_build(workshop.builds / second.build)) as opened, engine.writing() as writer:
        writer.begin(local_part(opened.folder, opened.manifest, opened.expansion_bounds), opened.files)
    assert held(engine) == {first.build: True, second.build: False}
    assert build().state is State.UNCHANGED
    assert engine.pointer().build == second.build
    assert held(engine) == {first.build: True, second.build: True}


def test_a_rollback_goes_back_in_the_engine_too(workshop, engine, build):
    """Without writing it again."""
    first = build()
    change(workshop, "four days")
    build()
    roll_back(workshop.builds)
    assert carry_live(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, Silence(), engine) == []
    assert engine.pointer().build == first.build


def test_old_and_half_written_generations_are_dropped(workshop, engine, build):
    """Never the live one, nor the one before: somebody may still be answering from it."""
    workshop.recipe = replace(workshop.recipe, keep_builds=2)
    made = []
    for days in ("three days", "four days", "five days"):
        change(workshop, days)
        made.append(build().build)
    assert held(engine) == {made[1]: True, made[2]: True}
    with closing(open_build(workshop.builds / made[2])) as opened, engine.writing() as writer:
        part = local_part(opened.folder, opened.manifest, opened.expansion_bounds)
        writer.begin(replace(part, shape=replace(part.shape, build="20200101T000000-abcdef")), opened.files)
    assert prune_engine(engine, 1) == ["20200101T000000-abcdef"]
    assert held(engine) == {made[1]: True, made[2]: True}


def test_an_engine_that_answers_otherwise_does_not_go_live(workshop, engine, build, monkeypatch):
    """It is asked the golden questions by name, and what was written is removed again."""
    first = build()
    change(workshop, "four days")
    monkeypatch.setattr(engine_steps, "MOST_DIFFERENT", -1.0)
    monkeypatch.setattr(engine_steps, "LEAST_DIFFERENT", -1)
    with pytest.raises(DamagedBuild, match="golden questions otherwise"):
        build()
    assert (engine.pointer().build, live_id(workshop.builds)) == (first.build, first.build)
    assert held(engine) == {first.build: True}


def test_an_engine_that_is_full_keeps_what_it_had(workshop, engine, build, monkeypatch):
    """What was begun is removed again, and the build waits until there is room."""
    first = build()
    change(workshop, "four days")

    def full(*_: object) -> None:
        raise NotWritten("there is no room")

    with monkeypatch.context() as patched:
        patched.setattr(PostgresSink, "finish", full)
        with pytest.raises(NotWritten, match="no room"):
            build()
    assert held(engine) == {first.build: True}
    assert (engine.pointer().build, live_id(workshop.builds)) == (first.build, first.build)
    assert build(Step.ACCEPT).state is State.PUBLISHED
    assert engine.pointer().build == live_id(workshop.builds) != first.build


def test_two_publishers_at_once(workshop, engine, build, address):
    """On two machines, where no lock of a folder helps."""
    other = open_engine(SecretStr(address))
    assert other is not None
    with closing(other), other.writing(), pytest.raises(IndexLocked):
        build()
    assert engine.pointer() is None


def test_the_commands_speak_to_the_engine_of_the_settings(small_corpus, real_index, address, cli, here):
    """Brought there by hand, told in JSON; a wrong address is one sentence and code 2; answers come from it."""
    arguments = ("--json", "--corpus", str(small_corpus), "--index", str(real_index))
    brought = cli("localism-ingest", "engine", *arguments, LOCALISM_ENGINE=address)
    assert brought.returncode == 0, brought.stderr
    live = live_id(real_index)
    assert f'"live": "{live}"' in brought.stdout
    wrong = here("localism-ingest", "engine", *arguments, LOCALISM_ENGINE="postgresql://nobody:secret@/none?host=/nowhere")
    assert (wrong.returncode, "secret" in wrong.stdout + wrong.stderr) == (2, False)
    none = here("localism-ingest", "engine", *arguments)
    assert (none.returncode, "names no engine" in none.stdout) == (2, True)
    question = ("ask", "--json", "--index", str(real_index), "Who can nominate a pub?")
    files, there = here("localism", *question), here("localism", *question, LOCALISM_ENGINE=address)
    assert there.returncode == 0, there.stderr
    assert there.stdout == files.stdout
    told = here("localism-ingest", "settings", "--json", LOCALISM_ENGINE=address)
    assert "LOCALISM_ENGINE" in told.stdout
    assert "postgresql" not in told.stdout


def test_a_folder_that_is_not_here_yet_is_waited_for(workshop, engine, build, tmp_path):
    """Where builds are pulled on a timer, the pointer may be quicker: the old build goes on until the new one is there."""
    first = build()
    watcher = BuildWatcher(workshop.builds, Searcher, grace_seconds=0.0, engine=engine)
    change(workshop, "four days")
    second = build()
    (workshop.builds / second.build).rename(tmp_path / "elsewhere")
    assert not watcher.look()
    assert watcher.current.build.id == first.build
    (tmp_path / "elsewhere").rename(workshop.builds / second.build)
    assert watcher.look()
    assert watcher.current.build.id == second.build
    watcher.stop()
