"""Engines at size, beside the files: ``python -m benchmarks.engines_at_size --folder ROOM --passages N [--engines postgres core]``.

A build of N passages is made once, as ``benchmarks.scaling`` makes it (real passages, multiplied; no expansions), or taken from ROOM
where it lies already. It is written into each engine, counted and proved, and files and engine are asked real questions in turns, in
one process, BLAS on one thread. Prints for both: seconds of writing, disk, memory, how many of the hundred nearest and of the hundred
best by words are nominated, milliseconds of nominating and of a whole question.

``postgres`` is a server of the tests, which does not wait for the disk, or the one that ``--postgres`` names; ``core`` is Qdrant's
core in this process. ROOM needs what ``benchmarks.scaling`` says, and the folder of temporary files two or three times the build.
Memory is what a process holds for itself: of PostgreSQL the share of each of its processes, of the core what this one holds more.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr
from threadpoolctl import threadpool_limits

from benchmarks.scaling import _megabytes, _memory, _step, make_pool, questions_of_sets
from index.build.layout import POINTER
from index.build.reader import Build, local_part, open_build
from index.dense.faiss_reader import VectorFiles
from index.engines.engine import Engine
from index.engines.opening import open_engine
from index.engines.qdrant.engine import QdrantEngine
from index.engines.source import Sought
from index.errors import BuildError
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from ingest.engine_steps import copy_build

BEST = 100
AT_ONCE = 50_000  # vectors that are compared with all questions at once
NEARLY = 1e-4  # of a cosine: half precision, and passages that say the same
WARMING = 30  # questions before anything is measured
_HEAD = (
    "| | written s | disk MB | memory MB | nearest 100 | by words 100 | nominating ms p50 / p95 | whole ms p50 / p95 | failed |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Place:
    """An engine, and how its room is measured."""

    engine: Engine
    disk: Callable[[], float]  # MB
    memory: Callable[[], float]  # MB


@dataclass(frozen=True)
class Truth:
    """What is to be nominated for one question."""

    cosine: float  # of the hundredth nearest
    words: float  # score of the hundredth best by words
    worded: int  # how many have such a score, at most a hundred


@dataclass
class Seen:
    """What asking one source gave."""

    nominating: list[float] = field(default_factory=list)  # ms
    whole: list[float] = field(default_factory=list)  # ms
    nearest: list[float] = field(default_factory=list)  # share of the hundred nearest that were nominated
    worded: list[float] = field(default_factory=list)  # of the hundred best by words
    failed: int = 0

    def told(self) -> str:
        """Return its part of a row."""
        times = " | ".join(
            f"{np.percentile(one, 50):.1f} / {np.percentile(one, 95):.1f}" for one in (self.nominating, self.whole)
        )
        return f"{np.mean(self.nearest):.3f} | {np.mean(self.worded):.3f} | {times} | {self.failed} |"


def main() -> int:
    """Make, write, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, metavar="ROOM")
    parser.add_argument("--passages", type=int, default=20_000, help="(%(default)s)")
    parser.add_argument("--engines", nargs="*", default=("postgres", "core"), choices=("postgres", "core"))
    parser.add_argument("--postgres", default="", metavar="URL", help="another PostgreSQL than that of the tests")
    parser.add_argument("--questions", type=int, default=300, help="of each kind (%(default)s)")
    parser.add_argument("--graph-memory", default="4GB", help="that PostgreSQL of the tests makes a graph in (%(default)s)")
    given = parser.parse_args()
    made, folder = _made(given.folder, given.passages)
    nominated, whole = (some[: given.questions] for some in questions_of_sets())
    with threadpool_limits(1, user_api="blas"), closing(open_build(folder)) as files:
        questions = [sought(files, *Searcher(files).encoded(text)) for text in nominated]
        truths = _truths(files, questions)
        for name in given.engines:
            with _places(given)[name]() as place:
                written = _write(files, place.engine)
                with closing(open_build(folder, beside=files, engine=place.engine)) as there:
                    seen = _ask((files, there), questions, truths, whole)
                print(f"\n{given.passages:,} passages, {name}\n\n{_HEAD}")
                disk = sum(made["disk_mb"].values())
                print(f"| files | {made['seconds']:.0f} | {disk:.0f} | {_memory('RssAnon'):.0f} in all | {seen[0].told()}")
                print(f"| {name} | {written:.0f} | {place.disk():.0f} | {place.memory():.0f} | {seen[1].told()}", flush=True)
    return 0


def _made(room: Path, passages: int) -> tuple[dict[str, Any], Path]:
    """Return what making the build took, and its folder; makes it where it is not there."""
    folder = room / str(passages)
    if not (folder / "made.json").exists():
        if not (room / "pool").is_dir():
            (room / "pool").mkdir(parents=True)
            make_pool(room / "pool")
        folder.mkdir(exist_ok=True)
        (folder / "made.json").write_text(json.dumps(_step("make", folder, passages)))
    found: dict[str, Any] = json.loads((folder / "made.json").read_text())
    return found, folder / (folder / POINTER).read_text()


def _places(given: argparse.Namespace) -> dict[str, Callable[[], Any]]:
    named = (lambda: _named(given.postgres)) if given.postgres else (lambda: _postgres(given.graph_memory))
    return {"postgres": named, "core": _core}


@contextmanager
def _named(address: str) -> Iterator[Place]:
    engine = open_engine(SecretStr(address))
    assert engine is not None
    with closing(engine):
        yield Place(engine, lambda: float("nan"), lambda: float("nan"))


@contextmanager
def _postgres(graph_memory: str) -> Iterator[Place]:
    from tests.postgres_server import running_postgres

    with running_postgres() as server:
        address = server.new_database()
        database = address.split("@/")[1].split("?")[0]
        server.administer(
            address,
            "CREATE EXTENSION vector",
            f"ALTER DATABASE {database} SET maintenance_work_mem = '{graph_memory}'",
            f"ALTER DATABASE {database} SET max_parallel_maintenance_workers = 0",
        )
        data, main = Path(server._server.pgdata), server._server.get_postmaster_info().pid
        with _named(address) as named:
            yield Place(named.engine, lambda: _megabytes(data / "base"), lambda: _shares(main))


@contextmanager
def _core() -> Iterator[Place]:
    from tests.qdrant_core import CoreClient

    with tempfile.TemporaryDirectory(prefix="core-") as folder:
        before, client = _memory("RssAnon"), CoreClient(Path(folder))
        engine = QdrantEngine(client, client, "this process", {})  # type: ignore[arg-type]  # as much of one as is needed
        yield Place(engine, lambda: _megabytes(Path(folder)), lambda: _memory("RssAnon") - before)


def _shares(main: int) -> float:
    """Return the memory of a process and of those that it started, in MB, what several share divided among them."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if main in (parent, int(stat.parent.name)):
                lines = (stat.parent / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return total / 1024


def _write(files: Build, engine: Engine) -> float:
    """Write the build into ``engine`` and return how many seconds it took, counted and proved."""
    began, told = time.perf_counter(), [0.0]

    def tell(done: int) -> None:
        if time.perf_counter() - told[0] > 60:
            told[0] = time.perf_counter()
            print(f"{engine.name}: {done:,} after {told[0] - began:.0f} s", file=sys.stderr, flush=True)

    with engine.writing() as writer:
        part = local_part(files.folder, files.manifest, files.expansion_bounds)
        copy_build(files.records, files.files, writer.begin(part, files.files), tell)
    return time.perf_counter() - began


def _truths(files: Build, questions: Sequence[Sought]) -> list[Truth]:
    asked, best = np.stack([one.searched for one in questions]), np.empty((len(questions), 0), np.float32)
    stored = VectorFiles(files.folder / "passages.faiss").rows
    kept = np.memmap(stored, np.float16, "r").reshape(-1, asked.shape[1]) if stored.exists() else None
    for start in range(0, files.manifest.passages, AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, files.manifest.passages))
        vectors = files.files.vectors.rows(rows) if kept is None else kept[start : start + AT_ONCE].astype(np.float32)
        best = np.sort(np.concatenate([best, asked @ vectors.T], axis=1), axis=1)[:, -BEST:]
    truths = []
    for question, cosines in zip(questions, best, strict=True):
        scores = files.files.words.scores({*question.terms, *question.meant})
        words = np.sort(np.partition(scores, -BEST)[-BEST:])
        held = words[words > 0]
        truths.append(Truth(float(cosines[0]), float(held[0]) if len(held) else 0.0, len(held)))
    return truths


def _ask(
    both: tuple[Build, Build], questions: Sequence[Sought], truths: Sequence[Truth], whole: Sequence[str]
) -> tuple[Seen, Seen]:
    seen, searchers = (Seen(), Seen()), [Searcher(build) for build in both]
    for searcher in searchers:
        for text in whole[-WARMING:]:
            _timed(lambda searcher=searcher, text=text: searcher.search(text))  # type: ignore[misc]
    for number, (question, truth, text) in enumerate(zip(questions, truths, whole, strict=False)):
        for place in (0, 1) if number % 2 else (1, 0):
            _nominate(both[place], question, truth, seen[place])
            spent, found = _timed(lambda place=place, text=text: searchers[place].search(text))  # type: ignore[misc]
            seen[place].whole.append(spent)
            seen[place].failed += found is None
    return seen


def _nominate(build: Build, question: Sought, truth: Truth, seen: Seen) -> None:
    spent, found = _timed(lambda: build.source.nominate(question, None))
    seen.nominating.append(spent)
    if found is None:
        seen.failed += 1
        return
    near, worded = (found.passage >= truth.cosine - NEARLY).sum(), (found.candidate_words >= truth.words - NEARLY).sum()
    seen.nearest.append(min(near, BEST) / BEST)
    if truth.worded:
        seen.worded.append(min(worded, truth.worded) / truth.worded)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return milliseconds and what came of it, None where the engine did not answer."""
    began = time.perf_counter()
    try:
        found = work()
    except BuildError:
        found = None
    return 1000 * (time.perf_counter() - began), found


if __name__ == "__main__":
    sys.exit(main())
