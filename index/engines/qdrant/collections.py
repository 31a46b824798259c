"""The collection of a build in Qdrant, and what can be asked of it.

Comes in: rows, terms, phrases, vectors. Goes out: an empty collection, requests, and what was found. Refuses to ask.

Points 0 to n - 1 are passages, those behind are their expansions, and the last n, which have no vectors, are what a few passages are
looked at by. A passage and each of its expansions bring along what the passage is scored by, so that one batch is all that nominating
takes. Of the rows that hold the rarest two neighbours of a phrase, Qdrant keeps those that hold the next two, and so on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from index.dense.faiss_reader import Range
from index.engines.embedded import BY_PHRASE, COMMON, LEAST_COMMON
from index.engines.source import Rows, Scores
from index.remembered import Remembered
from index.sparse.bm25 import TermNumbers
from index.text.analysis import pairs_of

LAYOUT = 2  # of a build's collection; one in another is as if it were not finished, and publishing writes it anew
PASSAGE, KEY, ROW, SCORED = "passage", "key", "row", "scored"
WORDS, EXPANSIONS, PAIRS = "words", "expansions", "pairs"
SPARSE = (WORDS, EXPANSIONS, PAIRS)
_DENSE_M = 16
FILTERED_EXACTLY = 20_000  # rows of a filter up to which every one is compared
_EF = 256  # how wide the graph is searched

Points = Sequence[models.ScoredPoint]
MOST_WITH_PHRASE = 10_000  # passages that hold the rarest pair of a phrase: beyond, it tells too few apart to be looked for
QUOTED = "quoted"
_HELD = 256  # phrases that were asked for last

Phrase = tuple[str, ...]
Ask = Callable[[Mapping[str, models.QueryRequest]], Mapping[str, Points]]
_Terms = list[tuple[int, str, int]]  # in how many passages it stands, a field, its number there; the rarest first


def collection_of(build: str) -> str:
    """Return the name of the collection that holds ``build``."""
    return f"localism_{build}"


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


def dense(
    vector: NDArray[Any], field: str, count: int, among: models.Filter | None = None, exact: bool = False
) -> models.QueryRequest:
    """Ask for the points nearest to ``vector``, each with what its passage is scored by."""
    how = models.SearchParams(exact=True) if exact else models.SearchParams(hnsw_ef=max(_EF, count))
    return models.QueryRequest(
        query=vector.tolist(), using=field, limit=max(count, 1), filter=among, params=how, with_payload=[SCORED]
    )


def sparse(numbers: Sequence[int], field: str, count: int) -> models.QueryRequest:
    """Ask for the greatest sums of the weights of these terms, each with what its passage is scored by."""
    return models.QueryRequest(query=_summed(numbers), using=field, limit=max(count, 1), with_payload=[SCORED])


def holding(terms: Sequence[tuple[str, int]], first: int, most: int) -> models.QueryRequest:
    """Ask which points hold every one of ``terms``, each a field and a number; ``first`` is how many hold the first of them."""
    *earlier, (field, number) = terms
    return models.QueryRequest(
        prefetch=_narrowed(earlier, first), query=_summed([number]), using=field, limit=most, with_payload=False
    )


def first_holding(terms: Sequence[tuple[str, int]], first: int, most: int) -> models.QueryRequest:
    """Ask for the first rows of those that ``holding`` would give, with what they are scored by."""
    by_row = models.OrderByQuery(order_by=models.OrderBy(key=ROW))
    return models.QueryRequest(prefetch=_narrowed(terms, first), query=by_row, limit=most, with_payload=[SCORED])


def _narrowed(terms: Sequence[tuple[str, int]], first: int) -> models.Prefetch | None:
    """Find the points that hold the first of ``terms``, and of these again those that hold the next."""
    found: models.Prefetch | None = None
    for field, number in terms:
        found = models.Prefetch(prefetch=found, query=_summed([number]), using=field, limit=first)
    return found


def _summed(numbers: Sequence[int]) -> models.SparseVector:
    return models.SparseVector(indices=list(numbers), values=[1.0] * len(numbers))


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


class Phrases:
    """Of one build."""

    def __init__(self, numbers: Mapping[str, TermNumbers]) -> None:
        """Know terms by ``numbers``, of each field."""
        self._numbers = numbers
        size = numbers[WORDS].size
        self._most = int(max(COMMON * size, LEAST_COMMON))  # a phrase that more passages hold tells none of them apart
        self._rows: Remembered[Rows] = Remembered(_HELD)

    def requests(self, phrases: Sequence[Phrase]) -> dict[str, models.QueryRequest]:
        """Return what is to be asked for: the first rows that hold all ``phrases``, and which hold each."""
        asked = {_name(one): self._request(one) for one in self._telling(phrases) if self._rows.get(one) is None}
        terms = [self._terms(one) for one in phrases]
        if terms and all(terms):
            joined = sorted({term for one in terms for term in one})
            asked[QUOTED] = first_holding([term[1:] for term in joined], joined[0][0], BY_PHRASE)
        return asked

    def keep(self, phrases: Sequence[Phrase], found: Mapping[str, Points]) -> None:
        """Hold which rows were found to hold each of ``phrases``."""
        for one in self._telling(phrases):
            if _name(one) in found:
                self._rows.put(one, numbers_of(found[_name(one)]))

    def held(self, phrases: Sequence[Phrase], rows: Rows, ask: Ask) -> Rows:
        """Return how many of ``phrases`` each of ``rows`` holds; ``ask`` gives what of them was not asked for lately."""
        held = np.zeros(len(rows), np.int64)
        for one in self._telling(phrases):
            holders = self._rows.get(one)
            if holders is None:
                holders = numbers_of(ask({_name(one): self._request(one)})[_name(one)])
                self._rows.put(one, holders)
            if len(holders) <= self._most:
                held += np.isin(rows, holders)
        return held

    def _telling(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return those of several words that are known."""
        return [one for one in phrases if len(one) > 1 and self._terms(one)]

    def _request(self, phrase: Phrase) -> models.QueryRequest:
        terms = self._terms(phrase)
        return holding([term[1:] for term in terms], terms[0][0], self._most + 1)

    def _terms(self, phrase: Phrase) -> _Terms:
        """Return what holds ``phrase``; nothing where no passage does, or too many hold the rarest of it."""
        pairs = pairs_of(phrase)
        field, texts = (PAIRS, pairs) if pairs else (WORDS, phrase[:1])
        known = self._numbers[field]
        numbers = [(known.frequency(text), field, known.number(text)) for text in texts]
        terms = sorted({(count, field, number) for count, field, number in numbers if number is not None})
        is_known = bool(terms) and all(number is not None for *_, number in numbers)
        return terms if is_known and terms[0][0] <= MOST_WITH_PHRASE else []


def _name(phrase: Phrase) -> str:
    return f"phrase {' '.join(phrase)}"
