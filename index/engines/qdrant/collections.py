"""The collections of an engine in Qdrant: one for each build, and one that says which builds there are and which is live.

Comes in: a client; rows, terms, vectors. Goes out: collections, what is noted of builds, requests and scores. Refuses to search.

In a build's collection, points 0 to n - 1 are passages and those behind are their expansions, so that one batch asks of both.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from index.dense.faiss_reader import Range
from index.engines.engine import Generation, LivePointer
from index.engines.source import ENGINE_FORMAT, Rows, Scores, Shape
from index.errors import ForeignBuild

NOTES = "localism_builds"
ALIAS = "localism_live"  # for others who look in; we follow the pointer
PASSAGE, KEY, ROW = "passage", "key", "row"
WORDS, EXPANSIONS, PAIRS = "words", "expansions", "pairs"
SPARSE = (WORDS, EXPANSIONS, PAIRS)
_POINTER = 0  # id of the note that is the pointer
_DENSE_M = 16
FILTERED_EXACTLY = 20_000  # rows of a filter up to which every one is compared
_EF = 256  # how wide the graph is searched

Points = Sequence[models.ScoredPoint]


def collection_of(build: str) -> str:
    """Return the name of the collection that holds ``build``."""
    return f"localism_{build}"


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
            self._client.create_collection(NOTES, vectors_config={})
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
        return Shape(**noted["shape"]) if noted.get("finished") else None

    def note(self, shape: Shape, finished: bool) -> None:
        """Note that a generation is there."""
        self._put(_id_of(shape.build), {"shape": asdict(shape), "finished": finished})

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
        found, _ = self._client.scroll(NOTES, limit=10_000)
        noted = [dict(one.payload or {}) for one in found]
        return sorted((Generation(one["shape"]["build"], one["finished"]) for one in noted if "shape" in one), key=_build_of)

    def _get(self, number: int | str) -> dict[str, Any]:
        # Of several copies of a note most must agree: a node that was cut off cannot speak for the others.
        found = self._client.retrieve(NOTES, [number], consistency=models.ReadConsistencyType.MAJORITY)
        return dict(found[0].payload or {}) if found else {}

    def _put(self, number: int | str, noted: Mapping[str, Any]) -> None:
        self._client.upsert(NOTES, [models.PointStruct(id=number, vector={}, payload=dict(noted))], wait=True)


def make_collection(client: QdrantClient, build: str, dimension: int, spread: Mapping[str, int]) -> None:
    """Make the collection of a build, empty; ``spread`` says over how many shards and copies, where that is set."""
    dense = models.VectorParams(size=dimension, distance=models.Distance.DOT, datatype=models.Datatype.FLOAT16)
    client.create_collection(
        collection_of(build),
        vectors_config={PASSAGE: dense, KEY: dense},
        sparse_vectors_config={name: models.SparseVectorParams() for name in SPARSE},
        hnsw_config=models.HnswConfigDiff(m=_DENSE_M, ef_construct=128),
        on_disk_payload=True,
        **spread,  # type: ignore[arg-type]  # numbers of shards and copies
    )
    client.create_payload_index(collection_of(build), ROW, models.PayloadSchemaType.INTEGER)


def _id_of(build: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, build))


def _build_of(one: Generation) -> str:
    return one.build


def dense(
    vector: NDArray[Any], field: str, count: int, among: models.Filter | None = None, exact: bool = False
) -> models.QueryRequest:
    """Ask for the points nearest to ``vector``."""
    how = models.SearchParams(exact=True) if exact else models.SearchParams(hnsw_ef=max(_EF, count))
    return models.QueryRequest(query=vector.tolist(), using=field, limit=max(count, 1), filter=among, params=how)


def sparse(numbers: Sequence[int], field: str, count: int, among: models.Filter | None = None) -> models.QueryRequest:
    """Ask for the greatest sums of the weights of these terms."""
    asked = models.SparseVector(indices=list(numbers), values=[1.0] * len(numbers))
    return models.QueryRequest(query=asked, using=field, limit=max(count, 1), filter=among)


def only(rows: Iterable[int]) -> models.Filter:
    """Keep to these points."""
    return models.Filter(must=[models.HasIdCondition(has_id=list(rows))])


def within(ranges: Sequence[Range] | None) -> tuple[models.Filter | None, bool]:
    """Keep to half-open ranges of rows, and tell whether so few are left that every one is to be compared."""
    if ranges is None:
        return None, False
    conditions: list[models.Condition] = [
        models.FieldCondition(key=ROW, range=models.Range(gte=start, lt=end)) for start, end in ranges
    ]
    return models.Filter(should=conditions), sum(end - start for start, end in ranges) <= FILTERED_EXACTLY


def numbers_of(points: Points) -> Rows:
    """Return the numbers of points that were found."""
    return np.array([int(point.id) for point in points], np.int64)


def scores_of(points: Points) -> Scores:
    """Return their scores."""
    return np.array([point.score for point in points], np.float32)


def alongside(rows: Rows, points: Points) -> Scores:
    """Return the score of each of ``rows``, ascending; 0 of those that were not found."""
    found = np.zeros(len(rows), np.float32)
    found[rows.searchsorted(numbers_of(points))] = scores_of(points)
    return found
