"""Measure retrieval and refusal on a labelled set, through the same splitting, embedding and search as production.

Comes in: a labelled set and a model. Goes out: figures. Refuses to know how they are shown.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.build.reader import Build, open_build
from index.build.writer import BuildWriter, ReadyDocument
from index.encoders.export import export_query_encoder
from index.encoders.full import Embedder, Progress, SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.encoders.passage_vectors import passage_vectors
from index.errors import BenchmarkSetError
from index.evaluation.benchmark_sets import BenchmarkSet, SetDocument
from index.evaluation.measures import auroc, hit, ndcg, reciprocal_rank
from index.lexicon import Lexicon
from index.records import Document, Kind, Page
from index.retrieval.searcher import Searcher
from index.text.splitting import Geometry, split_pages

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


def build_throw_away(
    documents: Sequence[SetDocument],
    model: SentenceTransformerEmbedder,
    folder: Path,
    progress: Progress | None = None,
    light: bool = True,
    geometry: Geometry | None = None,
) -> Build:
    """Build an index of ``documents`` in ``folder`` and open it.

    Args:
        documents: what to index.
        model: embeds, or lends its light encoder for that.
        folder: where the build goes.
        progress: told of the passages as they are embedded.
        light: embed with the light encoder, as production does where there is no GPU.
        geometry: how long passages are; as in production where it is not given.

    Raises:
        BenchmarkSetError: there is no document with text.
    """
    geometry = geometry or Geometry()
    records = [Document(document.id, document.title, Kind.ORIGINAL) for document in documents]
    pages = [Page(1, document.text, paged=False) for document in documents]
    split = [split_pages(record, [page], geometry, model.count_tokens) for record, page in zip(records, pages, strict=True)]
    pairs = [(record, passage) for record, passages in zip(records, split, strict=True) for passage in passages]
    if not pairs:
        raise BenchmarkSetError("The set has no document with text, so there is nothing to search.")
    encoder = folder / "encoder"
    cosine = export_query_encoder(model, encoder)
    embedder: Embedder = LightEmbedder(model, encoder) if light else model
    vectors = passage_vectors(pairs, embedder, progress)
    with BuildWriter(folder, embedder.identity, geometry) as writer:
        row = 0
        for record, page, passages in zip(records, pages, split, strict=True):
            if not passages:
                continue
            keys = embedder.embed([key for passage in passages for key in passage.keys])
            mine = vectors[row : row + len(passages)]
            writer.add(ReadyDocument(record, [page], passages, mine, keys, boxes={}, report={}))
            row += len(passages)
        build = writer.finish(Lexicon(), encoder, cosine, readers={}, corpus_digest="")
    return open_build(folder / build)


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
