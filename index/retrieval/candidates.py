"""Gather the passages that may answer a question.

Comes in: an opened build, a question as read and as encoded. Goes out: the few passages worth a closer look, and what is known of them
already. Refuses to look closely, and to weigh what it knows.

The nearest passages by vector, words and keys are joined roughly, with what the question names exactly; then the best of them are
taken, because looking at one word by word costs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from index.build.reader import Build
from index.dense.faiss_reader import Range, marked
from index.encoders.query_encoder import EncodedQuestion
from index.retrieval.questions import AskedQuestion
from index.sparse.bm25 import Words
from index.text.analysis import pairs_of

BY_VECTOR = 100
BY_WORDS = 100
BY_KEY = 60
NEAR_KEYS = 100  # several of them belong to one passage; with 200 the same passages come first
LOOKED_AT = 20  # passages that are matched word by word: the dearest step
# What the first round's features count, that of one passage being 1. With these, 20 passages hold as much of what answers as 40 did by
# the plain sum: nDCG@10 .784 on six sets, and .782 with 16.
WORDS_COUNT = 1.5
DOCUMENT_COUNTS = 0.5
COMMON = 0.03  # share of all passages: a name that more of them hold tells none of them apart
UNKNOWN = -1.0  # cosine


@dataclass(frozen=True, slots=True)
class Found:
    """Passages worth a closer look, and what is known of them already; the arrays run alongside ``rows``."""

    rows: NDArray[np.int64]  # ascending
    passage: NDArray[np.float32]  # cosine of the passage and the question as it is searched
    key: NDArray[np.float32]  # cosine of its best key; ``UNKNOWN`` where none of its keys is among the nearest
    words: NDArray[np.float32]  # BM25 as a share of what the question's words could give


def retrieve(build: Build, asked: AskedQuestion, encoded: EncodedQuestion, ranges: Sequence[Range] | None) -> Found:
    """Return at most ``LOOKED_AT`` passages that are worth a closer look.

    Args:
        build: to search in.
        asked: the question as read.
        encoded: the question as the encoder sees it.
        ranges: half-open ranges of rows to keep to; all rows where None.
    """
    by_terms, by_key_terms = (index.scores(asked.terms) for index in (build.words, build.expansion_words))
    words, key_words = _with_meant(build.words, by_terms, asked), _with_meant(build.expansion_words, by_key_terms, asked)
    question = as_searched(build, encoded)
    near, _ = build.vectors.nearest(question, BY_VECTOR, ranges)
    near_keys, key_cosines = build.keys.nearest(encoded.vector, NEAR_KEYS)
    by_key = _rows_of_keys(build, near_keys)
    rows = np.unique(np.concatenate([near, by_key, _best(words, BY_WORDS), _best(key_words, BY_KEY)]))
    rows = _with_phrases(build, asked, rows)
    if ranges is not None:
        rows = rows[marked(build.vectors.size, ranges)[rows]]
    if not len(rows):
        return compared(build, rows, asked, encoded)
    passage = build.vectors.cosines(question, rows)
    best_key = _best_found(rows, by_key, key_cosines)
    key = np.maximum(passage, best_key)
    document = build.document_vectors[documents_of(build, rows)] @ encoded.vector
    rough = stretched(passage) + WORDS_COUNT * stretched(words[rows]) + stretched(key) + stretched(key_words[rows])
    rough = rough + DOCUMENT_COUNTS * stretched(document) + names_held(build, asked, rows)
    best = np.sort(np.argsort(-rough, kind="stable")[:LOOKED_AT])
    shares = by_terms[rows[best]] / build.words.ideal(asked.terms)
    return Found(rows[best], passage[best], best_key[best], shares)


def compared(build: Build, rows: NDArray[np.int64], asked: AskedQuestion, encoded: EncodedQuestion) -> Found:
    """Return the passages in ``rows``, ascending, as if ``find`` had found them for this question."""
    return Found(
        rows,
        passage=build.vectors.cosines(as_searched(build, encoded), rows),
        key=np.full(len(rows), UNKNOWN, np.float32),
        words=build.words.shares(asked.terms, rows),
    )


def as_searched(build: Build, encoded: EncodedQuestion) -> NDArray[np.float32]:
    """Return the vector that passages are compared with: the question's own, or where the build's adapter leads it."""
    return encoded.vector if build.adapter is None else build.adapter.adapted(encoded.vector)


def names_held(build: Build, asked: AskedQuestion, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of the names in the question each passage holds, in its text, headings or paraphrases, shape (rows,)."""
    held = np.zeros(len(rows), np.int64)
    for name in asked.names:
        found = [index.postings(name).rows for index in (build.words, build.expansion_words)]
        if max(map(len, found)) <= COMMON * build.words.size:
            held += np.isin(rows, found[0]) | np.isin(rows, found[1])
    return held


def documents_of(build: Build, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each passage's document among the build's documents."""
    return np.searchsorted(build.document_ends, rows, side="right")


def stretched(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``scores`` moved and stretched to 0 to 1; zeros where all are equal."""
    if not len(scores):
        return scores
    least, greatest = float(scores.min()), float(scores.max())
    return np.asarray((scores - least) / max(greatest - least, 1e-9), np.float32)


def _with_phrases(build: Build, asked: AskedQuestion, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows that hold every phrase in quotation marks, whether they are among ``rows`` or not; ``rows`` where none does."""
    if not asked.phrases:
        return rows
    held = [_holding(build, phrase) for phrase in asked.phrases]
    together = reduce(np.intersect1d, held)
    return together if len(together) else rows


def _holding(build: Build, phrase: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the rows in which every two neighbours of ``phrase`` stand side by side."""
    pairs = pairs_of(phrase)
    found = [build.pairs.postings(pair).rows for pair in pairs] or [build.words.postings(phrase[0]).rows]
    return np.asarray(reduce(np.intersect1d, found), np.int64)


def _best_found(rows: NDArray[np.int64], by_key: NDArray[np.int64], cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each of ``rows`` the best cosine of its keys that were found; ``UNKNOWN`` where none was."""
    best = np.full(len(rows), UNKNOWN, np.float32)
    places = np.minimum(rows.searchsorted(by_key), len(rows) - 1)
    kept = rows[places] == by_key  # a filter by document leaves some out
    np.maximum.at(best, places[kept], cosines[kept])
    return best


def _rows_of_keys(build: Build, keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(build.expansion_bounds, keys, side="right") - 1


def _with_meant(words: Words, scores: NDArray[np.float32], asked: AskedQuestion) -> NDArray[np.float32]:
    """Return the BM25 ``scores`` of the question's terms and those of what else they mean."""
    meant = set(asked.meant).difference(asked.terms)
    return scores + words.scores(meant) if meant else scores


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the rows of the ``count`` greatest scores above zero, in no order."""
    rows = np.argpartition(-scores, count)[:count] if count < len(scores) else np.arange(len(scores))
    return np.asarray(rows[scores[rows] > 0], np.int64)
