"""What a question costs in processor time: reading it, encoding, finding, matching, beside vectors plus BM25 alone; in turns.

    python -m benchmarks.question_cost [--index DIR] [--rounds 5]

The questions are the suggestions of the live build; each is asked once a round with a number behind it, so that nothing is remembered.
For a flame graph: py-spy record --output question.svg -- python -m benchmarks.question_cost
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from bot.answering.answer_service import AnswerService
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import Build, open_live_build
from index.retrieval.candidates import retrieve
from index.retrieval.questions import read_question
from index.retrieval.rerank import rerank
from index.retrieval.searcher import Searcher

SHOWN = 10


def plain(build: Build) -> Callable[[str], object]:
    """Return the usual hybrid: nearest vectors and BM25, joined by the sum of their stretched scores."""

    def ask(question: str) -> object:
        encoded = build.encoder.encode(question)
        rows, cosines = build.files.vectors.nearest(encoded.vector, 100)
        scores = build.files.words.scores(read_question(question, str).terms)
        joined = scores / max(float(scores.max()), 1e-9)
        joined[rows] += cosines
        best = np.argpartition(-joined, SHOWN)[:SHOWN]
        return build.records.passages(best[np.argsort(-joined[best])].tolist())

    return ask


def milliseconds(step: Callable[[str], object], questions: list[str]) -> float:
    """Return the processor time of ``step`` a question."""
    started = time.process_time()
    for question in questions:
        step(question)
    return (time.process_time() - started) * 1000 / len(questions)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    build = open_live_build(options.index)
    searcher, service = Searcher(build), AnswerService(build)
    asked = list(build.lexicon.suggestions)

    def up_to_finding(question: str) -> object:
        read = searcher.read(question)
        return retrieve(build, read, build.encoder.encode(read.text), None)

    def up_to_matching(question: str) -> object:
        read = searcher.read(question)
        encoded = build.encoder.encode(read.text)
        return rerank(build, retrieve(build, read, encoded, None), encoded)

    steps: dict[str, Callable[[str], object]] = {
        "vectors plus BM25 alone": plain(build),
        "encoding alone": build.encoder.encode,
        "up to the candidates": up_to_finding,
        "up to matching word by word": up_to_matching,
        "search, with confidence and signposts": searcher.search,
        "answer, with citations": service.answer,
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    with threadpool_limits(1, user_api="blas"):  # as the server does
        for number in range(options.rounds + 1):
            for name, step in steps.items():
                spent = milliseconds(step, [f"{question} {number}" for question in asked])
                if number:  # the first round warms up
                    times[name].append(spent)
    print(f"{len(asked)} questions, {options.rounds} rounds in turns, {build.manifest.passages} passages; medians\n")
    print("| step | ms of processor time | against vectors plus BM25 alone |\n|---|---|---|")
    for name, rounds in times.items():
        ratio = statistics.median(one / base for one, base in zip(rounds, times["vectors plus BM25 alone"], strict=True))
        print(f"| {name} | {statistics.median(rounds):.2f} | {ratio:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
