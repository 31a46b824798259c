"""Qdrant as an engine: for builds that are too large for one machine.

Comes in: an address, or a client. Goes out: sources of candidates, and a way to write builds. Refuses to show the address: it may hold
a key.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from qdrant_client import QdrantClient
from qdrant_client import grpc as wire
from qdrant_client.conversions.conversion import RestToGrpc
from typing_extensions import override

from index.engines.embedded import EmbeddedSource
from index.engines.engine import Generation, LivePointer
from index.engines.qdrant.collections import collection_of
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.notes import Notes, WriterLock, only_writer
from index.engines.qdrant.sink import QdrantSink
from index.engines.qdrant.source import QdrantSource
from index.engines.source import LocalPart
from index.errors import EngineRefused, UnknownBuild

SCHEMES = {"qdrant+http": False, "qdrant+https": True}
UNREADABLE = (
    "LOCALISM_ENGINE cannot be read as the address of a Qdrant. Wanted is qdrant+https://key:<the API key>@host:6333, with "
    "?grpc_port=6334 behind where it is spoken to over gRPC, and shards=…&copies=… for what is published."
)
PATIENCE = 2  # seconds for one request of a question
WRITING = 300
# A call that may be made twice is made once more where its connection broke under it: over another, within the patience of the first.
# Making a collection is not: who makes a lock would hear that somebody else has it.
_REPEATED = {
    "qdrant.Points": ("QueryBatch", "Get", "Scroll", "Upsert"),
    "qdrant.Collections": ("CollectionExists", "Get", "List", "ListAliases"),
}
_ONCE_MORE = {
    "name": [{"service": service, "method": method} for service, methods in _REPEATED.items() for method in methods],
    "retryPolicy": {
        "maxAttempts": 2,
        "initialBackoff": "0.05s",
        "maxBackoff": "0.05s",
        "backoffMultiplier": 1,
        "retryableStatusCodes": ["UNAVAILABLE"],
    },
}
CHANNEL: dict[str, str | int] = {  # of gRPC; messages are as large as they must be: its client sees to that
    "grpc.service_config": json.dumps({"methodConfig": [_ONCE_MORE]}),
    "grpc.per_rpc_retry_buffer_size": 32 * 2**20,  # bytes: what is larger is not sent again, by itself a quarter of one MB
    # By itself it looks ever more rarely for a server that is away, at last every two minutes.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.min_reconnect_backoff_ms": 1000 * PATIENCE,
    "grpc.max_reconnect_backoff_ms": 1000,
    # A machine that vanished ends no connection, and without these a quarter of an hour goes by before that is noticed.
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.http2.ping_timeout_ms": 5_000,  # of what it sends to measure the way, too: by itself a minute, for both
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.http2.max_pings_without_data": 0,
}
_SPREAD = {"shards": "shard_number", "copies": "replication_factor"}


class Hit(NamedTuple):
    """As much of a point that was found as is read of it."""

    id: int
    score: float
    payload: dict[str, str]


class Hits(NamedTuple):
    """What one request of a batch found."""

    points: list[Hit]


class OverGrpc(QdrantClient):
    """The client, with a shorter way for what every question asks: it would make a model of each of some hundred hits."""

    @override
    def query_batch_points(self, collection_name: str, requests: Any, *_: object, **__: object) -> Any:
        """Ask everything at once; see ``Hits``."""
        asked = [RestToGrpc.convert_query_request(one, collection_name) for one in requests]
        batch = wire.QueryBatchPoints(collection_name=collection_name, query_points=asked)
        found = self.grpc_points.QueryBatch(batch, timeout=PATIENCE).result
        return [Hits([_hit(one) for one in each.result]) for each in found]


def _hit(one: wire.ScoredPoint) -> Hit:
    return Hit(one.id.num, one.score, {name: value.string_value for name, value in one.payload.items()})


class QdrantEngine:
    """See Engine."""

    def __init__(self, client: QdrantClient, writing: QdrantClient, place: str, spread: Mapping[str, int]) -> None:
        """Ask by ``client``, write by ``writing``, which may be the same; ``spread`` is what new collections are made with."""
        self._client, self._writing, self._place, self._spread = client, writing, place, dict(spread)
        self.name = f"Qdrant at {place}"

    @classmethod
    def open(cls, address: str) -> "QdrantEngine":
        """Use the Qdrant at ``address``; nothing is connected to yet.

        Raises:
            EngineRefused: it is no address of a Qdrant.
        """
        try:
            parts = urlsplit(address)
            given = {name: int(values[-1]) for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
            host, port, secure = parts.hostname, parts.port or 6333, SCHEMES[parts.scheme]
        except (ValueError, KeyError):
            raise EngineRefused(UNREADABLE) from None
        if not host or set(given) - {"grpc_port", *_SPREAD}:
            raise EngineRefused(UNREADABLE)

        def client(patience: int) -> QdrantClient:
            return (OverGrpc if "grpc_port" in given else QdrantClient)(
                host=host,
                port=port,
                grpc_port=given.get("grpc_port", 6334),
                prefer_grpc="grpc_port" in given,
                grpc_options=dict(CHANNEL),
                https=secure,
                api_key=unquote(parts.password or "") or None,
                timeout=patience,
                check_compatibility=False,  # asks at once, and what is wrong is said later in our words
            )

        spread = {_SPREAD[name]: value for name, value in given.items() if name in _SPREAD}
        return cls(client(PATIENCE), client(WRITING), f"{host}:{given.get('grpc_port', port)}", spread)

    def pointer(self) -> LivePointer | None:
        """Return which build is live; see Engine."""
        with in_words(self._place):
            return Notes(self._client).pointer()

    def source(self, part: LocalPart) -> QdrantSource:
        """Return the source of a build; see Engine."""
        build = part.shape.build
        with in_words(self._place):
            held = Notes(self._client).shape(build)
        if held is None:
            raise UnknownBuild(f"{self.name} holds no finished build {build}. Publish it: localism-ingest engine")
        part.shape.check(held, self.name)
        return QdrantSource(self._client, self._place, part)

    @contextmanager
    def writing(self) -> Iterator["QdrantWriter"]:
        """Let in one who writes; see Engine."""
        with only_writer(self._writing, self._place) as lock:
            Notes(self._writing).set_up(self._place)
            yield QdrantWriter(self._writing, self._place, lock, self._spread)

    def close(self) -> None:
        """Let go of it."""
        self._client.close()
        self._writing.close()


class QdrantWriter:
    """See EngineWriter. What the client raises, ``only_writer`` turns into words."""

    def __init__(self, client: QdrantClient, place: str, lock: WriterLock, spread: dict[str, int]) -> None:
        """Write by ``client`` while ``lock`` is held."""
        self._client, self._place, self._lock, self._spread = client, place, lock, spread
        self._notes = Notes(client)

    def generations(self) -> list[Generation]:
        """Return what is there; see EngineWriter."""
        return self._notes.generations()

    def begin(self, part: LocalPart, files: EmbeddedSource) -> QdrantSink:
        """Begin a generation; see EngineWriter."""
        standing = {one.build: one.finished for one in self.generations()}
        if standing.get(part.shape.build):
            self.drop(part.shape.build)
        elif part.shape.build in standing:
            self._remove(part.shape.build)  # though it be live, as one in an older layout may: nobody can open it
        return QdrantSink(self._client, self._place, part.shape, files, self._lock.keep, self._spread)

    def point_to(self, build: str) -> LivePointer:
        """Make a generation live; see EngineWriter."""
        if self._notes.shape(build) is None:
            raise UnknownBuild(f"Qdrant at {self._place} holds no finished build {build[:60]!r}; nothing was changed.")
        self._lock.keep()
        return self._notes.move(build)

    def drop(self, build: str) -> None:
        """Remove a generation; see EngineWriter."""
        live = self._notes.pointer()
        if live is not None and live.build == build:
            raise UnknownBuild(f"Build {build} is live in Qdrant at {self._place} and is not removed.")
        self._remove(build)

    def _remove(self, build: str) -> None:
        with in_words(self._place):
            self._notes.unfinish(build)  # not to be searched any more before anything of it goes
            self._client.delete_collection(collection_of(build))
            self._notes.forget(build)
