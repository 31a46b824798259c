"""Qdrant's core behind gRPC: what its client says to a server that way, answered by the core in this process.

Comes in: messages as the client sends them. Goes out: answers as a server gives them, and what was asked for. Refuses to be a cluster,
and every call that an engine of ours does not make.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeAlias

import grpc
from qdrant_client import grpc as wire
from qdrant_client import models
from qdrant_client.conversions.conversion import GrpcToRest, RestToGrpc, grpc_field_type_to_payload_schema

from tests.qdrant_core import CoreClient, is_taken, vectors_of
from tests.waiting import PATIENCE

_Way: TypeAlias = tuple[type[Any], Callable[[Any], Any]]
_DONE = wire.UpdateResult(operation_id=0, status=wire.UpdateStatus.Completed)
_AT_ONCE = 8  # calls
# As a server has them: it takes messages of any size, whatever the library would take by itself.
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Copies:
    """How many copies of each collection a cluster of three nodes would hold, and whether those that are left are enough for a call.

    As the source of Qdrant has it (lib/collection/src/shards/replica_set): what asks the majority needs every copy, a quorum half of
    them and one more, everything else one; and what is written as many as the collection was made with.
    """

    NODES = 3

    def __init__(self) -> None:
        """All nodes are there."""
        self.made: dict[str, Any] = {}  # messages that made collections, by their names
        self.gone = 0

    def check(self, asked: Any) -> None:
        """See that a call can be answered.

        Raises:
            RuntimeError: too few copies are left.
        """
        if (made := self.made.get(getattr(asked, "collection_name", ""))) is None:
            return
        copies = min(made.replication_factor or 1, self.NODES)
        if copies - self.gone < min(self._needed(asked, made, copies), copies):
            raise RuntimeError("The replica set for shard 0 on peer 1 does not have enough active replicas")

    @staticmethod
    def _needed(asked: Any, made: Any, copies: int) -> int:
        if isinstance(asked, wire.UpsertPoints):
            return int(made.write_consistency_factor or 1)
        if not isinstance(asked, (wire.GetPoints, wire.ScrollPoints)) or not asked.HasField("read_consistency"):
            return 1
        return copies // 2 + 1 if asked.read_consistency.type == wire.ReadConsistencyType.Quorum else copies


class Answers:
    """What a server says to each call."""

    def __init__(self, client: CoreClient) -> None:
        """Answer by ``client``."""
        self._client = client
        self.ways: dict[str, dict[str, _Way]] = {
            "Collections": {
                "List": (wire.ListCollectionsRequest, self._list),
                "Get": (wire.GetCollectionInfoRequest, self._in_order),
                "CollectionExists": (wire.CollectionExistsRequest, self._exists),
                "Create": (wire.CreateCollection, self._make),
                "Delete": (wire.DeleteCollection, self._remove),
                "ListAliases": (wire.ListAliasesRequest, self._aliases),
                "UpdateAliases": (wire.ChangeAliases, self._alias),
            },
            "Points": {
                "CreateFieldIndex": (wire.CreateFieldIndexCollection, self._index),
                "Upsert": (wire.UpsertPoints, self._write),
                "Get": (wire.GetPoints, self._read),
                "Scroll": (wire.ScrollPoints, self._scroll),
                "QueryBatch": (wire.QueryBatchPoints, self._query),
                "Delete": (wire.DeletePoints, self._forget),
            },
        }

    def _list(self, _: Any) -> Any:
        found = self._client.get_collections().collections
        return wire.ListCollectionsResponse(collections=map(RestToGrpc.convert_collection_description, found))

    def _in_order(self, asked: Any) -> Any:
        found = self._client.get_collection(asked.collection_name)
        return wire.GetCollectionInfoResponse(result=RestToGrpc.convert_collection_info(found))

    def _exists(self, asked: Any) -> Any:
        found = self._client.collection_exists(asked.collection_name)
        return wire.CollectionExistsResponse(result=wire.CollectionExists(exists=found))

    def _make(self, asked: Any) -> Any:
        self._client.create_collection(
            asked.collection_name,
            vectors_config=GrpcToRest.convert_vectors_config(asked.vectors_config),  # type: ignore[arg-type]  # by name, always
            sparse_vectors_config=GrpcToRest.convert_sparse_vector_config(asked.sparse_vectors_config),
            hnsw_config=GrpcToRest.convert_hnsw_config_diff(asked.hnsw_config),
            on_disk_payload=asked.on_disk_payload,
        )
        return wire.CollectionOperationResponse(result=True)

    def _remove(self, asked: Any) -> Any:
        self._client.delete_collection(asked.collection_name)
        return wire.CollectionOperationResponse(result=True)

    def _aliases(self, _: Any) -> Any:
        found = self._client.get_aliases().aliases
        return wire.ListAliasesResponse(aliases=map(RestToGrpc.convert_alias_description, found))

    def _alias(self, asked: Any) -> Any:
        self._client.update_collection_aliases([GrpcToRest.convert_alias_operations(one) for one in asked.actions])
        return wire.CollectionOperationResponse(result=True)

    def _index(self, asked: Any) -> Any:
        kind = GrpcToRest.convert_payload_schema_type(grpc_field_type_to_payload_schema(asked.field_type))
        self._client.create_payload_index(asked.collection_name, asked.field_name, kind)
        return wire.PointsOperationResponse(result=_DONE)

    def _write(self, asked: Any) -> Any:
        self._client.upsert(asked.collection_name, [_given(one) for one in asked.points])
        return wire.PointsOperationResponse(result=_DONE)

    def _read(self, asked: Any) -> Any:
        numbers = [GrpcToRest.convert_point_id(one) for one in asked.ids]
        payload = GrpcToRest.convert_with_payload_selector(asked.with_payload)
        found = self._client.retrieve(asked.collection_name, numbers, with_payload=payload)  # type: ignore[arg-type]  # of ours: numbers
        return wire.GetResponse(result=map(_found, found))

    def _scroll(self, asked: Any) -> Any:
        offset: Any = GrpcToRest.convert_point_id(asked.offset) if asked.HasField("offset") else None
        wanted = {"with_payload": asked.with_payload.enable, "with_vectors": asked.with_vectors.enable}
        points, after = self._client.scroll(asked.collection_name, limit=asked.limit, offset=offset, **wanted)
        following = None if after is None else RestToGrpc.convert_extended_point_id(after)
        return wire.ScrollResponse(result=map(_found, points), next_page_offset=following)

    def _query(self, asked: Any) -> Any:
        requests = [GrpcToRest.convert_query_points(one) for one in asked.query_points]
        found = self._client.query_batch_points(asked.collection_name, requests)
        return wire.QueryBatchResponse(result=[wire.BatchResult(result=map(_scored, one.points)) for one in found])

    def _forget(self, asked: Any) -> Any:
        chosen: Any = GrpcToRest.convert_points_selector(asked.points)
        self._client.delete(asked.collection_name, chosen.points)
        return wire.PointsOperationResponse(result=_DONE)


# Put together without being looked through: what the client made is right, and looking takes longer than all the rest.
def _given(one: Any) -> models.PointStruct:
    payload = GrpcToRest.convert_payload(one.payload)
    return models.PointStruct.model_construct(
        id=GrpcToRest.convert_point_id(one.id), payload=payload, vector=GrpcToRest.convert_vectors(one.vectors)
    )


def _found(one: Any) -> Any:
    return wire.RetrievedPoint(**_point(one))


def _scored(one: Any) -> Any:
    return wire.ScoredPoint(**_point(one), score=one.score)


def _point(one: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {"id": RestToGrpc.convert_extended_point_id(one.id)}
    if one.payload:
        parts["payload"] = RestToGrpc.convert_payload(one.payload)
    if vectors := vectors_of(one):
        parts["vectors"] = RestToGrpc.convert_vector_struct_output(vectors)
    return parts


class CoreServer:
    """A server on this machine. What it was asked for stands in ``asked``, by the names of the calls."""

    def __init__(self, client: CoreClient, key: str = "") -> None:
        """Answer by ``client``; only who gives ``key``, where there is one."""
        self.asked: list[str] = []
        self.copies = Copies()
        self._key, self._goes_on = key, threading.Event()
        self._goes_on.set()
        self._until = ("", 0)
        self._handlers = [
            grpc.method_handlers_generic_handler(
                f"qdrant.{service}", {name: self._handler(name, way) for name, way in ways.items()}
            )
            for service, ways in Answers(client).ways.items()
        ]
        self._begin(0)

    def _begin(self, port: int) -> None:
        self._server = grpc.server(ThreadPoolExecutor(_AT_ONCE), self._handlers, options=_OPTIONS)
        self.port: int = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def stop(self) -> None:
        """Go away in the middle of whatever is being answered."""
        self._goes_on.set()
        self._server.stop(0).wait()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be gone while this lasts, and then there again."""
        self.stop()
        try:
            yield
        finally:
            self._begin(self.port)

    @contextmanager
    def held_up(self, call: str = "", number: int = 1) -> Iterator[None]:
        """Answer nobody while this lasts, from now on or from that ``number`` of a ``call`` on."""
        self.asked.clear()
        self._until = (call, number)
        if not call:
            self._goes_on.clear()
        try:
            yield
        finally:
            self._until = ("", 0)
            self._goes_on.set()

    def _handler(self, name: str, way: _Way) -> Any:
        message, answer = way

        def answered(asked: Any, context: Any) -> Any:
            self.asked.append(name)
            if name == self._until[0] and self.asked.count(name) == self._until[1]:
                self._goes_on.clear()
            assert self._goes_on.wait(PATIENCE)
            if self._key and ("api-key", self._key) not in context.invocation_metadata():
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "Must provide an API key or an Authorization bearer token")
            try:
                self.copies.check(asked)
                if name == "Create":
                    self.copies.made[asked.collection_name] = asked
                return answer(asked)
            except RuntimeError as error:
                context.abort(grpc.StatusCode.INTERNAL, f"Service internal error: {error}")
            except ValueError as error:
                taken = is_taken(error)
                context.abort(grpc.StatusCode.ALREADY_EXISTS if taken else grpc.StatusCode.NOT_FOUND, str(error))

        return grpc.unary_unary_rpc_method_handler(answered, message.FromString, lambda said: said.SerializeToString())


@contextmanager
def grpc_server(client: CoreClient, key: str = "") -> Iterator[CoreServer]:
    """Run one until the end of the block."""
    server = CoreServer(client, key)
    try:
        yield server
    finally:
        server.stop()
