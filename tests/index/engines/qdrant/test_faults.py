"""What may be wrong with a Qdrant: one sentence each, without the key."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import grpc
import pytest
from httpx import Headers
from pydantic import SecretStr
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import UnexpectedResponse
from typing_extensions import override

from index.engines.qdrant import notes as qdrant_notes
from index.engines.qdrant.collections import PAIRS, collection_of
from index.engines.qdrant.engine import QdrantEngine
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.notes import NOTES, only_writer
from index.engines.qdrant.sink import QdrantSink
from index.errors import (
    BuildError,
    DamagedBuild,
    EngineRefused,
    EngineUnreachable,
    ForeignBuild,
    IndexLocked,
    NotWritten,
    UnknownBuild,
)
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import opened, publish, publish_both
from tests.serving import served
from tests.waiting import free_port

GREEN, YELLOW, RED = models.CollectionStatus.GREEN, models.CollectionStatus.YELLOW, models.CollectionStatus.RED
KEY = "s3cret"
SOON = 2.5  # seconds: the client's own patience, and a moment


@pytest.fixture
def client() -> QdrantClient:
    """A Qdrant in this process."""
    return QdrantClient(":memory:")


@pytest.fixture
def engine(client) -> QdrantEngine:
    """The engine in it, which holds nothing yet."""
    return QdrantEngine(client, client, "this process", {})


@contextmanager
def server_that_says(status: int, said: str) -> Iterator[str]:
    """A server that gives every request this answer; yields its address with a key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"status": {"error": said}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with served(HTTPServer(("127.0.0.1", 0), Handler)) as place:
        yield f"qdrant+http://key:{KEY}@{place}"


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (401, "Must provide an API key", EngineRefused, "refuses the key"),
        (403, "forbidden", EngineRefused, "refuses the key"),
        (503, "starting", EngineUnreachable, "does not answer"),
        (500, "No space left on device", NotWritten, "no room"),
        (404, "Not found: Collection", DamagedBuild, "lost a collection"),
        (500, "panic", DamagedBuild, "did not do what was asked"),
    ],
)
def test_what_a_server_says_is_told_in_words(status, said, kind, words):
    """Without the key."""
    with server_that_says(status, said) as address, closing(opened(SecretStr(address))) as engine:
        with pytest.raises(kind, match=words) as raised:
            engine.pointer()
        assert KEY not in str(raised.value)


def test_a_server_that_is_not_there_is_told_soon():
    """Nobody waits for it."""
    began = time.monotonic()
    address = f"qdrant+http://127.0.0.1:{free_port()}"
    with closing(opened(SecretStr(address))) as engine, pytest.raises(EngineUnreachable, match="does not answer"):
        engine.pointer()
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, "Socket closed", EngineUnreachable),
        (grpc.StatusCode.UNAUTHENTICATED, "Must provide an API key", EngineRefused),
        (grpc.StatusCode.NOT_FOUND, "Not found: Collection", DamagedBuild),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Disk usage is at 96% of total capacity", NotWritten),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Rate limiting exceeded: Read rate limit exceeded", EngineUnreachable),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Received message larger than max (9 vs. 4)", EngineRefused),
        (grpc.StatusCode.OUT_OF_RANGE, "Error, decoded message length too large: found 9 bytes", EngineRefused),
        (grpc.StatusCode.INTERNAL, "No space left on device: WAL buffer size exceeds", NotWritten),
        (grpc.StatusCode.UNIMPLEMENTED, "Received http2 header with status: 404", EngineRefused),
        (grpc.StatusCode.INTERNAL, "panic", DamagedBuild),
    ],
)
def test_what_comes_over_grpc_is_told_alike(code, said, kind):
    """As over HTTP; one number stands for a full disk and for too many questions, and who waits must not be sent to make room."""

    class Fault(grpc.RpcError, grpc.Call):  # type: ignore[misc]  # of a package without types
        def code(self) -> object:
            return code

    Fault.__abstractmethods__ = frozenset()
    with pytest.raises(kind), in_words("there"):
        raise Fault(said)


def test_who_asks_too_often_is_told_to_ask_again():
    """A server that says when is told apart by the client itself, over HTTP and gRPC."""
    with pytest.raises(EngineUnreachable), in_words("there"):
        raise ResourceExhaustedResponse("Rate limiting exceeded", 3)


def test_a_key_that_may_only_read_is_not_taken_for_somebody_who_writes(client, engine, monkeypatch):
    """Whoever waited for that would wait for ever."""

    def refuse(*_: object, **__: object) -> None:
        raise UnexpectedResponse(403, "Forbidden", b"Global manage access is required", Headers())

    monkeypatch.setattr(client, "create_collection", refuse)
    with pytest.raises(EngineRefused, match="refuses the key"), engine.writing():
        pytest.fail("it was let in")


@pytest.mark.parametrize(
    "address", ["qdrant+http://", "qdrant+ftp://h", "qdrant+http://k:a b@h:x", "qdrant+http://h?colour=1"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(address):
    """It may hold a key."""
    with pytest.raises(EngineRefused) as raised:
        opened(SecretStr(address))
    assert address not in str(raised.value)


def test_notes_of_another_format_are_left_alone(client, engine):
    """A program of another version wrote them."""
    with engine.writing():
        client.set_payload(NOTES, {"format": 7}, [0])
    with pytest.raises(ForeignBuild, match="format 7"), engine.writing():
        pytest.fail("it was let in")


def test_a_build_in_an_older_layout_is_published_again(client, engine, two_builds):
    """It counts as half-written: nobody opens it, and the next writer begins it anew."""
    publish(engine, two_builds, two_builds.first)
    notes, _ = client.scroll(NOTES)
    for note in notes:
        client.delete_payload(NOTES, ["layout"], [note.id])
    with pytest.raises(UnknownBuild, match="localism-ingest engine"):
        two_builds.open(two_builds.first, engine)
    with engine.writing() as writer:
        assert [one.finished for one in writer.generations()] == [False]
    publish(engine, two_builds, two_builds.first)
    with closing(two_builds.open(two_builds.first, engine)) as build:
        assert Searcher(build).search("Who mends the bell?").hits


def test_a_lost_collection_is_said(client, engine, two_builds):
    """Somebody dropped what belongs to the build that is served."""
    publish(engine, two_builds, two_builds.first)
    with closing(two_builds.open(two_builds.first, engine)) as build:
        client.delete_collection(collection_of(two_builds.first))
        with pytest.raises(DamagedBuild, match="localism-ingest engine"):
            Searcher(build).search("Who mends the bell?")


def test_what_was_changed_behind_our_back_is_not_finished(client, engine, two_builds, monkeypatch):
    """A weight was lost between writing and reading back."""
    read_back = QdrantSink._read_back

    def changed(sink: QdrantSink) -> tuple[int, int]:
        client.delete_vectors(collection_of(two_builds.first), [PAIRS], [3])
        return read_back(sink)

    monkeypatch.setattr(QdrantSink, "_read_back", changed)
    with pytest.raises(DamagedBuild, match="points of build"):
        publish(engine, two_builds, two_builds.first)
    with engine.writing() as writer:
        assert [one.finished for one in writer.generations()] == [False]
    assert engine.pointer() is None


def test_what_is_still_put_in_order_is_waited_for(client, engine, two_builds, monkeypatch):
    """A graph takes minutes; nobody is asked to search what would be slow, and the server is not asked without a pause."""
    seen = [RED, GREEN, YELLOW, YELLOW]
    pauses: list[float] = []
    monkeypatch.setattr(client, "get_collection", lambda _: SimpleNamespace(status=seen.pop()))
    monkeypatch.setattr("index.engines.qdrant.sink.sleep", pauses.append)
    publish(engine, two_builds, two_builds.first)
    assert (seen, len(pauses)) == ([RED], 2)
    assert min(pauses) > 0


def test_what_cannot_be_put_in_order_is_not_finished(client, engine, two_builds, monkeypatch):
    """A server that ran out of memory over it says so by a colour alone."""
    monkeypatch.setattr(client, "get_collection", lambda _: SimpleNamespace(status=RED))
    with pytest.raises(NotWritten, match="in order"):
        publish(engine, two_builds, two_builds.first)
    with engine.writing() as writer:
        assert [one.finished for one in writer.generations()] == [False]


def test_an_alias_leads_others_to_what_is_live(client, engine, two_builds):
    """It moves with the pointer."""
    publish_both(engine, two_builds)
    with engine.writing() as writer:
        writer.point_to(two_builds.second)
    (alias,) = client.get_aliases().aliases
    assert (alias.alias_name, alias.collection_name) == ("localism_live", collection_of(two_builds.second))


def test_a_lock_runs_out_when_its_holder_died(client, monkeypatch):
    """And who was only slow notices that somebody else holds it now."""
    slow = only_writer(client, "there")
    held = slow.__enter__()
    with pytest.raises(IndexLocked), only_writer(client, "there"):
        pytest.fail("two at once")
    client.set_payload("localism_lock_1", {"until": time.time() - 1}, [1])
    with only_writer(client, "there"):
        monkeypatch.setattr(qdrant_notes, "RENEWED_EVERY", 0.0)
        with pytest.raises(IndexLocked):
            held.keep()
    with suppress(BuildError):  # it is gone already
        slow.__exit__(None, None, None)
    assert [one.name for one in client.get_collections().collections] == []


def test_a_phrase_that_very_many_hold_is_not_looked_for(engine, two_builds, monkeypatch):
    """It tells nothing apart; where few hold it, those count it."""
    publish(engine, two_builds, two_builds.first)
    with closing(two_builds.open(two_builds.first, engine)) as build:
        question = sought(build, *Searcher(build).encoded('who may borrow a "new wheel for the mill"'))
        counted = build.source.nominate(question, None).named.max()
        monkeypatch.setattr("index.engines.qdrant.collections.MOST_WITH_PHRASE", 0)
        assert (counted, build.source.nominate(question, None).named.max()) == (1, 0)
