"""The door to FAISS: a question's vector in, the nearest rows out.

Comes in: the files of ``index.dense.faiss_writer``. Goes out: rows with their cosine. Refuses to know what a row stands for.

A small index is searched exactly. A large one finds more rows than were asked for by approximation and puts them in order by their
own vectors, which lie beside it on disk; how often that misses a row was measured when it was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE, StoredArray, in_bytes, moved_down
from index.errors import DamagedBuild

OVERSAMPLED = 2  # rows that a large index looks at for each that is asked for
FILTERED_EXACTLY = 20_000  # rows of a filter up to which a large index compares every one

Range = tuple[int, int]
"""A half-open range of rows."""

_door: Any = faiss  # for what its stubs do not know


@dataclass(frozen=True, slots=True)
class VectorFiles:
    """Where the parts of an index lie."""

    index: Path

    @property
    def lists(self) -> Path:
        """The inverted lists of a large index."""
        return self.index.with_suffix(".lists")

    @property
    def rows(self) -> Path:
        """The vectors of a large index in row order, float16, shape (n, d)."""
        return self.index.with_suffix(".f16")


class Vectors:
    """An opened vector index: search by inner product, which is the cosine of unit vectors."""

    def __init__(
        self,
        index: Any,  # noqa: ANN401 - a faiss.Index, of which the stubs lack half
        rows: StoredArray[np.float16] | None = None,
    ) -> None:
        """Wrap a ``faiss.Index``; ``rows`` are its vectors where it is a large one."""
        self._index = index
        self._rows = rows
        self._in_bytes = _holds_bytes(index)
        self.size = int(index.ntotal)
        self.dimension = int(index.d)

    @classmethod
    def open(cls, path: Path) -> "Vectors":
        """Map the index that lies at ``path`` into memory.

        Raises:
            DamagedBuild: the file is missing or not an index.
        """
        files = VectorFiles(path)
        try:
            # Lists and vectors are mapped, never read whole.
            if not files.rows.exists():
                return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
            index: Any = faiss.read_index(str(path), faiss.IO_FLAG_SKIP_IVF_DATA)
            _map_lists(index, files.lists)
            rows = StoredArray(np.memmap(files.rows, np.float16, "r", shape=(int(index.ntotal), int(index.d))))
        except (RuntimeError, ValueError, OSError) as error:
            raise DamagedBuild(
                f"The vector index {path.name} cannot be opened ({_first_line(error)}). Build again: localism-ingest build"
            ) from error
        return cls(index, rows)

    def nearest(
        self, query: NDArray[np.float32], count: int, ranges: Sequence[Range] | None = None
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
        allowed = None if ranges is None else marked(self.size, ranges)
        if self._rows is None:
            return self._searched(query, count, allowed)
        if ranges is not None and sum(end - start for start, end in ranges) <= FILTERED_EXACTLY:
            found = np.concatenate([np.arange(start, end, dtype=np.int64) for start, end in ranges])
        else:
            found, _ = self._searched(query, min(OVERSAMPLED * count, self.size), allowed)
        cosines = self.rows(found) @ query  # in the order of ``found``
        best = np.argsort(-cosines, kind="stable")[:count]
        return found[best], cosines[best]

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of ``query`` and each of ``rows``, which are distinct and ascending, shape (rows,)."""
        if self._rows is not None or self._in_bytes or not len(rows):
            return self.rows(rows) @ query
        # FAISS compares half precision as it is stored; taking the rows out and unfolding them takes three times as long.
        allowed = np.zeros(self.size, bool)
        allowed[rows] = True
        found, cosines = self._searched(query, len(rows), allowed)
        return np.asarray(cosines[np.argsort(found)], np.float32)

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of ``rows``, shape (n, d)."""
        if self._rows is not None:
            return self._rows.parts([(row, row + 1) for row in rows.tolist()]).astype(np.float32)
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        if self._in_bytes:
            stored = _door.rev_swig_ptr(self._index.codes.data(), self._index.codes.size()).reshape(self.size, self.dimension)
            return moved_down(stored[rows]).astype(np.float32) / np.float32(BYTE_SCALE)
        vectors: NDArray[np.float32] = self._index.reconstruct_batch(rows)
        return vectors

    def _searched(
        self, query: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        # One question is too little work to share: a second thread only waits for the first, and takes the core from another question.
        # OpenMP keeps the number for each thread that asks, so it is set here, by the one that searches.
        faiss.omp_set_num_threads(1)
        parameters = None
        if allowed is not None:
            selector = _door.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = (
                _door.SearchParameters(sel=selector)
                if self._rows is None
                else _door.SearchParametersIVF(sel=selector, nprobe=self._index.nprobe)
            )
        # Where the processor multiplies bytes, FAISS cuts the numbers of a question down to whole ones: it gets them whole.
        asked = in_bytes(query).astype(np.float32) if self._in_bytes else query
        cosines, rows = self._index.search(asked[None, :], count, params=parameters)
        found = rows[0] >= 0
        scale = np.float32(BYTE_SCALE**2 if self._in_bytes else 1.0)
        return rows[0][found], cosines[0][found] / scale


def marked(size: int, ranges: Sequence[Range]) -> NDArray[np.bool_]:
    """Return which of ``size`` rows stand in ``ranges``, shape (size,)."""
    inside = np.zeros(size, bool)
    for start, end in ranges:
        inside[start:end] = True
    return inside


def _map_lists(index: Any, path: Path) -> None:  # noqa: ANN401 - see Vectors
    """Let ``index`` look into the inverted lists at ``path``, wherever they lay when it was written.

    FAISS has a flag for that, which prints a line of its own on standard output.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing")
    lists = _door.downcast_InvertedLists(index.invlists)
    lists.filename = str(path)
    lists.read_only = True
    lists.do_mmap()
    lists.prefetch_nthread = 0  # reading ahead takes threads of its own for each question; the disk's cache does as well


def _holds_bytes(index: Any) -> bool:  # noqa: ANN401 - see Vectors
    quantiser = getattr(index, "sq", None)
    return quantiser is not None and quantiser.qtype == faiss.ScalarQuantizer.QT_8bit_direct_signed


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
