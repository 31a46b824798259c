"""Questions as Qdrant is asked them: requests of one batch, and scores out of what comes back.

Comes in: rows, terms, vectors. Goes out: requests, scores by row. Refuses to send anything.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import models

from index.dense.faiss_reader import Range
from index.engines.qdrant.collections import ROW
from index.engines.source import Rows, Scores

FILTERED_EXACTLY = 20_000  # rows of a filter up to which every one is compared
_EF = 256  # how wide the graph is searched

Points = Sequence[models.ScoredPoint]


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
