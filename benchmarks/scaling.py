"""How time, memory, disk and recall grow with the corpus: builds of a thousand to a million passages, searched on one core.

    python -m benchmarks.scaling --folder ROOM [--sizes 1000 10000 100000 1000000] [--keep]

The passages are those of the question sets in ../shared/bench, multiplied: each made passage begins with the first sentences of one
real passage and ends with the last of another, its vector is that of the two joined with noise, its tokens are theirs. Fifty stand in
a document. They go through the writer that production uses; reading and embedding, which grow in step with the pages, are left out.
The questions are real ones of the same sets. A million passages need about 35 GB in ROOM while they are written. Private memory is
what the process holds for itself; mapped files, which the system takes back when it needs room, are resident beside it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.question_sets import NAMES, SETS
from index.arrays import unit
from index.build.manifest import Manifest
from index.build.reader import Build, open_build
from index.build.ready_document import ReadyDocument
from index.build.writer import BuildWriter
from index.dense.faiss_reader import VectorFiles
from index.encoders.export import export_query_encoder
from index.encoders.full import SentenceTransformerEmbedder, light_identity
from index.encoders.light import LightEmbedder
from index.encoders.passage_vectors import PassageVectors, passage_vectors
from index.evaluation.benchmark_sets import read_set
from index.late_interaction.projection import principal_directions
from index.late_interaction.token_writer import WHOLE_UP_TO, shortened
from index.lexicon import Lexicon
from index.records import Document, Kind, Page, Passage, Span, passage_id
from index.retrieval.searcher import Searcher
from index.text.splitting import Geometry, split_pages

SIZES = (1_000, 10_000, 100_000, 1_000_000)
A_DOCUMENT = 50  # passages
A_PAGE = 5
NOISE = 0.3
QUESTIONS = 400
KEPT_ARRAYS = ("passage", "tokens", "sentences", "pieces", "bounds", "piece_bounds")
POOL_OF_A_SET = 1500  # real passages taken from each set at most


@dataclass(frozen=True, slots=True)
class Made:
    """What making a build took."""

    seconds: float
    peak_mb: float
    disk_mb: dict[str, float]
    search: dict[str, Any]  # how the passage vectors are searched


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking it took, on one core."""

    cold_open_s: float
    open_s: float
    p50_ms: float
    p95_ms: float
    cold_p95_ms: float
    vectors_p95_ms: float
    recall10: float
    resident_mb: float
    private_mb: float


Part = tuple[str, tuple[Span, ...], PassageVectors]


def make_pool(folder: Path) -> None:
    """Read and embed real passages of the sets, once for all sizes, and leave them in ``folder`` with the encoder."""
    full = SentenceTransformerEmbedder()
    export_query_encoder(full, folder / "encoder")
    light = LightEmbedder(full, folder / "encoder")
    for name in NAMES:
        documents = read_set(SETS / name / "docs.jsonl", SETS / name / "queries.jsonl", SETS / name / "qrels.tsv").documents
        pairs: list[tuple[Document, Passage]] = []
        for document in documents:
            record = Document(document.id, document.title, Kind.ORIGINAL)
            page = Page(1, document.text, paged=False)
            pairs += [(record, passage) for passage in split_pages(record, [page], Geometry(), light.count_tokens)]
            if len(pairs) >= POOL_OF_A_SET:
                break
        made = zip(pairs, passage_vectors(pairs, light), strict=True)
        parts = [(passage, one) for (_, passage), one in made if len(passage.sentences) > 1]
        texts = [{"text": passage.text, "sentences": passage.sentences} for passage, _ in parts]
        (folder / f"{name}.json").write_text(json.dumps(texts))
        arrays = {key: [getattr(one, key) for _, one in parts] for key in ("passage", "tokens", "sentences", "pieces")}
        bounds, piece_bounds = (np.cumsum([0, *map(len, arrays[key])]) for key in ("tokens", "pieces"))
        joined = {key: np.concatenate(arrays[key]) for key in ("tokens", "sentences", "pieces")}
        joined |= {"passage": np.stack(arrays["passage"]), "bounds": bounds, "piece_bounds": piece_bounds}
        for key, values in joined.items():
            np.save(folder / f"{name}.{key}.npy", values)


def pool(folder: Path, whole: bool) -> tuple[list[Part], np.ndarray | None]:
    """Return the passages that ``make_pool`` left in ``folder``, and the directions of their tokens where those are not ``whole``.

    Finding directions and shortening is what the writer does at a certain number of passages; here it is done before, so that
    only writing is timed.
    """
    directions, parts = None, []
    for name in NAMES:
        arrays = {key: np.load(folder / f"{name}.{key}.npy", mmap_mode="r") for key in KEPT_ARRAYS}
        if not whole and directions is None:
            directions = principal_directions(arrays["tokens"][::3].astype(np.float32))
        tokens = arrays["tokens"] if directions is None else shortened(arrays["tokens"], directions)
        for place, text in enumerate(json.loads((folder / f"{name}.json").read_text())):
            here = slice(arrays["bounds"][place], arrays["bounds"][place + 1])
            one = PassageVectors(
                np.asarray(arrays["passage"][place]),
                np.asarray(tokens[here]),
                arrays["sentences"][here],
                arrays["pieces"][arrays["piece_bounds"][place] : arrays["piece_bounds"][place + 1]],
            )
            parts.append((text["text"], tuple(map(tuple, text["sentences"])), one))
    return parts, directions


def documents(parts: Sequence[Part], size: int) -> Iterator[ReadyDocument]:
    """Yield documents of made passages, ``size`` in all."""
    generator = np.random.default_rng(size)
    for number in range(size // A_DOCUMENT):
        document = Document(f"made-{number}", f"Document {number}", Kind.ORIGINAL)
        pages, passages, vectors = [], [], []
        for page_number in range(1, A_DOCUMENT // A_PAGE + 1):
            made = [_drawn(parts, generator) for _ in range(A_PAGE)]
            texts = [f"{text} ({number}.{page_number}.{place})" for place, (text, _, _) in enumerate(made)]
            pages.append(Page(page_number, "\n\n".join(texts)))
            start = 0
            for text, (_, sentences, one) in zip(texts, made, strict=True):
                identifier = passage_id(document.id, text)
                passages.append(
                    Passage(identifier, document.id, page_number, start, start + len(text), text, (), sentences, ())
                )
                vectors.append(one)
                start += len(text) + 2
        keys = np.empty((0, len(vectors[0].passage)), np.float32)
        yield ReadyDocument(document, pages, passages, vectors, keys, boxes={}, report={})


def _drawn(parts: Sequence[Part], generator: np.random.Generator) -> Part:
    one, other = generator.integers(0, len(parts), 2)
    return _joined(parts[int(one)], parts[int(other)], generator)


def _joined(one: Part, other: Part, generator: np.random.Generator) -> Part:
    cut = int(generator.integers(1, len(one[1]) + 1))
    rest = int(generator.integers(0, len(other[1])))
    head, tail = one[0][: one[1][cut - 1][1]].rstrip(), other[0][other[1][rest][0] :]
    shift = len(head) + 1 - other[1][rest][0]
    sentences = (*one[1][:cut], *((start + shift, end + shift) for start, end in other[1][rest:]))
    first, last = one[2].sentences < cut, other[2].sentences >= rest
    return (
        f"{head} {tail}",
        sentences,
        PassageVectors(
            passage=joined_vectors(one[2].passage, other[2].passage, generator),
            tokens=np.concatenate([one[2].tokens[first], other[2].tokens[last]]),
            sentences=np.concatenate([one[2].sentences[first], other[2].sentences[last] - rest + cut]).astype(np.int16),
            pieces=np.union1d(one[2].pieces, other[2].pieces),
        ),
    )


def joined_vectors(one: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return unit vectors between ``one`` and ``other``, moved by noise; the last axis is the model's."""
    noise = unit(generator.normal(size=one.shape).astype(np.float32))
    return unit(one + other + np.float32(NOISE) * noise)


def make(folder: Path, size: int) -> Made:
    """Write a build of ``size`` passages into ``folder``."""
    shared = folder.parent / "pool"
    parts, directions = pool(shared, whole=size <= WHOLE_UP_TO)
    model = light_identity(SentenceTransformerEmbedder().identity)
    started = time.perf_counter()
    with _PeakMemory() as peak, BuildWriter(folder, model, Geometry(), directions) as writer:
        for ready in documents(parts, size):
            writer.add(ready)
        build = writer.finish(
            Lexicon(suggestions=tuple(questions_of_sets()[1])), shared / "encoder", 1.0, readers={}, corpus_digest=""
        )
    seconds = time.perf_counter() - started
    (folder / "CURRENT").write_text(build)
    sizes = {path.name: _megabytes(path) for path in (folder / build).iterdir()}
    return Made(seconds, peak.megabytes, sizes, Manifest.open(folder / build).searches["passages"])


def ask(folder: Path) -> Asked:
    """Ask the build in ``folder`` real questions, on one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with threadpool_limits(1, user_api="blas"):  # as the server does
        return _asked(folder)


def _asked(folder: Path) -> Asked:
    path = folder / (folder / "CURRENT").read_text()
    questions, _ = questions_of_sets()
    _forget(path)
    cold, build = _opened(path)
    cold_times = _times(build, questions[:50])
    build.close()
    warm, build = _opened(path)
    _times(build, questions)
    times = _times(build, questions)
    vectors = build.encoder.vectors(questions)
    near, found = [], []
    for vector in vectors:
        started = time.perf_counter()
        found.append(build.files.vectors.nearest(vector, 10)[0])
        near.append(time.perf_counter() - started)
    resident, private = _memory("VmRSS"), _memory("RssAnon")
    recall = recall_of(path / "passages.faiss", vectors, found)
    p50, p95, cold_p95, near_p95 = (
        1000 * float(np.percentile(values, at)) for values, at in ((times, 50), (times, 95), (cold_times, 95), (near, 95))
    )
    return Asked(cold, warm, p50, p95, cold_p95, near_p95, recall, resident, private)


def _opened(path: Path) -> tuple[float, Build]:
    started = time.perf_counter()
    build = open_build(path)
    return time.perf_counter() - started, build


def _times(build: Build, questions: Sequence[str]) -> list[float]:
    searcher = Searcher(build)
    times = []
    for question in questions:
        started = time.perf_counter()
        searcher.search(question)
        times.append(time.perf_counter() - started)
    return times


def questions_of_sets() -> tuple[list[str], list[str]]:
    """Return questions to ask, and others that the build measures its recall with, as it does with a corpus's own questions."""
    asked: list[str] = []
    for name in NAMES:
        labelled = read_set(SETS / name / "docs.jsonl", SETS / name / "queries.jsonl", SETS / name / "qrels.tsv")
        asked += [question.text for question in labelled.questions if question.answerable][: 2 * QUESTIONS]
    mixed = [asked[place] for place in np.random.default_rng(1).permutation(len(asked))]
    return mixed[:QUESTIONS], mixed[QUESTIONS : 2 * QUESTIONS]


def recall_of(index: Path, questions: np.ndarray, found: Sequence[np.ndarray]) -> float:
    """Return the share of the ten truly nearest rows among those found."""
    rows = VectorFiles(index).rows
    if not rows.exists():
        return 1.0
    stored = np.memmap(rows, np.float16, "r").reshape(-1, questions.shape[1])
    best = np.empty((len(questions), 0), np.float32)
    at = np.empty((len(questions), 0), np.int64)
    for start in range(0, len(stored), 50_000):
        cosines = questions @ stored[start : start + 50_000].astype(np.float32).T
        top = np.argpartition(-cosines, 10, axis=1)[:, :10]
        best = np.concatenate([best, np.take_along_axis(cosines, top, axis=1)], axis=1)
        at = np.concatenate([at, top + start], axis=1)
    nearest = np.take_along_axis(at, np.argsort(-best, axis=1)[:, :10], axis=1)
    return float(np.mean([len(set(one) & set(true)) / 10 for one, true in zip(found, nearest, strict=True)]))


def _forget(path: Path) -> None:
    """Ask the system to drop what it holds of the build's files in memory, as after a start of the machine."""
    for file in path.rglob("*"):
        if file.is_file():
            handle = os.open(file, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


class _PeakMemory:
    """The most private memory of this process, looked at five times a second, less what it held before."""

    def __enter__(self) -> Self:
        self.megabytes, self._before = 0.0, _memory("RssAnon")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            self.megabytes = max(self.megabytes, _memory("RssAnon") - self._before)


def _memory(kind: str) -> float:
    """Return the memory of this process in MB: VmRSS is all that is resident, RssAnon what it holds for itself."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024


def _megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1024**2


def table(results: dict[int, tuple[Made, Asked]]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| passages | index | write s | peak MB | disk MB | cold open s | p50 ms | p95 ms | cold p95 ms | vectors p95 ms | recall@10 "
        "| resident MB | private MB |",
        "|" + "---|" * 13,
    ]
    for size, (made, asked) in results.items():
        search = made.search
        kind = search["kind"]
        if kind != "exact":
            kind += f", {search['looked_into']} of {search['centres']} groups, measured {search['recall10']:.3f}"
        lines.append(
            f"| {size:,} | {kind} | {made.seconds:.0f} | {made.peak_mb:.0f} | {sum(made.disk_mb.values()):.0f} | "
            f"{asked.cold_open_s:.2f} | {asked.p50_ms:.1f} | {asked.p95_ms:.1f} | {asked.cold_p95_ms:.1f} | "
            f"{asked.vectors_p95_ms:.2f} | {asked.recall10:.3f} | {asked.resident_mb:.0f} | {asked.private_mb:.0f} |"
        )
    parts = sorted({name for made, _ in results.values() for name in made.disk_mb})
    lines += ["", "| MB on disk | " + " | ".join(f"{size:,}" for size in results) + " |", "|" + "---|" * (len(results) + 1)]
    for part in parts:
        columns = [f"{made.disk_mb.get(part, 0):.1f}" for made, _ in results.values()]
        if any(float(column) >= 1 for column in columns):
            lines.append(f"| {part} | {' | '.join(columns)} |")
    return "\n".join(lines)


def main() -> int:
    """Make and ask each size in processes of their own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--keep", action="store_true", help="leave the builds where they are")
    parser.add_argument("--step", choices=("make", "ask"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not SETS.is_dir():
        print(f"There are no question sets in {SETS.name}/ beside this checkout, so there is nothing to multiply.")
        return 2
    if options.step:
        found = make(options.folder, options.sizes[0]) if options.step == "make" else ask(options.folder)
        print(json.dumps(asdict(found)))
        return 0
    shared = options.folder / "pool"
    if not shared.is_dir():
        shared.mkdir(parents=True)
        make_pool(shared)
    results: dict[int, tuple[Made, Asked]] = {}
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}; asked on one core\n")
    for size in options.sizes:
        folder = options.folder / str(size)
        folder.mkdir(parents=True, exist_ok=True)
        results[size] = (Made(**_step("make", folder, size)), Asked(**_step("ask", folder, size)))
        print(table({size: results[size]}), "\n", flush=True)
        kept = {str(one): {"made": asdict(made), "asked": asdict(asked)} for one, (made, asked) in results.items()}
        (options.folder / "results.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
        if not options.keep:
            shutil.rmtree(folder)
    print(table(results))
    return 0


def _step(step: str, folder: Path, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scaling", "--folder", str(folder), "--sizes", str(size), "--step", step]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
