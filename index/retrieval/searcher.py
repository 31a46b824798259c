"""Find the passages that answer a question.

Comes in: a question and an opened build. Goes out: hits, best first, with the answering sentences, the reason each was found, and the
evidence for and against an answer. Refuses to decide what may be said, and to know wording and surfaces.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial, reduce

import numpy as np
from numpy.typing import NDArray

from index.abstention.confidence import FARTHER, NOTHING_KNOWN, Signals, calibration_of, presence_of
from index.abstention.decision import Abstention, Evidence, Thresholds
from index.abstention.scope import NEAREST, OutOfScope, Signposts
from index.build.reader import Build
from index.dense.faiss_reader import Range
from index.encoders.query_encoder import EncodedQuestion
from index.records import Passage, Span
from index.retrieval.candidates import compared, retrieve
from index.retrieval.questions import MOST_MENDED, AskedQuestion, Synonyms, follows, read_question
from index.retrieval.rerank import (
    Candidates,
    answering_sentences,
    blended,
    contributions,
    rerank,
    separate_places,
    weights_of,
    whole_lists,
)
from index.sparse.spelling import Mending

MOST_FOLLOWING = 24  # word pieces of a question that leans on another: it is encoded twice
REMEMBERED_WORDS = 2048  # with what they were meant to be


_Encoded = tuple[AskedQuestion, EncodedQuestion]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found."""

    passage: Passage
    rank: int  # 1-based
    score: float  # 0 to about 1, comparable within one question only
    contributions: dict[str, float]  # what each feature gave to the score
    sentence_matches: tuple[float, ...]  # how near each of its sentences comes to the question

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The sentences that answer, lists whole, as half-open ranges in the passage's text."""
        return whole_lists(self.passage.text, answering_sentences(self.passage, self.sentence_matches))


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search brought back."""

    hits: tuple[Hit, ...]
    evidence: Evidence  # for and against an answer; ``index.abstention`` decides
    asked: "_Encoded | None" = field(default=None, compare=False)  # the question as it was read and encoded


class Searcher:
    """Searches one build."""

    def __init__(self, build: Build) -> None:
        """Search ``build``."""
        self.build = build
        self._weights = weights_of(build)
        self.calibration = calibration_of(
            build.manifest.model.dimension, build.manifest.calibration, build.adapter is not None
        )
        self._total_weight = sum(self._weights.values())
        # The words of questions repeat.
        self._doubted = lru_cache(REMEMBERED_WORDS)(partial(build.spelling.doubts, is_known=build.encoder.knows))
        self._nearest = lru_cache(REMEMBERED_WORDS)(partial(build.spelling.nearest, is_known=build.encoder.knows))
        self._synonyms = Synonyms(build.lexicon.synonyms)
        self._signposts = Signposts(build.lexicon.signposts, build.out_of_scope)

    def search(
        self, question: str, limit: int = 5, document_ids: Sequence[str] | None = None, context: Sequence[str] = ()
    ) -> Findings:
        """Return the ``limit`` best passages for ``question``.

        Args:
            question: as a person typed it; not empty.
            limit: at least 1.
            document_ids: search in these documents only.
            context: the earlier questions of the conversation, oldest first.

        Raises:
            UnknownDocument: the build holds no document of one of these ids.
        """
        asked = self.encoded(question)
        return self._found(asked, self.candidates(asked, context, self._ranges(document_ids)), limit)

    def search_parts(
        self, whole: Findings, parts: Sequence[str], limit: int = 5, document_ids: Sequence[str] | None = None
    ) -> list[Findings]:
        """Return what answers each of ``parts``, several questions asked at once, in order; ``whole`` is what all together found.

        Each is seen twice, alone and as the whole: what it is about often stands in another of them.

        Raises:
            UnknownDocument: the build holds no document of one of these ids.
        """
        asked = [self.encoded(part) for part in parts]
        seen = self._seen_beside(asked, whole.asked or asked[0], self._ranges(document_ids))
        return [self._found(part, one, limit) for part, one in zip(asked, seen, strict=True)]

    def _found(self, asked: _Encoded, candidates: Candidates | None, limit: int) -> Findings:
        if candidates is None:
            return Findings((), Evidence(), asked)
        given = np.array(list(contributions(candidates.features, self._weights).values()))
        scores = given.sum(axis=0)
        order = self._order(candidates, scores)
        hits = self._hits(candidates, given, scores, order[:limit])
        out_of_scope = self._signposts.nearest(candidates.question)
        signals = self.signals(candidates, scores, order, asked[0], out_of_scope)
        return Findings(hits, Evidence(signals, out_of_scope, hits[0].passage.searched), asked)

    def abstention(self, thresholds: Thresholds | None = None) -> Abstention:
        """Return what decides about the findings of this searcher, by ``thresholds``."""
        presence = presence_of(self.build.manifest.model.dimension, self.build.adapter is not None)
        return Abstention(self._signposts, self.calibration, thresholds, presence)

    def read(self, question: str) -> AskedQuestion:
        """Return ``question`` ready to be searched for in this build."""
        return read_question(question, Mending(self._doubted, self._nearest, MOST_MENDED), self._synonyms)

    def candidates(self, asked: _Encoded, context: Sequence[str], ranges: Sequence[Range] | None = None) -> Candidates | None:
        """Return the passages that may answer; None where there are none.

        A question that follows another is seen twice, alone and joined to the one before it, and each feature is the mean of both:
        alone it loses its subject, joined it is drowned by it.
        """
        text = asked[0].text
        if context and follows(text) and len(asked[1].pieces) <= MOST_FOLLOWING:
            return self._seen_beside([asked], self.encoded(f"{context[-1]} {text}"), ranges)[0]
        found = retrieve(self.build, *asked, ranges)
        return rerank(self.build, found, asked[1]) if len(found.rows) else None

    def encoded(self, question: str) -> _Encoded:
        """Return ``question`` as it is read, and encoded."""
        asked = self.read(question)
        return asked, self.build.encoder.encode(asked.text)

    def _seen_beside(
        self, each: Sequence[_Encoded], other: _Encoded, ranges: Sequence[Range] | None
    ) -> list[Candidates | None]:
        """Return for each question the passages that it or ``other`` finds, each feature the mean of how both see them."""
        build = self.build
        besides = retrieve(build, *other, ranges).rows
        found = [np.union1d(retrieve(build, *one, ranges).rows, besides) for one in each]
        rows = reduce(np.union1d, found)
        if not len(rows):
            return [None] * len(each)
        by_other = rerank(build, compared(build, rows, *other), other[1])  # once, however many lean on it
        both = zip(each, found, strict=True)
        seen = [(rerank(build, compared(build, own, *one), one[1]), own) if len(own) else None for one, own in both]
        return [one and blended(one[0], by_other.at(np.searchsorted(rows, one[1]))) for one in seen]

    def _hits(
        self, candidates: Candidates, given: NDArray[np.float32], scores: NDArray[np.float32], best: NDArray[np.int64]
    ) -> tuple[Hit, ...]:
        """Return the candidates at the places in ``best``, in that order; ``given`` is what each feature gives to each candidate."""
        passages = self.build.source.passages(candidates.rows[best].tolist())
        found = zip(best.tolist(), passages, scores[best].tolist(), given[:, best].T.tolist(), strict=True)
        return tuple(
            Hit(
                passage=passage,
                rank=rank,
                score=score,
                contributions=dict(zip(self._weights, by_feature, strict=True)),
                sentence_matches=tuple(candidates.matches.sentence_matches[place].tolist()),
            )
            for rank, (place, passage, score, by_feature) in enumerate(found, start=1)
        )

    def _order(self, candidates: Candidates, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the places of the candidates, best first.

        Who names a section or an acronym exactly wants that one: the best passage that holds it is never below one that does not.
        """
        order = np.argsort(-scores, kind="stable")
        best = int(np.argmax(candidates.named[order]))
        return np.concatenate([order[best : best + 1], order[:best], order[best + 1 :]])

    def signals(
        self,
        candidates: Candidates,
        scores: NDArray[np.float32],
        order: NDArray[np.int64],
        asked: AskedQuestion,
        out_of_scope: OutOfScope | None,
    ) -> Signals:
        """Return what confidence is made from.

        Args:
            candidates: that may answer.
            scores: of each candidate.
            order: their places, best first.
            asked: the question as read.
            out_of_scope: what lies nearest to it of all that is known not to be held.
        """
        places = separate_places(candidates, order)
        first, row = places[0], int(candidates.rows[places[0]])
        return Signals(
            key=float(candidates.features.key[first]),
            covered=self._covered(row, asked),
            margin_to_second=self._total_weight * float(scores[first] - scores[places[1]]) if len(places) > 1 else 0.0,
            margin_to_tenth=self._total_weight * float(scores[first] - scores[places[-1]]),
            rarest=self._rarest(asked),
            scope_margin=self._scope_margin(row, candidates.features.key, out_of_scope),
            document=float(candidates.features.document[first]),
            sentence=float(candidates.features.sentence[first]),
        )

    def _scope_margin(self, row: int, nearness: NDArray[np.float32], out_of_scope: OutOfScope | None) -> float:
        if out_of_scope is None:
            return NOTHING_KNOWN
        has_paraphrases = self.build.expansion_bounds[row + 1] - self.build.expansion_bounds[row] > 1  # beside its heading
        inside = np.sort(nearness)[-NEAREST:].mean()
        return float(inside) - out_of_scope.around + (0 if has_paraphrases else FARTHER)

    def _covered(self, row: int, asked: AskedQuestion) -> float:
        weights = list(map(self.build.source.words.idf, asked.terms))
        held = self.build.source.holds(row, asked.terms)
        return sum(own for own, is_held in zip(weights, held, strict=True) if is_held) / sum(weights) if weights else 0.0

    def _rarest(self, asked: AskedQuestion) -> float:
        idf = self.build.source.words.idf
        return max(map(idf, asked.terms), default=0.0) / idf("")

    def _ranges(self, document_ids: Sequence[str] | None) -> list[Range] | None:
        of = self.build.records.rows_of
        return None if document_ids is None else [(rows.start, rows.stop) for rows in map(of, document_ids)]
