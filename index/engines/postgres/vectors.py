"""Vectors that PostgreSQL compares, and those that come with passages.

Comes in: a question's vector. Goes out: rows with their cosine. Refuses to know what a row stands for.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE, in_bytes
from index.dense.faiss_reader import Range
from index.engines.source import Rows, Scores

FILTERED_EXACTLY = 20_000  # rows of a filter up to which every one is compared

_NEAREST = "SELECT row, -(vector <#> %s::halfvec) FROM {}.passages ORDER BY vector <#> %s::halfvec LIMIT %s"
_RANGES = "unnest(%s::int[], %s::int[]) AS wanted (start, stop)"
_NEAREST_WITHIN = (
    "SELECT row, -(vector <#> %s::halfvec) FROM {}.passages "  # noqa: S608  # ours
    f"WHERE EXISTS (SELECT 1 FROM {_RANGES} WHERE row >= start AND row < stop) ORDER BY vector <#> %s::halfvec LIMIT %s"
)
_ALL_WITHIN = (
    "WITH chosen AS MATERIALIZED (SELECT row, -(vector <#> %s::halfvec) AS cosine "  # noqa: S608  # ours
    f"FROM {_RANGES} JOIN {{}}.passages ON row >= start AND row < stop) "
    "SELECT row, cosine FROM chosen ORDER BY cosine DESC LIMIT %s"
)
_COMPARED = "SELECT row, -(vector::vector <#> %s::vector) FROM {}.passages WHERE row = ANY(%s::int[]) ORDER BY row"
_NEAREST_KEYS = "SELECT place, -(vector <#> %s::halfvec) FROM {}.keys ORDER BY vector <#> %s::halfvec LIMIT %s"

Ask: TypeAlias = Callable[..., list[tuple[Any, ...]]]


class PassageVectors:
    """The vectors of passages."""

    def __init__(self, ask: Ask) -> None:
        """Find them by ``ask``."""
        self._ask = ask

    def nearest(self, query: NDArray[np.float32], count: int, ranges: Sequence[Range] | None = None) -> tuple[Rows, Scores]:
        """Return the nearest; see ComparedVectors. Where a filter leaves few, or the graph gives too few, all are compared."""
        if ranges is None:
            return self._found(_NEAREST, query, query, count)
        starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
        within = sum(ends) - sum(starts)
        if within > FILTERED_EXACTLY:
            rows, cosines = self._found(_NEAREST_WITHIN, query, starts, ends, query, count)
            if len(rows) >= min(count, within):
                return rows, cosines
        return self._found(_ALL_WITHIN, query, starts, ends, count)

    def cosines(self, query: NDArray[np.float32], rows: Rows) -> Scores:
        """Compare as the files of a build do: the passage in half precision, the question in single."""
        if not len(rows):
            return np.empty(0, np.float32)
        return self._found(_COMPARED, query, rows.tolist())[1]

    def _found(self, statement: str, *values: object) -> tuple[Rows, Scores]:
        return found_by(self._ask(statement, *(_text(one) if isinstance(one, np.ndarray) else one for one in values)))


class NearestKeys:
    """The vectors of expansions, as far as the nearest are looked for."""

    def __init__(self, ask: Ask) -> None:
        """Find them by ``ask``."""
        self._ask = ask

    def nearest(self, query: NDArray[np.float32], count: int, ranges: Sequence[Range] | None = None) -> tuple[Rows, Scores]:
        """Return the nearest of all; see NearestVectors. There is no filter over expansions."""
        asked = _text(in_bytes(query))
        rows, products = found_by(
            self._ask(
                "SELECT place, -(vector <#> %s::halfvec) FROM {}.keys ORDER BY vector <#> %s::halfvec LIMIT %s",
                asked,
                asked,
                count,
            )
        )
        return rows, products / np.float32(BYTE_SCALE**2)


def found_by(found: Iterable[tuple[int, float]]) -> tuple[Rows, Scores]:
    """Return numbers and cosines that were found, as arrays."""
    pairs = list(found)
    return np.array([row for row, _ in pairs], np.int64), np.array([cosine for _, cosine in pairs], np.float32)


def _text(vector: NDArray[Any]) -> str:
    """Return ``vector`` as pgvector reads it."""
    return str(vector.tolist())
