"""The files of a build as the source of its candidates: the default, and what every engine is measured by.

Comes in: the files, and a question. Goes out: passages that may answer, with exact terms and phrases counted. How they are nominated
from nearest vectors and postings holds wherever those are kept, and engines that give both do the same. Refuses to know what else a
build holds, and how candidates are weighed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.dense.faiss_reader import Range, Vectors, marked
from index.documents.store import RecentPassages
from index.engines.source import UNKNOWN, KeyVectors, LocalPart, Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.token_vectors import Tokens, TokenStatistics
from index.records import Passage
from index.sparse.bm25 import TermScores, Words
from index.text.analysis import pairs_of

BY_VECTOR = 100
BY_WORDS = 100
BY_KEY = 60
BY_PHRASE = 100
NEAR_KEYS = 100  # several of them belong to one passage; with 200 the same passages come first
# Passages: of more, only those as good as the best groups are compared; at a million a quarter of the time.
GROUPED_FROM = 50_000
GROUP = 256  # rows
COMMON = 0.03  # share of all passages: a name that more of them hold tells none of them apart
LEAST_COMMON = 20  # passages: a phrase in so many of them does, however few there are


class NearestVectors(Protocol):
    """Vectors of which the nearest can be found."""

    def nearest(self, query: NDArray[np.float32], count: int, ranges: Sequence[Range] | None = None) -> tuple[Rows, Scores]:
        """Return the ``count`` rows nearest to ``query``, best first, and their cosines; in ``ranges`` only, unless None."""


class ComparedVectors(NearestVectors, KeyVectors, Protocol):
    """Vectors of which any can be compared, too."""


class SearchParts(Protocol):
    """What a question is searched in."""

    @property
    def vectors(self) -> ComparedVectors:
        """Of passages."""

    @property
    def keys(self) -> NearestVectors:
        """Of expansions."""

    @property
    def expansion_bounds(self) -> NDArray[np.int64]:
        """Where each passage's expansions begin in ``keys``, shape (passages + 1,)."""

    @property
    def words(self) -> TermScores:
        """Terms of titles, headings and texts."""

    @property
    def expansion_words(self) -> TermScores:
        """Terms of expansions."""

    @property
    def pairs(self) -> TermScores:
        """Neighbouring terms of titles, headings and texts."""


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """See CandidateSource."""

    vectors: Vectors
    keys: Vectors
    expansion_bounds: NDArray[np.int64]  # where each passage's keys begin in ``keys``, shape (passages + 1,)
    tokens: Tokens
    words: Words
    expansion_words: Words
    pairs: Words
    recent: RecentPassages

    @classmethod
    def open(cls, part: LocalPart, recent: RecentPassages) -> "EmbeddedSource":
        """Map the files of ``part``; ``recent`` gives passages.

        Raises:
            DamagedBuild: one of them is missing, or no index.
        """
        return cls(
            vectors=Vectors.open(part.vectors),
            keys=Vectors.open(part.keys),
            expansion_bounds=part.expansion_bounds,
            tokens=Tokens(part.tokens, part.shape.dimension),
            words=Words.open(part.words),
            expansion_words=Words.open(part.expansion_words),
            pairs=Words.open(part.pairs),
            recent=recent,
        )

    @property
    def token_statistics(self) -> TokenStatistics:
        """How tokens are kept; see CandidateSource."""
        return self.tokens

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer; see CandidateSource."""
        return nominated(self, sought, ranges)

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what is known of ``rows``; see CandidateSource."""
        return self.vectors.cosines(sought.searched, rows), self.words.shares(sought.terms, rows)

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking needs; see CandidateSource."""
        return RowFeatures(
            pairs=self.pairs.shares(sought.pairs, rows),
            named=names_held(self, sought, rows),
            tokens=self.tokens.of(rows),
            keys=self.keys,
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        return terms_held(self, row, terms)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        return self.recent.of(rows)

    def close(self) -> None:
        """Do nothing: who opened the files closes them."""


def nominated(parts: SearchParts, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
    """Return what may answer ``sought``: see CandidateSource."""
    by_terms, by_key_terms = (index.scores(sought.terms) for index in (parts.words, parts.expansion_words))
    words = _with_meant(parts.words, by_terms, sought)
    key_words = _with_meant(parts.expansion_words, by_key_terms, sought)
    near, _ = parts.vectors.nearest(sought.searched, BY_VECTOR, ranges)
    near_keys, key_cosines = parts.keys.nearest(sought.vector, NEAR_KEYS)
    by_key = rows_of_keys(parts.expansion_bounds, near_keys)
    quoted = _quoted(parts, sought.phrases)
    rows = np.unique(np.concatenate([near, by_key, best_by_score(words, BY_WORDS), best_by_score(key_words, BY_KEY), quoted]))
    if ranges is not None:
        rows = rows[marked(parts.words.size, ranges)[rows]]
    return Nominated(
        rows,
        passage=parts.vectors.cosines(sought.searched, rows),
        key=best_found(rows, by_key, key_cosines),
        words=by_terms[rows] / np.float32(parts.words.ideal(sought.terms)),
        candidate_words=words[rows],
        candidate_expansions=key_words[rows],
        named=names_held(parts, sought, rows),
    )


def names_held(parts: SearchParts, sought: Sought, rows: Rows) -> NDArray[np.int64]:
    """Return how many of the question's names each passage holds, in its text, headings or paraphrases, shape (rows,).

    What somebody put in quotation marks is a name too where it is of several words: one word may be there for its irony alone.
    """
    held = np.zeros(len(rows), np.int64)
    for quoted in (_holding(parts, phrase) for phrase in sought.phrases if len(phrase) > 1):
        if len(quoted) <= max(COMMON * parts.words.size, LEAST_COMMON):
            held += np.isin(rows, quoted)
    for name in sought.names:
        found = [index.postings(name).rows for index in (parts.words, parts.expansion_words)]
        if max(map(len, found)) <= COMMON * parts.words.size:
            held += np.isin(rows, found[0]) | np.isin(rows, found[1])
    return held


def terms_held(parts: SearchParts, row: int, terms: Sequence[str]) -> list[bool]:
    """Tell of each term whether the passage, or an expansion of it, holds it."""
    both = parts.words, parts.expansion_words
    return [any(_contains(one.postings(term).rows, row) for one in both) for term in terms]


def rows_of_keys(bounds: NDArray[np.int64], keys: NDArray[np.int64]) -> Rows:
    """Return the passage that each of ``keys`` belongs to."""
    return np.searchsorted(bounds, keys, side="right") - 1


def best_found(rows: Rows, by_key: Rows, cosines: Scores) -> Scores:
    """Return for each of ``rows`` the best cosine of its keys that were found; ``UNKNOWN`` where none was."""
    best = np.full(len(rows), UNKNOWN, np.float32)
    if len(rows):
        places = np.minimum(rows.searchsorted(by_key), len(rows) - 1)
        kept = rows[places] == by_key  # a filter by document leaves some out
        np.maximum.at(best, places[kept], cosines[kept])
    return best


def _quoted(parts: SearchParts, phrases: Sequence[tuple[str, ...]]) -> Rows:
    """Return the first rows that hold every one of ``phrases``; none where there is no phrase."""
    held = [_holding(parts, phrase) for phrase in phrases]
    return np.asarray(reduce(np.intersect1d, held)[:BY_PHRASE], np.int64) if held else np.empty(0, np.int64)


def _holding(parts: SearchParts, phrase: tuple[str, ...]) -> Rows:
    """Return the rows in which every two neighbours of ``phrase`` stand side by side."""
    pairs = pairs_of(phrase)
    found = [parts.pairs.postings(pair).rows for pair in pairs] or [parts.words.postings(phrase[0]).rows]
    return np.asarray(reduce(np.intersect1d, found), np.int64)


def _with_meant(words: TermScores, scores: Scores, sought: Sought) -> Scores:
    """Return the BM25 ``scores`` of the question's terms and those of what else they mean."""
    meant = set(sought.meant).difference(sought.terms)
    return scores + words.scores(meant) if meant else scores


def best_by_score(scores: Scores, count: int) -> Rows:
    """Return the rows of the ``count`` greatest scores above zero, in no order."""
    rows = _promising(scores, count) if len(scores) > GROUPED_FROM else np.flatnonzero(scores > 0)
    return rows[np.argpartition(-scores[rows], count)[:count]] if len(rows) > count else rows


def _promising(scores: Scores, count: int) -> Rows:
    """Return the rows above zero that score no less than the ``count``-th best group of rows at its best.

    The ``count`` best are among them, however rows are grouped: each of those groups has one such row.
    """
    # Rows far apart stand together: so the best of each group is found fastest.
    tops = scores[: len(scores) // GROUP * GROUP].reshape(GROUP, -1).max(axis=0)
    least = np.partition(tops, len(tops) - count)[len(tops) - count]
    return np.flatnonzero(scores >= max(least, np.finfo(np.float32).tiny))


def _contains(rows: NDArray[np.int32], row: int) -> bool:
    place = int(np.searchsorted(rows, row))
    return place < len(rows) and int(rows[place]) == row
