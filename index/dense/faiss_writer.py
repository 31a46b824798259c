"""Write a vector index that fits its size: exact while that is cheap, else an approximate one whose recall is measured here.

Comes in: float32 unit vectors in row order, and questions to measure with. Goes out: an index on disk, and what it is. Refuses to
know what a row stands for.

A large index is an inverted file: rows are grouped around some thousand centres, and a question looks into the groups of the nearest
centres only. As many groups as its recall wants are looked into; where no number of them does, the index is exact after all. Memory
does not grow with the rows: they lie on disk from the start, centres are learned from a sample, and the groups are filled block by
block.
"""

import ctypes
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from faiss.contrib.ondisk import merge_ondisk
from numpy.typing import NDArray

from index.arrays import StoredArray, in_bytes, unit
from index.dense.faiss_reader import VectorFiles, Vectors
from index.processors import usable_processors

EXACT_UP_TO = 50_000  # rows; benchmarks/SCALING.md
WANTED_RECALL = 0.985  # of the ten nearest rows, on average over the questions measured with
MOST_BYTES = 512 * 1024**2  # of the groups: with more rows than fit into it at a byte a number, a number takes half a byte
_DEPTH = 10
_QUESTIONS = 200
_NOISE = 2.0  # added to a row of unit length it gives a question with a cosine of 0.45 to that row: harder than most real ones
_BLOCK = 50_000  # rows in memory at a time
_SAMPLE = 40  # rows a centre to learn from


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """How an index is searched, for the manifest."""

    kind: str  # "exact" or "inverted file"
    rows: int
    centres: int = 0
    looked_into: int = 0  # groups a question looks into
    recall10: float = 1.0  # share of the ten nearest rows that it finds


class VectorsWriter:
    """Lays vectors on disk in row order and makes the index of them at the end."""

    def __init__(self, path: Path, dimension: int, exact_up_to: int = EXACT_UP_TO, in_bytes: bool = False) -> None:
        """Begin an empty index at ``path``.

        Args:
            path: of the index.
            dimension: of the vectors.
            exact_up_to: with more rows than that, it approximates.
            in_bytes: keep a number in a byte instead of in half precision while it is exact: half the memory and the time of a
                search, for what is near enough by a cosine right to 0.002.
        """
        self._files = VectorFiles(path)
        self._dimension = dimension
        self._exact_up_to = exact_up_to
        self._in_bytes = in_bytes
        self._size = 0
        self._file = self._files.rows.open("wb")

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add the next rows, shape (n, d), float32, unit length."""
        self._file.write(vectors.astype(np.float16).tobytes())
        self._size += len(vectors)

    def close(self) -> None:
        """Give up or finish writing rows."""
        self._file.close()

    def save(self, questions: Callable[[], NDArray[np.float32]]) -> VectorSearch:
        """Write the index and return how it is searched.

        Args:
            questions: gives vectors of questions as people ask them, unit length, shape (q, d), q may be 0; recall is measured
                with them, and with rows that noise was added to where they are few. Called for a large index only.
        """
        self.close()
        # Search sets one thread; learning takes all there are.
        faiss.omp_set_num_threads(usable_processors())
        if self._size > self._exact_up_to:
            approximate = self._approximate(questions())
            if approximate.recall10 >= WANTED_RECALL:
                return approximate
            self._files.lists.unlink()
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed if self._in_bytes else faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexScalarQuantizer(self._dimension, kind, faiss.METRIC_INNER_PRODUCT)
        for block in self._blocks():
            index.add(in_bytes(block).astype(np.float32) if self._in_bytes else block)
        faiss.write_index(index, str(self._files.index))
        self._files.rows.unlink()
        return VectorSearch("exact", self._size)

    def _approximate(self, questions: NDArray[np.float32]) -> VectorSearch:
        centres = 2 ** round(math.log2(4 * math.sqrt(self._size)))
        index = self._learned(centres)
        self._fill(index)
        rows = StoredArray(self._rows())
        asked = self._questions(questions)
        nearest = self._truly_nearest(asked)
        recall, looked_into = 0.0, 0
        for looked_into in _numbers_of_groups(centres // 4):
            index.nprobe = looked_into
            opened = Vectors(index, rows)
            hits = [len(set(opened.nearest(one, _DEPTH)[0]) & set(true)) for one, true in zip(asked, nearest, strict=True)]
            recall = float(np.mean(hits)) / _DEPTH
            if recall >= WANTED_RECALL:
                break
        lists: Any = faiss.downcast_InvertedLists(index.invlists)  # type: ignore[arg-type]  # it has them
        lists.filename = self._files.lists.name  # where it lies now is nobody's business
        faiss.write_index(index, str(self._files.index))
        return VectorSearch("inverted file", self._size, centres, looked_into, round(recall, 4))

    def _learned(self, centres: int) -> "faiss.IndexIVFScalarQuantizer":
        fits = self._size * self._dimension <= MOST_BYTES
        quantiser = faiss.ScalarQuantizer.QT_8bit if fits else faiss.ScalarQuantizer.QT_4bit
        coarse: Any = faiss.IndexFlatIP(self._dimension)
        index = faiss.IndexIVFScalarQuantizer(coarse, self._dimension, centres, quantiser, faiss.METRIC_INNER_PRODUCT)
        coarse.this.disown()
        index.own_fields = True
        index.cp.niter = 10
        index.cp.seed = 7
        step = max(1, self._size // (centres * _SAMPLE))
        index.train(self._rows()[::step].astype(np.float32))
        return index

    def _fill(self, index: "faiss.IndexIVFScalarQuantizer") -> None:
        parts: list[Path] = []
        first = 0
        for number, block in enumerate(self._blocks()):
            part = faiss.clone_index(index)
            part.add_with_ids(block, np.arange(first, first + len(block)))
            parts.append(self._files.index.with_suffix(f".part{number}"))
            faiss.write_index(part, str(parts[-1]))
            first += len(block)
        with _standard_output_kept():
            merge_ondisk(index, list(map(str, parts)), str(self._files.lists))
        for path in parts:
            path.unlink()

    def _rows(self) -> NDArray[np.float16]:
        return np.memmap(self._files.rows, np.float16, "r", shape=(self._size, self._dimension))

    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        if self._size:
            rows = self._rows()
            for start in range(0, self._size, _BLOCK):
                yield rows[start : start + _BLOCK].astype(np.float32)

    def _questions(self, questions: NDArray[np.float32]) -> NDArray[np.float32]:
        lacking = max(0, _QUESTIONS - len(questions))
        rows = self._rows()[:: max(1, self._size // max(lacking, 1))][:lacking].astype(np.float32)
        noise = np.random.default_rng(7).normal(size=rows.shape).astype(np.float32)
        return np.concatenate([questions[:_QUESTIONS], unit(rows + np.float32(_NOISE) * unit(noise))])

    def _truly_nearest(self, asked: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the rows nearest to each question, by comparing every one, shape (questions, _DEPTH)."""
        best = np.empty((len(asked), 0), np.float32)
        rows = np.empty((len(asked), 0), np.int64)
        first = 0
        for block in self._blocks():
            cosines = asked @ block.T
            top = np.argpartition(-cosines, _DEPTH, axis=1)[:, :_DEPTH]
            best = np.concatenate([best, np.take_along_axis(cosines, top, axis=1)], axis=1)
            rows = np.concatenate([rows, top + first], axis=1)
            keep = np.argsort(-best, axis=1, kind="stable")[:, :_DEPTH]
            best, rows = np.take_along_axis(best, keep, axis=1), np.take_along_axis(rows, keep, axis=1)
            first += len(block)
        return rows


def _numbers_of_groups(most: int) -> Iterator[int]:
    """Yield how many groups may be looked into, fewest first: 8, 12, 16, 24, 32 and so on, to ``most``."""
    for power in range(3, most.bit_length()):
        yield from (number for number in (2**power, 3 * 2 ** (power - 1)) if number <= most)


@contextmanager
def _standard_output_kept() -> Iterator[None]:
    """Lead to standard error what a library prints by itself: standard output may be a JSON object and nothing else.

    FAISS says there, in C, how large the file is that it merges lists into.
    """
    library = ctypes.CDLL(None)
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        library.fflush(None)  # what C holds back would come out where it is led to then
        os.dup2(kept, 1)
        os.close(kept)
