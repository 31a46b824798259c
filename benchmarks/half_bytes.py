"""An inverted file at a byte and at half a byte a number: recall, time, size, and how many groups are looked into.

    python -m benchmarks.half_bytes --folder ROOM [--rows 300000]

``VectorsWriter`` chooses half a byte by itself where a byte a number takes more than ``MOST_BYTES``, from 1.4 million rows; here that
limit is moved, so that both forms are written of the same rows. The rows are those of ``benchmarks.scaling``: two real passages joined
with noise. A room of that benchmark, with its ``pool``, is used where there is one.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks import question_sets
from benchmarks.scaling import joined_vectors, make_pool, pool, questions_of_sets, recall_of
from index.dense.faiss_reader import Vectors
from index.dense.faiss_writer import MOST_BYTES, VectorSearch, VectorsWriter
from index.encoders.query_encoder import QueryEncoder

DEPTH = 10
_BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class Form:
    """How an index of one form did."""

    search: VectorSearch
    written_s: float
    megabytes: float
    p95_ms: float
    recall10: float  # on questions that it did not measure itself with


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, metavar="ROOM")
    parser.add_argument("--rows", type=int, default=300_000)
    options = parser.parse_args()
    if not question_sets.are_there():
        return 2
    shared = options.folder / "pool"
    if not shared.exists():
        shared.mkdir(parents=True)
        make_pool(shared)
    passages = np.stack([one.passage for _, _, one in pool(shared, whole=True)[0]])
    encoder = QueryEncoder.open(shared / "encoder")
    asked, own = (encoder.vectors(questions) for questions in questions_of_sets())
    print(f"{options.rows:,} rows\n")
    print(
        "| a number | searched | written s | MB | p95 ms | recall@10 measured by itself | recall@10 |\n|---|---|---|---|---|---|---|"
    )
    for name, most in (("a byte", MOST_BYTES * 1000), ("half a byte", 0)):
        with patch("index.dense.faiss_writer.MOST_BYTES", most):
            form = _form(options.folder / f"{name.replace(' ', '_')}.faiss", passages, options.rows, asked, own)
        print(
            f"| {name} | {form.search.looked_into} of {form.search.centres} groups | {form.written_s:.0f} | {form.megabytes:.0f} | "
            f"{form.p95_ms:.2f} | {form.search.recall10} | {form.recall10:.4f} |",
            flush=True,
        )
    return 0


def _form(path: Path, passages: np.ndarray, rows: int, asked: np.ndarray, own: np.ndarray) -> Form:
    started = time.perf_counter()
    writer = VectorsWriter(path, passages.shape[1])
    generator = np.random.default_rng(rows)
    for start in range(0, rows, _BLOCK):
        one, other = generator.integers(0, len(passages), (2, min(_BLOCK, rows - start)))
        writer.add(joined_vectors(passages[one], passages[other], generator))
    search = writer.save(lambda: own)
    written = time.perf_counter() - started
    index = Vectors.open(path)
    times, found = [], []
    for question in asked:
        before = time.perf_counter()
        found.append(index.nearest(question, DEPTH)[0])
        times.append(time.perf_counter() - before)
    files = [file for file in path.parent.glob(f"{path.stem}.*") if file.suffix != ".f16"]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return Form(search, written, megabytes, 1000 * float(np.percentile(times, 95)), recall_of(path, asked, found))


if __name__ == "__main__":
    sys.exit(main())
