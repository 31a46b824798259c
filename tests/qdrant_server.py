"""Qdrant's core behind HTTP: what its client says to a server, answered by the core in this process.

Comes in: requests as the client sends them. Goes out: answers as a server gives them. Refuses to be a cluster, and to speak gRPC.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from qdrant_client import models
from qdrant_client.http.exceptions import UnexpectedResponse
from typing_extensions import override

from tests.qdrant_core import CoreClient, is_taken, vectors_of
from tests.serving import served

_DONE: dict[str, Any] = {"operation_id": 0, "status": "completed"}


class Answers:
    """What a server says to each request."""

    def __init__(self, client: CoreClient) -> None:
        """Answer by ``client``."""
        self._client = client
        one = "/collections/([^/]+)"
        self._ways: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "/collections", lambda _: _plain(client.get_collections())),
            ("GET", "/aliases", lambda _: _plain(client.get_aliases())),
            ("POST", "/collections/aliases", self._alias),
            ("GET", f"{one}/exists", lambda _, name: {"exists": client.collection_exists(name)}),
            ("GET", one, lambda _, name: _plain(client.get_collection(name))),
            ("PUT", one, self._make),
            ("DELETE", one, self._remove),
            ("PUT", f"{one}/index", self._index),
            ("PUT", f"{one}/points", self._write),
            ("POST", f"{one}/points", self._read),
            ("POST", f"{one}/points/scroll", self._scroll),
            ("POST", f"{one}/points/query/batch", self._query),
            ("POST", f"{one}/points/delete", lambda body, name: client.delete(name, body["points"]) and _DONE),
            ("POST", f"{one}/points/payload", self._note),
        ]

    def to(self, method: str, path: str, body: Any) -> Any:
        """Return the result of a request.

        Raises:
            LookupError: there is no such request.
            ValueError: there is no such collection, or it is there already.
        """
        for wanted, pattern, answer in self._ways:
            if method == wanted and (found := re.fullmatch(pattern, path)):
                return answer(body, *found.groups())
        raise LookupError(f"{method} {path}")

    def _alias(self, body: Any) -> bool:
        moved = models.ChangeAliasesOperation.model_validate(body)
        return bool(self._client.update_collection_aliases(moved.actions))

    def _make(self, body: Any, name: str) -> bool:
        made = models.CreateCollection.model_validate(body)
        self._client.create_collection(
            name,
            vectors_config=made.vectors or {},  # type: ignore[arg-type]  # by name, always
            sparse_vectors_config=made.sparse_vectors,
            hnsw_config=made.hnsw_config,
            on_disk_payload=made.on_disk_payload,
        )
        return True

    def _remove(self, _: Any, name: str) -> bool:
        self._client.delete_collection(name)
        return True

    def _index(self, body: Any, name: str) -> Any:
        self._client.create_payload_index(name, body["field_name"], models.PayloadSchemaType(body["field_schema"]))
        return _DONE

    def _write(self, body: Any, name: str) -> Any:
        self._client.upsert(name, models.PointsList.model_validate(body).points)
        return _DONE

    def _read(self, body: Any, name: str) -> Any:
        found = self._client.retrieve(name, body["ids"], with_payload=body.get("with_payload", True))
        return [_point(one) for one in found]

    def _scroll(self, body: Any, name: str) -> Any:
        wanted = {"with_payload": bool(body.get("with_payload")), "with_vectors": bool(body.get("with_vector"))}
        offset = body.get("offset")
        points, after = self._client.scroll(name, limit=body.get("limit") or 10, offset=offset, **wanted)
        return {"points": [_point(one) for one in points], "next_page_offset": after}

    def _query(self, body: Any, name: str) -> Any:
        requests = models.QueryRequestBatch.model_validate(body).searches
        found = self._client.query_batch_points(name, requests)
        return [{"points": [{**_point(point), "version": 0, "score": point.score} for point in one.points]} for one in found]

    def _note(self, body: Any, name: str) -> Any:
        self._client.set_payload(name, body["payload"], body["points"])
        return _DONE


def _plain(found: Any) -> Any:
    return found.model_dump()


def _point(one: Any) -> dict[str, Any]:
    vectors = vectors_of(one).items()
    plain = {name: _plain(vector) if isinstance(vector, models.SparseVector) else vector for name, vector in vectors}
    return {"id": one.id, "payload": one.payload, "vector": plain}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: Answers

    def do_GET(self) -> None:
        """Answer."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        try:
            status, said = 200, {"result": self.answers.to(self.command, self.path.partition("?")[0], body), "status": "ok"}
        except (LookupError, ValueError, UnexpectedResponse) as error:
            status, said = (409 if is_taken(error) else 404), {"status": {"error": str(error)}}
        sent = json.dumps({**said, "time": 0.0}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # the library's names

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_core() -> Iterator[str]:
    """Yield the address of a server on this machine; it and what it holds are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="core-") as folder:
        handler = type("Handler", (_Handler,), {"answers": Answers(CoreClient(Path(folder)))})
        with served(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as place:
            yield f"http://{place}"
