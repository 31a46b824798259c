"""Ranking on labelled question sets: ours beside vectors alone and BM25 alone, over the same passages in the same run.

    python -m benchmarks.sets [SET …] [--most N] [--write]

Reads the sets from ../shared/bench and says so where they are not there. ``--most`` asks only the first N questions of a set;
``--write`` puts the table into benchmarks/SETS.md.
"""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.benchmark_sets import BenchmarkSet, read_set
from index.build import Build
from index.embedder import SentenceTransformerEmbedder
from index.evaluation import DEPTH, PASSAGES_ASKED_FOR, build_throw_away
from index.measures import auroc, ndcg
from index.questions import read_question
from index.searcher import Searcher

HERE = Path(__file__).resolve().parent
SETS = HERE.parent.parent / "shared" / "bench"
NAMES = ("conditionalqa", "squad2", "doc2dial", "covid_faq", "cranfield", "ohrbench_law")
Ranker = Callable[[str], list[str]]


def main() -> int:
    """Run the sets that are asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=NAMES, metavar="SET")
    parser.add_argument("--most", type=int, default=600)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not SETS.is_dir():
        print(f"There are no question sets in {SETS.name}/ beside this checkout, so there is nothing to measure.")
        return 2
    embedder = SentenceTransformerEmbedder()
    lines = [
        "| set | passages | questions | vectors | BM25 | ours | ours / better of both | AUROC | ms a question |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ratios = []
    for name in options.sets:
        line, ratio = _row(name, embedder, options.most)
        lines.append(line)
        ratios.append(ratio)
        print(lines[-1], flush=True)
    lines.append(f"\nMean of ours / better of both: {np.mean(ratios):.3f}")
    print("\n".join(lines))
    if options.write:
        (HERE / "SETS.md").write_text(_page(lines, options.most), encoding="utf-8")
    return 0


def _row(name: str, embedder: SentenceTransformerEmbedder, most: int) -> tuple[str, float]:
    folder = SETS / name
    labelled = read_set(folder / "docs.jsonl", folder / "queries.jsonl", folder / "qrels.tsv", _unanswerable(folder))
    with tempfile.TemporaryDirectory() as scratch:
        build = build_throw_away(labelled.documents, embedder, Path(scratch))
        try:
            return _measured(name, labelled, build, most)
        finally:
            build.close()


def _unanswerable(folder: Path) -> Path | None:
    path = folder / "queries_out_of_collection.jsonl"
    return path if path.is_file() else None


def _measured(name: str, labelled: BenchmarkSet, build: Build, most: int) -> tuple[str, float]:
    searcher = Searcher(build)
    asked = [question for question in labelled.questions if question.answerable and labelled.relevant.get(question.id)][:most]
    confidences: dict[bool, list[float]] = {True: [], False: []}

    def ours(question: str) -> list[str]:
        findings = searcher.search(question, PASSAGES_ASKED_FOR)
        confidences[True].append(findings.confidence)
        return _documents(hit.passage.document_id for hit in findings.hits)

    started = time.perf_counter()
    scores = [_mean(labelled, asked, ours)]
    milliseconds = (time.perf_counter() - started) / len(asked) * 1000
    scores += [_mean(labelled, asked, ranker) for ranker in (_by_vector(build), _by_words(build))]
    refusable = [question for question in labelled.questions if not question.answerable][:most]
    confidences[False] = [searcher.search(question.text, 1).confidence for question in refusable]
    ratio = scores[0] / max(scores[1:])
    area = f"{auroc(confidences[True], confidences[False]):.3f}" if refusable else "-"
    figures = f"{scores[1]:.3f} | {scores[2]:.3f} | {scores[0]:.3f} | {ratio:.3f} | {area} | {milliseconds:.1f}"
    return f"| {name} | {build.manifest.passages} | {len(asked)} + {len(refusable)} | {figures} |", ratio


def _by_vector(build: Build) -> Ranker:
    owners = _owners(build)
    return lambda question: _documents(
        owners[build.vectors.nearest(build.encoder.encode(question).vector, PASSAGES_ASKED_FOR)[0]]
    )


def _by_words(build: Build) -> Ranker:
    owners = _owners(build)

    def rank(question: str) -> list[str]:
        scores = build.words.scores(read_question(question, str).terms)
        return _documents(owners[np.argsort(-scores, kind="stable")[:PASSAGES_ASKED_FOR]])

    return rank


def _owners(build: Build) -> np.ndarray:
    names = [document.id for document in build.records.documents for _ in build.records.rows_of(document.id)]
    return np.array(names, object)


def _documents(names: object) -> list[str]:
    return list(dict.fromkeys(names))[:DEPTH]  # type: ignore[call-overload]  # an iterable of strings


def _mean(labelled: BenchmarkSet, asked: list, rank: Ranker) -> float:  # type: ignore[type-arg]  # of SetQuestion
    return float(np.mean([ndcg(rank(question.text), labelled.relevant[question.id]) for question in asked]))


def _page(lines: list[str], most: int) -> str:
    return "\n".join(
        [
            "# Ranking on labelled question sets",
            "",
            f"`python -m benchmarks.sets --most {most} --write`, {datetime.now(UTC):%d %B %Y}, {platform.machine()}, "
            f"Python {platform.python_version()}. nDCG@10 over documents, a document counting at its best passage; all-MiniLM-L6-v2.",
            "AUROC: confidence of questions with an answer against those without one (conditionalqa: questions about other guides;",
            "squad2: written to look answerable). Times on a shared machine: read them against each other only.",
            "",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
