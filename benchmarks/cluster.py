"""Measure your own engine in ten minutes: ``python -m benchmarks.cluster --postgres URL | --qdrant URL [--index DIR]``.

The live build of ``--index`` is written into the engine under its own id where it is not there yet, asked, and removed again; nothing
is made live. So the user of the address needs the right to write. First every question is compared with the files of the build, then
1, 2, 4 … readers ask at once, for some seconds each; questions are encoded beforehand, so that times are the engine's own and those of
the way to it. Loads are bounded: at most ``--readers`` at once, and the whole stops by itself.
"""

import argparse
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from pydantic import SecretStr
from threadpoolctl import threadpool_limits

from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, local_part, open_build, open_live_build
from index.engines.engine import Engine
from index.engines.opening import open_engine
from index.engines.source import CandidateSource, Sought
from index.errors import BuildError, LocalismError
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from ingest.engine_steps import copy_build

MOST_QUESTIONS = 300
MOST_SECONDS = 600.0
LOOKED_AT = 20


def main() -> int:
    """Measure and print; returns 2 where the engine cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = parser.add_mutually_exclusive_group(required=True)
    named.add_argument("--postgres", metavar="URL", help="postgresql://user:password@host,host/database")
    named.add_argument("--qdrant", metavar="URL", help="http(s)://host:6333, or as LOCALISM_ENGINE names it")
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each stage (%(default)s)")
    parser.add_argument("--readers", type=int, default=16, help="at most at once (%(default)s)")
    given = parser.parse_args()
    address = given.postgres or (given.qdrant if given.qdrant.startswith("qdrant+") else f"qdrant+{given.qdrant}")
    try:
        engine = open_engine(SecretStr(address))
        assert engine is not None
        with threadpool_limits(1, user_api="blas"), closing(engine), closing(open_live_build(given.index)) as build:
            _measured(engine, build, given.seconds, given.readers)
    except LocalismError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _measured(engine: Engine, build: Build, seconds: float, most: int) -> None:
    stops = time.monotonic() + MOST_SECONDS
    with _written(engine, build), closing(open_build(build.folder, beside=build, engine=engine)) as there:
        questions = _questions(build)
        print(f"{engine.name}: build {build.id}, {build.manifest.passages} passages, {len(questions)} questions.")
        print(_compared(build, there, questions))
        asked = [sought(there, *Searcher(there).encoded(question)) for question in questions]
        print("\n| readers | questions | failed | a second | p50 ms | p95 ms |\n|---|---|---|---|---|---|")
        readers = 1
        while readers <= most and time.monotonic() + seconds < stops:
            print(_stage(there.source, asked, readers, seconds), flush=True)
            readers *= 2


@contextmanager
def _written(engine: Engine, build: Build) -> Iterator[None]:
    """Hold the build in the engine: as long as this lasts, where it was not there before."""
    with engine.writing() as writer:
        was_there = any(one.build == build.id and one.finished for one in writer.generations())
        if not was_there:
            began = time.perf_counter()
            part = local_part(build.folder, build.manifest, build.expansion_bounds)
            copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)
            print(f"Written, counted and proved in {time.perf_counter() - began:.0f} s.")
    try:
        yield
    finally:
        if not was_there:
            with engine.writing() as writer:
                writer.drop(build.id)
            print("\nRemoved again.")


def _questions(build: Build) -> list[str]:
    """Return what people may ask: suggestions, and headings of passages taken evenly."""
    rows = range(0, build.records.size, max(1, build.records.size // MOST_QUESTIONS))
    headings = [" ".join(passage.section[-1:]) or passage.text[:80] for passage in build.records.passages(rows)]
    return list(dict.fromkeys([*build.lexicon.suggestions, *headings]))[:MOST_QUESTIONS]


def _compared(files: Build, there: Build, questions: Sequence[str]) -> str:
    searchers = [Searcher(build) for build in (files, there)]
    decide = searchers[0].abstention().decide
    same, apart = 0, 0.0
    for question in questions:
        found = [searcher.search(question, 1) for searcher in searchers]
        decided = [decide(question, one.evidence) for one in found]
        first = [[hit.passage.id for hit in one.hits] for one in found]
        alike = first[0] == first[1] and decided[0].status is decided[1].status
        same += alike
        apart = max(apart, abs(decided[0].confidence - decided[1].confidence) if alike else 0.0)
    return f"Same first passage and verdict as the files: {same} of {len(questions)}; confidence at most {apart:.4f} apart."


def _stage(source: CandidateSource, asked: Sequence[Sought], readers: int, seconds: float) -> str:
    """Let ``readers`` ask for so long; returns a line of the table."""
    times: list[float] = []
    failed: list[str] = []
    done = threading.Event()

    def read(number: int) -> None:
        while not done.is_set():
            began = time.perf_counter()
            try:
                _ask(source, asked[number % len(asked)])
            except BuildError as error:
                failed.append(str(error))
                done.wait(0.1)
            else:
                times.append(1000 * (time.perf_counter() - began))
            number += readers

    threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    done.wait(seconds)
    done.set()
    for thread in threads:
        thread.join()
    spread = np.percentile(times, (50, 95)) if times else (0.0, 0.0)
    return f"| {readers} | {len(times)} | {len(failed)} | {len(times) / seconds:.0f} | {spread[0]:.1f} | {spread[1]:.1f} |"


def _ask(source: CandidateSource, question: Sought) -> None:
    """Ask as a question does: what may answer, what reranking needs, and the passages that are shown."""
    rows = source.nominate(question, None).rows[:LOOKED_AT]
    source.features(question, rows)
    source.passages(rows[:5].tolist())


if __name__ == "__main__":
    sys.exit(main())
