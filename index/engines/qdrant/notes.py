"""What is noted in Qdrant: which builds there are, which is live, and who is writing.

Comes in: a client. Goes out: a collection of notes, and a lock. Refuses to look into the collection of a build.
"""

import re
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from grpc import RpcError
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from index.engines.engine import Generation, LivePointer
from index.engines.qdrant.collections import LAYOUT, collection_of
from index.engines.qdrant.faults import in_words, is_taken
from index.engines.source import ENGINE_FORMAT, Shape
from index.errors import ForeignBuild, IndexLocked

NOTES = "localism_builds"
ALIAS = "localism_live"  # for others who look in; we follow the pointer
LASTS = 120.0  # seconds that a lock holds after it was renewed; clocks of publishers should agree better than that
RENEWED_EVERY = 10.0
_AGREED = models.ReadConsistencyType.QUORUM  # "majority" would ask every copy, and fail with the first node that is gone
_POINTER = 0  # id of the note that is the pointer
_LOCK = re.compile(r"localism_lock_(\d+)")


class Notes:
    """What is noted of builds."""

    def __init__(self, client: QdrantClient) -> None:
        """Read and write by ``client``."""
        self._client = client

    def set_up(self, place: str) -> None:
        """Make the collection of notes where it is missing.

        Raises:
            ForeignBuild: what is there is of another format.
        """
        if not self._client.collection_exists(NOTES):
            _make(self._client, NOTES)
            self._put(_POINTER, {"format": ENGINE_FORMAT, "build": "", "serial": 0})
        noted = self._get(_POINTER).get("format")
        if noted != ENGINE_FORMAT:
            raise ForeignBuild(
                f"Qdrant at {place} keeps builds in format {noted}, this program writes format {ENGINE_FORMAT}. Update the older of "
                "both, or name another Qdrant in LOCALISM_ENGINE."
            )

    def pointer(self) -> LivePointer | None:
        """Return which build is live, None where none is."""
        if not self._client.collection_exists(NOTES):
            return None
        noted = self._get(_POINTER)
        return LivePointer(noted["build"], noted["serial"]) if noted.get("build") else None

    def move(self, build: str) -> LivePointer:
        """Make ``build`` the live one; the alias for others is moved last."""
        before = self.pointer()
        moved = LivePointer(build, before.serial + 1 if before else 1)
        self._put(_POINTER, {"format": ENGINE_FORMAT, **asdict(moved)})
        there = {one.alias_name for one in self._client.get_aliases().aliases}
        gone = [models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=ALIAS))] if ALIAS in there else []
        made = models.CreateAlias(collection_name=collection_of(build), alias_name=ALIAS)
        self._client.update_collection_aliases([*gone, models.CreateAliasOperation(create_alias=made)])
        return moved

    def shape(self, build: str) -> Shape | None:
        """Return the shape of a finished generation, None where there is none."""
        if not self._client.collection_exists(NOTES):
            return None
        noted = self._get(_id_of(build))
        return Shape(**noted["shape"]) if _is_finished(noted) else None

    def note(self, shape: Shape, finished: bool) -> None:
        """Note that a generation is there."""
        self._put(_id_of(shape.build), {"shape": asdict(shape), "finished": finished, "layout": LAYOUT})

    def unfinish(self, build: str) -> None:
        """Note that a generation is not to be searched any more."""
        shape = self.shape(build)
        if shape is not None:
            self.note(shape, finished=False)

    def forget(self, build: str) -> None:
        """Take the note of a generation back."""
        self._client.delete(NOTES, [_id_of(build)])

    def generations(self) -> list[Generation]:
        """Return what is noted, the oldest first."""
        found, _ = self._client.scroll(NOTES, limit=10_000, consistency=_AGREED)
        noted = [dict(one.payload or {}) for one in found]
        return sorted((Generation(one["shape"]["build"], _is_finished(one)) for one in noted if "shape" in one), key=_build_of)

    def _get(self, number: int | str) -> dict[str, Any]:
        found = self._client.retrieve(NOTES, [number], consistency=_AGREED)
        return dict(found[0].payload or {}) if found else {}

    def _put(self, number: int | str, noted: Mapping[str, Any]) -> None:
        self._client.upsert(NOTES, [models.PointStruct(id=number, vector={}, payload=dict(noted))], wait=True)


class WriterLock:
    """The lock, held: Qdrant has none, but a collection can be made once only.

    Locks are numbered. Who finds the highest to have run out makes the next number, and only one of several can; who held the old one
    and was only slow finds a higher number than its own, and stops.
    """

    def __init__(self, client: QdrantClient, place: str) -> None:
        """Take it.

        Raises:
            IndexLocked: somebody else holds it.
        """
        self._client, self._place = client, place
        standing = self._standing()
        if standing and self._holds(standing[-1]):
            raise self._taken()
        self._number = (standing[-1] if standing else 0) + 1
        self._holder, self._renewed = secrets.token_hex(8), 0.0
        try:
            _make(client, _lock_name(self._number))
        except (ValueError, UnexpectedResponse, RpcError) as error:
            if is_taken(error):  # somebody was quicker
                raise self._taken() from None
            raise
        self.keep()
        for number in standing:
            client.delete_collection(_lock_name(number))

    def keep(self) -> None:
        """Renew it where that is due.

        Raises:
            IndexLocked: somebody took it, because it had run out.
        """
        if time.monotonic() - self._renewed < RENEWED_EVERY:
            return
        with in_words(self._place):
            if self._standing()[-1:] != [self._number]:
                raise self._taken()
            note = models.PointStruct(id=1, vector={}, payload={"until": time.time() + LASTS, "holder": self._holder})
            self._client.upsert(_lock_name(self._number), [note], wait=True)
        self._renewed = time.monotonic()

    def release(self) -> None:
        """Let go of it."""
        self._client.delete_collection(_lock_name(self._number))

    def _standing(self) -> list[int]:
        names = (_LOCK.fullmatch(one.name) for one in self._client.get_collections().collections)
        return sorted(int(found[1]) for found in names if found)

    def _holds(self, number: int) -> bool:
        found = self._client.retrieve(_lock_name(number), [1], consistency=_AGREED)
        # One that was made and not noted yet: its holder is at it this moment, or died at it.
        return not found or float((found[0].payload or {})["until"]) > time.time()

    def _taken(self) -> IndexLocked:
        return IndexLocked(
            f"Somebody else is publishing to Qdrant at {self._place} at this moment. Try again when that is done."
        )


@contextmanager
def only_writer(client: QdrantClient, place: str) -> Iterator[WriterLock]:
    """Hold the lock; raises as WriterLock does."""
    with in_words(place):
        lock = WriterLock(client, place)
        try:
            yield lock
        finally:
            lock.release()


def _make(client: QdrantClient, name: str) -> None:
    """Make a collection of notes: they lie on three nodes or all that there are, and two of these have what was written."""
    client.create_collection(name, vectors_config={}, shard_number=1, replication_factor=3, write_consistency_factor=2)


def _id_of(build: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, build))


def _build_of(one: Generation) -> str:
    return one.build


def _is_finished(noted: Mapping[str, Any]) -> bool:
    return bool(noted.get("finished")) and noted.get("layout") == LAYOUT


def _lock_name(number: int) -> str:
    return f"localism_lock_{number}"
