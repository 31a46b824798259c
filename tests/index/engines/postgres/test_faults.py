"""What may be wrong with a PostgreSQL: one sentence each, without the password, and back by itself where it comes back."""

import time
from contextlib import closing

import psycopg
import pytest
from pydantic import SecretStr

from index.build.build_watcher import BuildWatcher
from index.engines.opening import open_engine
from index.engines.postgres.faults import fault
from index.engines.postgres.postings import Part, PostingsOfBuild
from index.engines.postgres.tables import schema_of
from index.errors import DamagedBuild, EngineRefused, EngineUnreachable, ForeignBuild, LocalismError, NotWritten
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import opened, publish_both
from tests.postgres_server import PASSWORD

SOON = 2.0  # seconds until somebody who asks is told


@pytest.fixture
def address(postgres):
    """The address of an empty database with pgvector."""
    made = postgres.new_database()
    postgres.administer(made, "CREATE EXTENSION vector")
    return made


@pytest.fixture
def engine(address, two_builds):
    """An engine that holds two builds."""
    with closing(opened(SecretStr(address))) as one:
        yield publish_both(one, two_builds)


def refusal(address: str) -> str:
    """What is said of an address that cannot be used; no password is in it."""
    engine = open_engine(SecretStr(address))
    assert engine is not None
    with closing(engine), pytest.raises(EngineRefused) as raised:
        engine.pointer()
    assert PASSWORD not in str(raised.value)
    return str(raised.value)


def test_a_wrong_password_is_named(postgres, address):
    """It is no use to wait."""
    assert "refuses the password" in refusal(address.replace(":s%25cret", ":other"))
    assert "no such database" in refusal(postgres.address("nowhere"))


@pytest.mark.parametrize(
    "address", ["postgresql://a:b c@[/x", "postgresql:///x?host=a,b&port=1,2,3", "milvus://host", "qdrunt"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(address):
    """It may hold a password."""
    with pytest.raises(EngineRefused) as raised:
        open_engine(SecretStr(address))
    assert address not in str(raised.value)


def test_without_pgvector_nothing_is_written(postgres, two_builds):
    """And with a right missing, neither; the sentence says what the administrator has to do."""
    without = postgres.new_database()
    with closing(opened(SecretStr(without))) as engine:
        with pytest.raises(EngineRefused, match="CREATE EXTENSION vector"), engine.writing():
            pytest.fail("it was let in")
        assert engine.pointer() is None


def test_no_right_to_make_tables_is_said(postgres):
    """The database belongs to somebody else."""
    foreign = postgres.new_database(owner="postgres")
    postgres.administer(foreign, "CREATE EXTENSION vector")
    with closing(opened(SecretStr(foreign))) as engine, pytest.raises(EngineRefused, match="GRANT CREATE"), engine.writing():
        pytest.fail("it was let in")


def test_tables_of_another_format_are_left_alone(postgres, address, engine):
    """A program of another version wrote them."""
    postgres.administer(address, "UPDATE localism_engine.format SET version = 7")
    with pytest.raises(ForeignBuild, match="format 7"), engine.writing():
        pytest.fail("it was let in")


def test_a_lost_table_is_said(postgres, address, engine, two_builds):
    """Somebody dropped what belongs to the build that is served."""
    with closing(two_builds.open(two_builds.first, engine)) as build:
        searcher = Searcher(build)
        assert searcher.search("Who mends the bell?").hits
        postgres.administer(address, f"DROP TABLE {schema_of(two_builds.first)}.keys")
        with pytest.raises(DamagedBuild, match="localism-ingest engine"):
            searcher.search("Who mends the lamp?")
    with closing(two_builds.open(two_builds.second, engine)) as build:
        assert Searcher(build).search("Who mends the lamp?").hits


def test_a_full_disk_is_said():
    """As PostgreSQL says it."""
    assert isinstance(fault(psycopg.errors.DiskFull(), "db"), NotWritten)


def test_what_was_changed_behind_our_back_is_not_finished(postgres, address, two_builds, monkeypatch):
    """Something was lost between writing and reading back: the generation stays unfinished."""
    monkeypatch.setattr(
        "index.engines.postgres.sink.make_indices",
        lambda connection, build: connection.execute(f"TRUNCATE {schema_of(build)}.postings".encode()),
    )
    with closing(opened(SecretStr(address))) as engine:
        with pytest.raises(DamagedBuild, match="rows of postings"):
            publish_both(engine, two_builds)
        with engine.writing() as writer:
            assert [one.finished for one in writer.generations()] == [False]
        assert engine.pointer() is None


def test_one_that_goes_away_is_told_soon_and_is_back_by_itself(postgres, engine, two_builds):
    """Whoever asks meanwhile hears a sentence; the build goes on afterwards, and a switch made meanwhile is seen."""
    watcher = BuildWatcher(two_builds.builds, Searcher, grace_seconds=0.0, engine=engine)
    assert watcher.current.search("Who mends the bell?").hits
    with postgres.away():
        for look in (False, True):
            if look:
                assert not watcher.look()
            began = time.monotonic()
            with pytest.raises(EngineUnreachable, match="does not answer"):
                watcher.current.search("Who mends the rope?")
            assert time.monotonic() - began < SOON
    watcher.look()
    assert watcher.current.search("Who mends the rope?").hits
    with engine.writing() as writer:
        writer.point_to(two_builds.second)
    assert watcher.look()
    assert watcher.current.build.id == two_builds.second
    watcher.stop()


def test_a_connection_that_broke_meanwhile_costs_nobody_an_answer(postgres, address, engine, two_builds):
    """The database ended every connection, as a restart does; the question is asked again on a new one."""
    with closing(two_builds.open(two_builds.first, engine)) as build:
        searcher = Searcher(build)
        assert searcher.search("Who mends the bell?").hits
        postgres.administer(
            address,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'localism' AND datname = current_database()",
        )
        assert searcher.search("Who mends the chair?").hits


def test_postings_that_find_no_room_are_fetched_again(monkeypatch):
    """Nothing depends on what is held."""
    monkeypatch.setattr("index.engines.postgres.postings.HELD_POSTINGS", 0)
    asked: list[object] = []

    def ask(_: str, parts: object, terms: list[int]) -> list[tuple[int, int, bytes, bytes]]:
        asked.append(parts)
        return [(0, terms[0], b"\1\0\0\0", b"\0\0\0\0")]

    postings = PostingsOfBuild(ask)
    postings.fetch((("bell",), ()))
    assert [postings.of(Part.WORDS, "bell").rows.tolist() for _ in range(2)] == [[1], [1]]
    assert len(asked) == 3


def test_every_error_is_one_a_person_may_read():
    """The tree of errors has them all."""
    assert issubclass(EngineUnreachable, LocalismError)
    assert issubclass(EngineRefused, LocalismError)
