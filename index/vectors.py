"""The one door to FAISS: vectors in, nearest rows out.

Comes in: float32 unit vectors in row order. Goes out: rows with their cosine. Refuses to know what a row stands for.
"""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild


class VectorsWriter:
    """Collects vectors in row order and writes an exact inner-product index."""

    def __init__(self, dimension: int) -> None:
        """Begin an empty index of vectors of length ``dimension``."""
        self._index = faiss.IndexFlatIP(dimension)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add the next rows, shape (n, d), float32, unit length."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors))

    def save(self, path: Path) -> None:
        """Write the index to ``path``."""
        faiss.write_index(self._index, str(path))


class Vectors:
    """An opened vector index: exact search by inner product, which is the cosine of unit vectors."""

    def __init__(self, index: "faiss.Index") -> None:
        """Wrap an index that FAISS has read."""
        self._index = index
        self.size = int(index.ntotal)
        self.dimension = int(index.d)

    @classmethod
    def open(cls, path: Path) -> "Vectors":
        """Map the index that lies at ``path`` into memory.

        Raises:
            DamagedBuild: the file is missing or not an index.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP))
        except RuntimeError as error:
            raise DamagedBuild(
                f"The vector index {path.name} cannot be opened ({_first_line(error)}). Build again: localism-ingest build"
            ) from error

    def nearest(
        self, query: NDArray[np.float32], count: int, ranges: Sequence[tuple[int, int]] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the ``count`` rows nearest to ``query``, best first, and their cosines.

        Args:
            query: shape (d,), float32, unit length.
            count: how many rows at most; fewer come back where fewer are there.
            ranges: half-open ranges of rows to search in; all rows where None.
        """
        count = min(count, self.size)
        if count == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # One question is too little work to share: a second thread only waits for the first, and takes the core from another question.
        # OpenMP keeps the number for each thread that asks, so it is set here, by the one that searches.
        faiss.omp_set_num_threads(1)
        parameters = None if ranges is None else faiss.SearchParameters(sel=_selector(ranges))  # type: ignore[call-arg]  # stubs lack it
        cosines, rows = self._index.search(query[None, :], count, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of ``rows``, shape (n, d)."""
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        vectors: NDArray[np.float32] = self._index.reconstruct_batch(rows)
        return vectors


def _selector(ranges: Sequence[tuple[int, int]]) -> "faiss.IDSelector":
    rows = np.concatenate([np.arange(start, end, dtype=np.int64) for start, end in ranges] or [np.empty(0, np.int64)])
    return faiss.IDSelectorBatch(rows)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[-1][:200]
