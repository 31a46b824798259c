"""One writer at a time in Qdrant, which has no locks: a collection can be made once only, and that is what we hold.

Comes in: a client. Goes out: a lock that runs out when its holder dies. Refuses to know what is written.

Locks are numbered. Who finds the highest to have run out makes the next number, and only one of several can; who held the old one and
was only slow finds a higher number than its own, and stops.
"""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from grpc import RpcError
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from index.engines.qdrant.faults import in_words
from index.errors import IndexLocked

LASTS = 120.0  # seconds that a lock holds after it was renewed; clocks of publishers should agree better than that
RENEWED_EVERY = 10.0
_NAME = re.compile(r"localism_lock_(\d+)")


class WriterLock:
    """The lock, held."""

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
            client.create_collection(_name(self._number), vectors_config={})
        except (ValueError, UnexpectedResponse, RpcError):  # somebody was quicker
            raise self._taken() from None
        self.keep()
        for number in standing:
            client.delete_collection(_name(number))

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
            self._client.upsert(_name(self._number), [note], wait=True)
        self._renewed = time.monotonic()

    def release(self) -> None:
        """Let go of it."""
        self._client.delete_collection(_name(self._number))

    def _standing(self) -> list[int]:
        names = (_NAME.fullmatch(one.name) for one in self._client.get_collections().collections)
        return sorted(int(found[1]) for found in names if found)

    def _holds(self, number: int) -> bool:
        found = self._client.retrieve(_name(number), [1])
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


def _name(number: int) -> str:
    return f"localism_lock_{number}"
