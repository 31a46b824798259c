"""Over gRPC, with the real client and the core behind it: how often it is asked, what is told of faults, what comes back by itself.

Nobody listens where HTTP would be spoken, so whatever works here went over gRPC.
"""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import grpc
import numpy as np
import pytest
from pydantic import SecretStr
from qdrant_client import models

from index.engines.qdrant import engine as qdrant_engine
from index.engines.qdrant.collections import collection_of
from index.engines.qdrant.engine import QdrantEngine
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.notes import NOTES
from index.errors import DamagedBuild, EngineRefused, EngineUnreachable, IndexLocked
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import PLACES, THINGS, grpc_address, opened, publish
from tests.qdrant_core import CoreClient
from tests.qdrant_grpc import grpc_server
from tests.qdrant_server import running_core
from tests.relay import relay_to
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parents[4]
KEY = "s3cret"
SOON = 2.5  # seconds: the client's own patience, and a moment
QUESTION = 'who says "free of charge" of a boat under section 81'
MEGABYTE = 2**20


@pytest.fixture
def core(tmp_path):
    """What a server holds; nothing yet."""
    return CoreClient(tmp_path)


@pytest.fixture
def server(core):
    """A server that speaks gRPC."""
    with grpc_server(core) as one:
        yield one


@pytest.fixture
def engine(server):
    """The engine there, as an address names it."""
    with closing(opened(SecretStr(grpc_address(server)))) as one:
        yield one


def at(port: int, key: str = "") -> QdrantEngine:
    """The engine whose server speaks gRPC on ``port``."""
    return QdrantEngine.open(f"qdrant+http://{f'key:{key}@' if key else ''}127.0.0.1:{free_port()}?grpc_port={port}")


@pytest.fixture(scope="module")
def holding(tmp_path_factory, two_builds):
    """A server that holds the first build. To be read, not changed."""
    with grpc_server(CoreClient(tmp_path_factory.mktemp("core"))) as one, closing(at(one.port)) as engine:
        publish(engine, two_builds, two_builds.first)
        yield one


def test_a_question_takes_one_batch_and_one_look_at_the_wire(holding, two_builds):
    """With quotation marks and a name; and a batch alone when it is asked again."""
    with closing(at(holding.port)) as engine, closing(two_builds.open(two_builds.first, engine)) as build:
        searcher = Searcher(build)
        holding.asked.clear()
        assert searcher.search(QUESTION, 20).hits
        assert holding.asked == ["QueryBatch", "Get"]
        searcher.search(QUESTION, 20)
        assert holding.asked == ["QueryBatch", "Get", "QueryBatch"]


def test_no_question_fails_while_connections_break(holding, two_builds):
    """However often, as long as there is somebody to connect to; and each asks once more at most."""
    with (
        relay_to(holding.port) as relay,
        closing(at(relay.port)) as engine,
        closing(two_builds.open(two_builds.first, engine)) as build,
        ThreadPoolExecutor(3) as people,
    ):
        for thing in THINGS[:4]:
            with holding.held_up():
                asking = [people.submit(Searcher(build).search, f"{thing} hire at the {place}") for place in PLACES[:3]]
                wait_for(lambda: holding.asked.count("QueryBatch") == 3)
                relay.cut()
            assert all(one.result().hits for one in asking)
            assert holding.asked.count("QueryBatch") == 2 * 3


def test_a_filter_over_more_than_is_compared_one_by_one_keeps_to_it(holding, two_builds, monkeypatch):
    """The graph is searched under it then: nothing from outside, and what is nearest inside."""
    monkeypatch.setattr("index.engines.qdrant.collections.FILTERED_EXACTLY", 0)
    first = two_builds.first
    with (
        closing(at(holding.port)) as engine,
        closing(two_builds.open(first, engine)) as build,
        closing(two_builds.open(first)) as files,
    ):
        question = sought(build, *Searcher(build).encoded(QUESTION))
        found = build.source.nominate(question, [(30, 100), (120, 125)])
        inside = np.array([*range(30, 100), *range(120, 125)], np.int64)
        near = inside[np.argsort(files.files.vectors.rows(inside) @ question.searched)[-10:]]
    assert set(near.tolist()) <= set(found.rows.tolist()) <= set(inside.tolist())


def test_a_lost_collection_is_said(core, server, engine, two_builds):
    """Somebody dropped what belongs to the build that is served."""
    publish(engine, two_builds, two_builds.first)
    with closing(two_builds.open(two_builds.first, engine)) as build:
        core.delete_collection(collection_of(two_builds.first))
        with pytest.raises(DamagedBuild, match="localism-ingest engine"):
            Searcher(build).search(QUESTION)


def test_the_pointer_is_moved_before_the_alias_for_others(holding, two_builds):
    """We follow the pointer, and who looks in by the alias must not see what we do not answer from yet."""
    with closing(at(holding.port)) as engine, engine.writing() as writer:
        holding.asked.clear()
        writer.point_to(two_builds.first)
        assert holding.asked[-3:] == ["Upsert", "ListAliases", "UpdateAliases"]


def test_of_several_who_begin_to_write_at_once_one_is_let_in(server):
    """All find the way free, and whoever is not the first is told so."""
    let_in: list[QdrantEngine] = []
    refused: list[QdrantEngine] = []
    at_once = threading.Barrier(3)

    def begin(engine: QdrantEngine) -> None:
        at_once.wait()
        try:
            with engine.writing():
                let_in.append(engine)
                wait_for(lambda: len(let_in) + len(refused) == 3)
        except IndexLocked:
            refused.append(engine)

    with ExitStack() as ends, ThreadPoolExecutor(3) as publishers:
        engines = [ends.enter_context(closing(at(server.port))) for _ in range(3)]
        for one in [publishers.submit(begin, engine) for engine in engines]:
            one.result()
    assert (len(let_in), len(refused)) == (1, 2)


PUBLISHING = """
import sys
from contextlib import closing
from pathlib import Path
from index.build.reader import local_part, open_build
from index.engines.qdrant.engine import QdrantEngine
from ingest.engine_steps import copy_build
with closing(QdrantEngine.open(sys.argv[1])) as engine, closing(open_build(Path(sys.argv[2]))) as build, engine.writing() as writer:
    part = local_part(build.folder, build.manifest, build.expansion_bounds)
    copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)
"""


def test_a_publisher_that_is_killed_leaves_the_old_build_alone(server, engine, two_builds):
    """In the middle of writing, with its lock: the old build answers, nobody sees the half, and the next writes it anew in the end."""
    first, second = two_builds.first, two_builds.second
    publish(engine, two_builds, first)
    with server.held_up("Upsert", 5):  # two notes, and points
        command = [sys.executable, "-c", PUBLISHING, grpc_address(server), str(two_builds.builds / second)]
        with subprocess.Popen(command, cwd=ROOT) as publisher:
            wait_for(lambda: server.asked.count("Upsert") == 5 or publisher.poll() is not None)
            publisher.kill()
    with closing(two_builds.open(engine.pointer().build, engine)) as build:
        assert build.id == first
        assert Searcher(build).search(QUESTION).hits
    with pytest.raises(IndexLocked), engine.writing():
        pytest.fail("the lock holds until it runs out")
    engine._writing.upsert("localism_lock_1", [models.PointStruct(id=1, vector={}, payload={"until": time.time() - 1})])
    with engine.writing() as writer:
        assert {one.build: one.finished for one in writer.generations()} == {first: True, second: False}
    publish(engine, two_builds, second)
    with engine.writing() as writer:
        assert {one.build: one.finished for one in writer.generations()} == {first: True, second: True}


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_a_command_ends_with_a_sentence_and_its_exit_code(core, two_builds, here):
    """Nobody there, and a wrong key; without the key."""
    with grpc_server(core, key=KEY) as server:
        told = [
            here(
                *("localism-ingest", "engine", "--index", str(two_builds.builds)),
                *("--corpus", str(two_builds.builds.parent / "corpus")),
                LOCALISM_ENGINE=f"qdrant+http://key:wr0ng@127.0.0.1:{free_port()}?grpc_port={port}",
            )
            for port in (free_port(), server.port)
        ]
    assert [one.returncode for one in told] == [2, 2]
    said = [one.stdout + one.stderr for one in told]
    assert "does not answer" in said[0]
    assert "refuses the key" in said[1]
    assert not any("wr0ng" in one for one in said)


def test_a_connection_that_breaks_is_asked_over_once_more(server, two_builds):
    """A node or what stands before it goes away in the middle of a question: the next connection answers it, and nobody notices."""
    with relay_to(server.port) as relay, closing(at(relay.port)) as engine, ThreadPoolExecutor() as people:
        assert engine.pointer() is None
        with server.held_up():
            answer = people.submit(engine.pointer)
            wait_for(lambda: server.asked)
            relay.cut()
        assert answer.result() is None
        assert server.asked == ["CollectionExists", "CollectionExists"]


def test_what_is_written_is_not_sent_twice(server):
    """Two who make the same collection must not both be told that they made it; who writes hears that the connection broke."""
    with relay_to(server.port) as relay, closing(at(relay.port)) as engine, ThreadPoolExecutor() as people:
        with server.held_up():
            written = people.submit(engine._client.create_collection, "localism_lock_1", vectors_config={})
            wait_for(lambda: server.asked == ["Create"])
            relay.cut()
            with pytest.raises(EngineUnreachable), in_words("there"):
                written.result()
        assert server.asked == ["Create"]


def test_a_server_that_is_gone_is_told_soon_and_comes_back_by_itself(server, engine):
    """Nobody waits for it, however often it is asked meanwhile, and nobody has to begin anew."""
    assert engine.pointer() is None
    with server.away():
        began = time.monotonic()
        for _ in range(5):
            with pytest.raises(EngineUnreachable, match="does not answer"):
                engine.pointer()
        assert time.monotonic() - began < SOON
    wait_for(lambda: _answers(engine))


def test_a_server_that_never_answers_is_given_up_soon(server, engine):
    """A question ends with words, not with the patience of who asked it."""
    began = time.monotonic()
    with server.held_up(), pytest.raises(EngineUnreachable, match="does not answer"):
        engine.pointer()
    assert time.monotonic() - began < SOON


def test_a_machine_that_vanished_is_noticed(server, monkeypatch):
    """It ends no connection, and whoever waits for it would wait for many minutes: another connection is made."""
    monkeypatch.setattr(qdrant_engine, "PATIENCE", 1)
    for name in ("grpc.keepalive_time_ms", "grpc.keepalive_timeout_ms", "grpc.http2.ping_timeout_ms"):
        assert int(qdrant_engine.CHANNEL[name]) <= 10_000
        monkeypatch.setitem(qdrant_engine.CHANNEL, name, 100)
    with relay_to(server.port) as relay, closing(at(relay.port)) as engine:
        assert engine.pointer() is None
        relay.fall_silent()
        wait_for(lambda: _answers(engine), seconds=30)


def _answers(engine: QdrantEngine) -> bool:
    try:
        engine.pointer()
    except EngineUnreachable:
        return False
    return True


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
@pytest.mark.parametrize("key", ["", "another"])
def test_who_gives_no_key_or_another_is_told_so(core, key):
    """Without the key; who gives it is let in."""
    with grpc_server(core, key=KEY) as server, closing(at(server.port, key)) as engine, closing(at(server.port, KEY)) as ours:
        with pytest.raises(EngineRefused, match="refuses the key") as raised:
            engine.pointer()
        assert key not in str(raised.value) or not key
        with pytest.raises(EngineRefused, match="refuses the key"), engine.writing():
            pytest.fail("it was let in")
        assert ours.pointer() is None


def test_a_port_that_speaks_http_is_named():
    """The ports were mistaken for each other, which no waiting mends."""
    with running_core() as address, closing(at(int(address.rpartition(":")[2]))) as engine:
        with pytest.raises(EngineRefused, match="grpc_port") as raised:
            engine.pointer()
        assert address.rpartition(":")[2] in str(raised.value)


def test_a_server_without_encryption_is_named(server):
    """Likewise."""
    address = f"qdrant+https://127.0.0.1:{free_port()}?grpc_port={server.port}"
    with closing(opened(SecretStr(address))) as engine, pytest.raises(EngineRefused, match=r"qdrant\+http://"):
        engine.pointer()


def test_messages_are_as_large_as_they_must_be(server, engine):
    """The library takes 4 MB by itself; a hundred points with their tokens are three times as much, both ways."""
    with engine.writing():
        text = "x" * 13 * MEGABYTE
        engine._writing.upsert(NOTES, [models.PointStruct(id=7, vector={}, payload={"text": text})])
        (found,) = engine._writing.retrieve(NOTES, [7])
        assert (found.payload or {})["text"] == text


def test_no_channel_is_made_before_it_is_asked_over_and_none_outlasts_the_engine(server, monkeypatch):
    """A process that is forked cannot use one of the process that it came from."""
    make, made = grpc.insecure_channel, []
    monkeypatch.setattr(grpc, "insecure_channel", lambda *given: made.append((make(*given), dict(given[1]))) or made[-1][0])
    with closing(at(server.port)) as engine:
        assert made == []
        engine.pointer()
        assert made
    for channel, options in made:
        with pytest.raises(ValueError, match="closed channel"):
            channel.unary_unary("/qdrant.Collections/List")(b"", timeout=1)
        # The library would look ever more rarely for a server that is away, at last every two minutes.
        assert options["grpc.max_reconnect_backoff_ms"] <= 2000
