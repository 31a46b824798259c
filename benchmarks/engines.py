"""What engines answer beside the files of a build: ``python -m benchmarks.engines [--engine URL] [--index DIR] [SET ...]``.

Golden questions of the live build, and labelled sets beside the checkout where they are there. Each build is written into the engine
and asked there, and dropped again. Without ``--engine`` a PostgreSQL of the tests is started. Prints a table: same first passage, same
verdict, confidence; recall of what is nominated; milliseconds of a whole question, files and engine in turns.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from pydantic import SecretStr
from threadpoolctl import threadpool_limits

from benchmarks import question_sets
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, local_part, open_build, open_live_build
from index.encoders.full import SentenceTransformerEmbedder
from index.engines.engine import Engine
from index.engines.opening import open_engine
from index.evaluation.command import questions_of_part
from index.retrieval.candidates import sought
from index.retrieval.searcher import Findings, Searcher
from ingest.engine_steps import copy_build

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("tuned", "held-back")
SETS = ("covid_faq", "conditionalqa")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="", metavar="URL", help="as LOCALISM_ENGINE names it")
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--model", default="all-MiniLM-L6-v2", help="what reads the sets (%(default)s)")
    question_sets.add_arguments(parser, SETS, most=200)
    given = parser.parse_args()
    print(
        "| questions | passages | asked | same first | same verdict | confidence apart | nominated alike | written s | files ms "
        "p50/p95 | engine ms p50/p95 |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    with threadpool_limits(1, user_api="blas"), _engine(given.engine) as engine:
        with closing(open_live_build(given.index)) as build:
            golden = [one.text for part in PARTS for one in questions_of_part(given.corpus, part)]
            print(_compared("golden", build, engine, golden[:: max(1, len(golden) // given.most)]), flush=True)
        for name in given.sets if question_sets.are_there() else ():
            questions = question_sets.read_questions(name, given.most)
            asked = [one.text for one in (*questions.asked, *questions.refusable)]
            with question_sets.opened(questions, SentenceTransformerEmbedder(given.model)) as build:
                print(_compared(name, build, engine, asked), flush=True)
    return 0


@contextmanager
def _engine(address: str) -> Iterator[Engine]:
    if address:
        engine = open_engine(SecretStr(address))
        assert engine is not None
        with closing(engine):
            yield engine
        return
    from tests.postgres_server import running_postgres

    with running_postgres() as server:
        made = server.new_database()
        server.administer(made, "CREATE EXTENSION vector")
        with _engine(made) as engine:
            yield engine


def _compared(name: str, build: Build, engine: Engine, asked: Sequence[str]) -> str:
    began = time.perf_counter()
    with engine.writing() as writer:
        part = local_part(build.folder, build.manifest, build.expansion_bounds)
        copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)
    written = time.perf_counter() - began
    with closing(open_build(build.folder, beside=build, engine=engine)) as there:
        line = _asked(build, there, asked)
    with engine.writing() as writer:
        writer.drop(build.id)
    return f"| {name} | {build.manifest.passages} | {len(asked)} {line[0]} | {written:.0f} {line[1]}"


def _asked(files: Build, there: Build, asked: Sequence[str]) -> tuple[str, str]:
    builds, times = (files, there), np.zeros((2, len(asked)))
    searchers = [Searcher(build) for build in builds]
    decide = searchers[0].abstention().decide
    first = verdict = nominated = alike = 0
    apart = 0.0
    for number, question in enumerate(asked):
        found: dict[int, Findings] = {}
        for place in (0, 1) if number % 2 else (1, 0):
            began = time.perf_counter()
            found[place] = searchers[place].search(question, 5)
            times[place, number] = 1000 * (time.perf_counter() - began)
        decided = [decide(question, found[place].evidence) for place in (0, 1)]
        ids = [[hit.passage.id for hit in found[place].hits[:1]] for place in (0, 1)]
        first += ids[0] == ids[1]
        verdict += decided[0].status is decided[1].status
        apart = max(apart, abs(decided[0].confidence - decided[1].confidence) if ids[0] == ids[1] else 0.0)
        read = searchers[0].encoded(question)
        rows = [build.source.nominate(sought(build, *read), None).rows for build in builds]
        nominated, alike = nominated + len(rows[0]), alike + len(np.intersect1d(rows[0], rows[1]))
    shares = f"| {first / len(asked):.3f} | {verdict / len(asked):.3f} | {apart:.3f} | {alike / nominated:.4f}"
    spent = [f"{np.median(one):.0f} / {np.percentile(one, 95):.0f}" for one in times]
    return shares, f"| {spent[0]} | {spent[1]} |"


if __name__ == "__main__":
    sys.exit(main())
