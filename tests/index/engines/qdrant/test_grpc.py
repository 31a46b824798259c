"""Questions over gRPC: how often it is asked, what is told of faults, what comes back by itself."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import grpc
import numpy as np
import pytest
from pydantic import SecretStr
from qdrant_client import models

from index.engines.engine import LivePointer
from index.engines.qdrant import engine as qdrant_engine
from index.engines.qdrant.collections import collection_of
from index.engines.qdrant.engine import QdrantEngine
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.notes import NOTES
from index.errors import DamagedBuild, EngineRefused, EngineUnreachable
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import PLACES, THINGS, grpc_address, opened, publish
from tests.index.engines.qdrant.conftest import at
from tests.qdrant_grpc import grpc_server
from tests.qdrant_server import running_core
from tests.relay import relay_to
from tests.waiting import free_port, wait_for

KEY = "s3cret"
SOON = 2.5  # seconds: the client's own patience, and a moment
QUESTION = 'who says "free of charge" of a boat under section 81'


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


def test_points_are_sent_once_more(server):
    """So large a request too: publishing takes long, and must not end with the first connection that breaks."""
    with relay_to(server.port) as relay, closing(at(relay.port)) as engine, ThreadPoolExecutor() as people:
        with engine.writing(), server.held_up():
            point = models.PointStruct(id=7, vector={}, payload={"text": "x" * 13 * 2**20})
            written = people.submit(engine._writing.upsert, NOTES, [point])
            wait_for(lambda: server.asked)
            relay.cut()
            wait_for(lambda: server.asked == ["Upsert", "Upsert"])
        written.result()


def test_what_can_be_made_once_is_not_asked_for_twice(server):
    """Who makes a lock must not hear that somebody else has it because it was made the first time."""
    with relay_to(server.port) as relay, closing(at(relay.port)) as engine, ThreadPoolExecutor() as people:
        with server.held_up():
            written = people.submit(engine._client.create_collection, "localism_lock_1", vectors_config={})
            wait_for(lambda: server.asked == ["Create"])
            relay.cut()
            with pytest.raises(EngineUnreachable), in_words("there"):
                written.result()
        assert server.asked == ["Create"]


def test_one_of_three_nodes_that_is_gone_stops_nobody(core, two_builds):
    """Who asks, who begins to serve, and who publishes: what is noted lies on all three, and most of them are believed."""
    with grpc_server(core) as server, closing(QdrantEngine.open(f"{grpc_address(server)}&shards=2&copies=2")) as engine:
        publish(engine, two_builds, two_builds.first)
        made = server.copies.made[collection_of(two_builds.first)]
        assert (made.shard_number, made.replication_factor) == (2, 2)
        assert server.copies.made[NOTES].shard_number == 1
        server.copies.gone = 1
        assert engine.pointer() == LivePointer(two_builds.first, 1)
        with closing(two_builds.open(two_builds.first, engine)) as build:
            assert Searcher(build).search(QUESTION).hits
        with engine.writing() as writer:
            assert [one.finished for one in writer.generations()] == [True]
            writer.point_to(two_builds.first)
        server.copies.gone = 2  # the one that is left may be behind, and cannot know it
        with pytest.raises(EngineUnreachable, match="does not answer"):
            engine.pointer()


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
