"""Gather the passages that may answer a question, and look at each from every side.

Comes in: an opened build, a question as read and as encoded. Goes out: candidates with their views. Refuses to weigh the views.

Two rounds: the nearest passages by vector, words and keys, joined roughly; then the best of them looked at word by word, which
costs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.build import Build
from index.matching import Matches, match, token_weights
from index.query_encoder import EncodedQuestion
from index.questions import AskedQuestion
from index.ranking import Views, stretched
from index.words import Words

BY_VECTOR = 100
BY_WORDS = 100
BY_KEY = 60
LOOKED_AT = 60  # passages that are matched word by word; 30 and 100 rank alike, and confidence needs ten separate places

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, each seen from every side; the arrays run alongside ``rows``."""

    rows: NDArray[np.int64]
    documents: NDArray[np.int64]  # the place of each passage's document among the build's documents
    views: Views
    matches: Matches


def gather(build: Build, asked: AskedQuestion, encoded: EncodedQuestion, ranges: Sequence[Range] | None) -> Candidates:
    """Return at most ``LOOKED_AT`` candidates, in row order.

    Args:
        build: to search in.
        asked: the question as read.
        encoded: the question as the encoder sees it.
        ranges: half-open ranges of rows to keep to; all rows where None.
    """
    allowed = _allowed(build.vectors.size, ranges)
    words, key_words = build.words.scores(asked.terms), build.key_words.scores(asked.terms)
    near, _ = build.vectors.nearest(encoded.vector, BY_VECTOR, ranges)
    by_key = _rows_of_keys(build, build.keys.nearest(encoded.vector, BY_KEY)[0])
    found = np.concatenate([near, by_key, _best(words, BY_WORDS), _best(key_words, BY_KEY)])
    rows = np.unique(found)
    rows = rows[allowed[rows]] if allowed is not None else rows
    passage = build.vectors.rows(rows) @ encoded.vector
    key = _best_keys(build, rows, encoded.vector)
    rough = stretched(passage) + stretched(words[rows]) + stretched(np.maximum(key, passage)) + stretched(key_words[rows])
    kept = np.sort(np.argsort(-rough, kind="stable")[:LOOKED_AT])
    rows, passage, key = rows[kept], passage[kept], key[kept]
    weights = token_weights(build.tokens.frequencies(encoded.pieces), build.tokens.size)
    matches = match(encoded, weights, build.tokens.of(rows))
    documents = np.searchsorted(build.document_ends, rows, side="right")
    share = words[rows] / build.words.ideal(asked.terms)
    views = Views(
        sentence=matches.best_sentence,
        words=share,
        tokens=matches.cubed,
        pairs=_share(build.pairs, asked.pairs, rows),
        passage=passage,
        document=build.document_vectors[documents] @ encoded.vector,
        key=np.maximum(key, matches.best_sentence),
        key_words=np.maximum(key_words[rows] / build.key_words.ideal(asked.terms), share),
    )
    return Candidates(rows, documents, views, matches)


def _share(words: Words, terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.asarray(words.scores(terms)[rows] / words.ideal(terms), np.float32)


def _rows_of_keys(build: Build, keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(build.key_bounds, keys, side="right") - 1


def _best_keys(build: Build, rows: NDArray[np.int64], question: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of each passage's best key; -1 where it has none."""
    starts, ends = build.key_bounds[rows], build.key_bounds[rows + 1]
    best = np.full(len(rows), -1.0, np.float32)
    keyed = np.flatnonzero(ends > starts)
    if len(keyed):
        keys = np.concatenate([np.arange(starts[place], ends[place]) for place in keyed])
        first = np.concatenate([[0], np.cumsum((ends - starts)[keyed])[:-1]])
        best[keyed] = np.maximum.reduceat(build.keys.rows(keys) @ question, first)
    return best


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the rows of the ``count`` greatest scores above zero, in no order."""
    rows = np.argpartition(-scores, count)[:count] if count < len(scores) else np.arange(len(scores))
    return np.asarray(rows[scores[rows] > 0], np.int64)


def _allowed(size: int, ranges: Sequence[Range] | None) -> NDArray[np.bool_] | None:
    if ranges is None:
        return None
    allowed = np.zeros(size, bool)
    for start, end in ranges:
        allowed[start:end] = True
    return allowed
