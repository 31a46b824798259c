"""Find the passages that answer a question.

Comes in: a question and an opened build. Goes out: hits, best first, with the answering sentences, the reason each was found, and one
confidence for all. Refuses to know thresholds, wording and surfaces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analysis import terms_of
from index.build import Build
from index.confidence import Signals, probability
from index.highlights import answering_sentences
from index.ranking import Views, Weights, join
from index.records import Passage, Span

CANDIDATES_BY_VECTOR = 100
CANDIDATES_BY_WORDS = 100
CANDIDATES_BY_HEADING = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found."""

    passage: Passage
    rank: int  # 1-based
    score: float  # 0 to 1, comparable within one question only
    shares: dict[str, float]  # what each view gave to the score
    highlights: tuple[Span, ...]  # half-open ranges in the passage's text: the sentences that answer


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search brought back."""

    hits: tuple[Hit, ...]
    confidence: float  # probability, 0 to 1, that the first hit answers the question


@dataclass(frozen=True, slots=True)
class _Candidates:
    rows: NDArray[np.int64]
    views: Views
    sentence_cosines: list[NDArray[np.float32]]


class Searcher:
    """Searches one build."""

    def __init__(self, build: Build, weights: Weights | None = None) -> None:
        """Search ``build``; ``weights`` say what each view of a passage counts for."""
        self.build = build
        self._weights = weights or Weights()

    def search(self, question: str, limit: int = 5, document_ids: Sequence[str] | None = None) -> Findings:
        """Return the ``limit`` best passages for ``question``.

        Args:
            question: as a person typed it; not empty.
            limit: at least 1.
            document_ids: search in these documents only.

        Raises:
            UnknownDocument: the build holds no document of one of these ids.
        """
        query = self.build.encoder.encode(question)
        terms = self._weighted_terms(question)
        candidates = self._candidates(query, terms, document_ids)
        if not len(candidates.rows):
            return Findings((), 0.0)
        shares = join(candidates.views, self._weights)
        scores = np.sum(list(shares.values()), axis=0)
        order = np.argsort(-scores, kind="stable")[:limit]
        passages = self.build.records.passages([int(candidates.rows[place]) for place in order])
        hits = tuple(
            Hit(
                passage=passage,
                rank=rank,
                score=float(scores[place]),
                shares={name: float(values[place]) for name, values in shares.items()},
                highlights=answering_sentences(passage, candidates.sentence_cosines[place]),
            )
            for rank, (place, passage) in enumerate(zip(order, passages, strict=True), start=1)
        )
        return Findings(hits, probability(self._signals(candidates, order, terms)))

    def _weighted_terms(self, question: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for term in terms_of(question):
            weights[term] = weights.get(term, 0.0) + 1.0
        return weights

    def _candidates(
        self, query: NDArray[np.float32], terms: dict[str, float], document_ids: Sequence[str] | None
    ) -> _Candidates:
        build = self.build
        ranges = None
        if document_ids is not None:
            rows_of = [build.records.rows_of(document_id) for document_id in document_ids]
            ranges = [(rows.start, rows.stop) for rows in rows_of]
        near, _ = build.vectors.nearest(query, CANDIDATES_BY_VECTOR, ranges)
        body = build.body.scores(terms)
        headings = build.headings.scores(terms)
        allowed = _mask(build.vectors.size, ranges)
        rows = np.unique(
            np.concatenate(
                [near, _best(body * allowed, CANDIDATES_BY_WORDS), _best(headings * allowed, CANDIDATES_BY_HEADING)]
            )
        )
        sentences = [self._sentence_cosines(int(row), query) for row in rows]
        views = Views(
            vector=build.vectors.rows(rows) @ query,
            sentence=np.array([cosines.max(initial=-1.0) for cosines in sentences], np.float32),
            words=body[rows],
            heading=headings[rows],
        )
        return _Candidates(rows, views, sentences)

    def _sentence_cosines(self, row: int, query: NDArray[np.float32]) -> NDArray[np.float32]:
        start, end = self.build.sentence_rows[row : row + 2]
        return np.asarray(self.build.sentence_vectors[start:end].astype(np.float32) @ query, np.float32)

    def _signals(self, candidates: _Candidates, order: NDArray[np.int64], terms: dict[str, float]) -> Signals:
        first = int(order[0])
        row = int(candidates.rows[first])
        present = {term for term in terms if self._holds(row, term)}
        mass = {term: self.build.body.idf(term) for term in terms}
        total = sum(mass.values())
        rarest = max(mass, key=lambda term: mass[term]) if mass else ""
        return Signals(
            vector=float(candidates.views.vector[first]),
            sentence=float(candidates.views.sentence[order[:3]].max()),
            coverage=sum(mass[term] for term in present) / total if total else 0.0,
            rarest=1.0 if rarest in present else 0.0,
        )

    def _holds(self, row: int, term: str) -> bool:
        return any(_contains(words.postings(term).rows, row) for words in (self.build.body, self.build.headings))


def _contains(rows: NDArray[np.int32], row: int) -> bool:
    place = int(np.searchsorted(rows, row))
    return place < len(rows) and int(rows[place]) == row


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the rows of the ``count`` greatest scores above zero, in no order."""
    rows = np.argpartition(-scores, count)[:count] if count < len(scores) else np.arange(len(scores))
    return np.asarray(rows[scores[rows] > 0], np.int64)


def _mask(size: int, ranges: Sequence[tuple[int, int]] | None) -> NDArray[np.float32]:
    if ranges is None:
        return np.ones(size, np.float32)
    mask = np.zeros(size, np.float32)
    for start, end in ranges:
        mask[start:end] = 1.0
    return mask
