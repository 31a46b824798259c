"""Qdrant's core in this process: what a server searches with, behind as much of its client as an engine needs.

Comes in: calls as the client takes them. Goes out: what they give. Refuses to be a server: collections of builds are searched by the
core, and what is small (notes, locks, aliases) lies in the client's own local mode.
"""

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import qdrant_edge as core
from qdrant_client import QdrantClient, models

_DISTANCES = {models.Distance.DOT: core.Distance.Dot}
_TYPES = {models.Datatype.FLOAT16: core.VectorStorageDatatype.Float16, None: None}
_INDICES = {models.PayloadSchemaType.INTEGER: core.PayloadSchemaType.Integer}
SCANNED = 10_000  # as a server has it: kB of vectors in a segment up to which all are compared

_IN_ORDER = models.CollectionInfo.model_validate(
    {
        "status": "green",
        "optimizer_status": "ok",
        "segments_count": 1,
        "payload_schema": {},
        "config": {
            "params": {},
            "hnsw_config": {"m": 16, "ef_construct": 128, "full_scan_threshold": 10_000},
            "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
        },
    }
)


class CoreClient:
    """As much of QdrantClient as an engine needs. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Keep collections in ``folder``."""
        self._folder = folder
        self._small = QdrantClient(":memory:")
        self._shards: dict[str, core.EdgeShard] = {}
        self._lock = threading.RLock()  # of what is small: the local mode is made for one thread

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Pass on what concerns no build."""

        def call(*given: Any, **named: Any) -> Any:
            with self._lock:
                return getattr(self._small, name)(*given, **named)

        return call

    def close(self) -> None:
        """Stay open: several who share it close it when they end."""

    def create_collection(
        self,
        name: str,
        vectors_config: dict[str, models.VectorParams],
        sparse_vectors_config: dict[str, models.SparseVectorParams] | None = None,
        hnsw_config: Any = None,
        **given: Any,
    ) -> None:
        """Make a collection, empty; one without vectors is a small one."""
        with self._lock:
            self._small.create_collection(name, vectors_config={})
        if not vectors_config:
            return
        vectors = {
            field: core.EdgeVectorParams(one.size, _DISTANCES[one.distance], datatype=_TYPES[one.datatype])
            for field, one in vectors_config.items()
        }
        graph = core.HnswIndexConfig(hnsw_config.m, hnsw_config.ef_construct, SCANNED)
        config = core.EdgeConfig(
            vectors=vectors,
            sparse_vectors={field: core.EdgeSparseVectorParams() for field in sparse_vectors_config or {}},
            on_disk_payload=given.get("on_disk_payload"),
            hnsw_config=graph,
            wal_enabled=False,
        )
        self._shards[name] = core.EdgeShard.create(str(self._folder / name), config)

    def create_payload_index(self, name: str, field: str, kind: models.PayloadSchemaType) -> None:
        """Let points be found by a number that comes with them."""
        self._shards[name].update(core.UpdateOperation.create_field_index(field, _INDICES[kind]))

    def delete_collection(self, name: str) -> None:
        """Remove a collection."""
        with self._lock:
            self._small.delete_collection(name)
        shard = self._shards.pop(name, None)
        if shard is not None:
            shard.close()
            shutil.rmtree(self._folder / name)

    def get_collection(self, name: str) -> models.CollectionInfo:
        """Put a collection in order, which a server does by itself, and say that it is."""
        while self._shards[name].optimize():
            self._shards[name].flush()
        return _IN_ORDER

    def upsert(self, name: str, points: Sequence[models.PointStruct], wait: bool = True) -> None:
        """Write points."""
        if name not in self._shards:
            self._passed("upsert", name, points, wait=wait)
            return
        made = [core.Point(one.id, _vectors(one.vector), one.payload) for one in points]
        self._shards[name].update(core.UpdateOperation.upsert_points(made))

    def delete_vectors(self, name: str, fields: list[str], points: list[Any]) -> None:
        """Take vectors from points."""
        self._shards[name].update(core.UpdateOperation.delete_vectors(points, fields))

    def scroll(self, name: str, limit: int = 10, offset: int | None = None, **wanted: bool) -> Any:
        """Return the next points, and which comes behind them."""
        if name not in self._shards:
            return self._passed("scroll", name, limit=limit, offset=offset, **wanted)
        asked = core.ScrollRequest(
            offset, limit, with_payload=wanted.get("with_payload", True), with_vector=wanted.get("with_vectors", False)
        )
        return self._shards[name].scroll(asked)

    def retrieve(self, name: str, points: Sequence[int], with_payload: Any = True, **given: Any) -> Any:
        """Return points by their numbers."""
        if name not in self._shards:
            return self._passed("retrieve", name, points, with_payload=with_payload, **given)
        return self._of(name).retrieve(list(points), with_payload, False)

    def query_batch_points(self, name: str, requests: Sequence[models.QueryRequest]) -> list[models.QueryResponse]:
        """Answer everything at once."""
        found = self._of(name).query_batch(core.QueryBatchRequest([_request(one) for one in requests]))
        return [SimpleNamespace(points=points) for points in found]  # type: ignore[misc]  # as much of one as is read

    def _of(self, name: str) -> core.EdgeShard:
        if name not in self._shards:
            raise ValueError(f"Collection {name} not found")
        return self._shards[name]

    def _passed(self, method: str, *given: Any, **named: Any) -> Any:
        with self._lock:
            return getattr(self._small, method)(*given, **named)


def vectors_of(found: Any) -> dict[str, Any]:
    """Return the vectors of a point that was found, by name, as the client has them."""
    return {
        name: models.SparseVector(indices=one.indices, values=one.values) if hasattr(one, "indices") else one
        for name, one in (getattr(found, "vector", None) or {}).items()
    }


def is_taken(error: Exception) -> bool:
    """Tell whether a collection was not made because there is one of that name; else what was asked for is not there."""
    return "already exists" in str(error)


def _vectors(vectors: Any) -> Any:
    return {
        name: core.SparseVector(one.indices, one.values) if isinstance(one, models.SparseVector) else one
        for name, one in vectors.items()
    }


def _request(asked: Any) -> core.QueryRequest:  # a QueryRequest of the client, which allows far more than is asked here
    params = asked.params
    return core.QueryRequest(
        limit=asked.limit or 10,
        query=_query(asked.query, asked.using),
        prefetches=_prefetched(asked.prefetch),
        with_payload=asked.with_payload,
        filter=_filter(asked.filter),
        params=params and core.SearchParams(hnsw_ef=params.hnsw_ef, exact=bool(params.exact)),
    )


def _prefetched(found: Any) -> list[core.Prefetch] | None:
    if not found:
        return None
    each = found if isinstance(found, list) else [found]
    return [core.Prefetch(one.limit, _query(one.query, one.using), _prefetched(one.prefetch)) for one in each]


def _query(query: Any, using: str | None) -> Any:
    if isinstance(query, models.OrderByQuery):
        return core.OrderBy(query.order_by.key)  # type: ignore[union-attr]  # never a bare name here
    vector: Any = query.nearest if isinstance(query, models.NearestQuery) else query
    if isinstance(vector, models.SparseVector):
        vector = core.SparseVector(vector.indices, vector.values)
    return core.Query.Nearest(vector, using=using)


def _filter(wanted: Any) -> core.Filter | None:
    if wanted is None:
        return None
    ranges: list[Any] = [
        core.FieldCondition(one.key, range=core.RangeFloat(gte=one.range.gte, lt=one.range.lt)) for one in wanted.should
    ]
    return core.Filter(should=ranges)
