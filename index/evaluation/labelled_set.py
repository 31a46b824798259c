"""Measure retrieval and refusal on a labelled set, through the same splitting, embedding and search as production.

Comes in: a labelled set and a model. Goes out: figures. Refuses to know how they are shown.
"""

import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.build.reader import Build
from index.encoders.full import Progress, SentenceTransformerEmbedder
from index.errors import BenchmarkSetError
from index.evaluation.benchmark_sets import BenchmarkSet, build_throw_away
from index.evaluation.calibration import auroc
from index.retrieval.searcher import Searcher

# Enough passages that ten different documents are among them even where one document holds many of the best.
PASSAGES_ASKED_FOR = 100
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What an evaluation found; rates are between 0 and 1."""

    ndcg10: float
    hit1: float
    hit5: float
    mrr10: float
    auroc: float | None  # None where every question has an answer
    questions_per_second: float
    documents: int
    passages: int
    questions: int  # answerable and unanswerable


def evaluate(labelled: BenchmarkSet, embedder: SentenceTransformerEmbedder, progress: Progress | None = None) -> Figures:
    """Build a throw-away index of ``labelled`` and ask it every question.

    A document counts at its best passage. Ranking figures are over the questions that have an answer and a judgement.

    Raises:
        BenchmarkSetError: there is nothing to ask or nothing to search.
    """
    with tempfile.TemporaryDirectory() as folder:
        build = build_throw_away(labelled.documents, embedder, Path(folder), progress)
        try:
            return measure(labelled, build)
        finally:
            build.close()


def measure(labelled: BenchmarkSet, build: Build) -> Figures:
    """Ask ``build`` every question of ``labelled``.

    Raises:
        BenchmarkSetError: no question has both an answer and a judgement.
    """
    judged = [question for question in labelled.questions if question.answerable and labelled.relevant.get(question.id)]
    if not judged:
        raise BenchmarkSetError("No question of the set has a judgement, so there is nothing to measure.")
    answerable = [question for question in labelled.questions if question.answerable]
    unanswerable = [question for question in labelled.questions if not question.answerable]
    started = time.perf_counter()
    ask = _asker(Searcher(build))
    outcomes = {question.id: ask(question.text) for question in answerable}
    refusable = [ask(question.text)[1] for question in unanswerable]
    seconds = time.perf_counter() - started

    def mean(figure: Callable[[list[str], dict[str, float]], float]) -> float:
        return sum(figure(outcomes[question.id][0], labelled.relevant[question.id]) for question in judged) / len(judged)

    return Figures(
        ndcg10=round(mean(ndcg), 4),
        hit1=round(mean(lambda ranking, relevant: hit(ranking, relevant, 1)), 4),
        hit5=round(mean(lambda ranking, relevant: hit(ranking, relevant, 5)), 4),
        mrr10=round(mean(reciprocal_rank), 4),
        auroc=round(auroc([outcomes[question.id][1] for question in answerable], refusable), 4) if refusable else None,
        questions_per_second=round(len(labelled.questions) / seconds, 1),
        documents=len(labelled.documents),
        passages=build.manifest.passages,
        questions=len(labelled.questions),
    )


def _asker(searcher: Searcher) -> Callable[[str], tuple[list[str], float]]:
    abstention = searcher.abstention()

    def ask(question: str) -> tuple[list[str], float]:
        findings = searcher.search(question, PASSAGES_ASKED_FOR)
        ranking = list(dict.fromkeys(hit.passage.document_id for hit in findings.hits))
        return ranking[:DEPTH], abstention.decide(question, findings.evidence).confidence

    return ask


def ndcg(ranking: Sequence[str], relevant: Mapping[str, float], depth: int = 10) -> float:
    """Return the normalised discounted cumulative gain of ``ranking`` (Järvelin and Kekäläinen 2002, gain = grade)."""
    gain = sum(relevant.get(name, 0.0) / math.log2(place + 2) for place, name in enumerate(ranking[:depth]))
    ideal = sum(grade / math.log2(place + 2) for place, grade in enumerate(sorted(relevant.values(), reverse=True)[:depth]))
    return gain / ideal if ideal else 0.0


def hit(ranking: Sequence[str], relevant: Mapping[str, float], depth: int) -> float:
    """Return 1 where one of the first ``depth`` is relevant, else 0."""
    return float(any(name in relevant for name in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, float], depth: int = 10) -> float:
    """Return 1 / rank of the first relevant one among the first ``depth``, else 0."""
    return next((1 / place for place, name in enumerate(ranking[:depth], start=1) if name in relevant), 0.0)
