"""Gather the passages that may answer a question.

Comes in: an opened build, a question as read and as encoded. Goes out: the few passages worth a closer look, and what is known of them
already. Refuses to look closely, and to weigh what it knows.

What a source nominates by vector, words and keys is joined roughly, with what the question names exactly; then the best are taken,
because looking at one word by word costs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.build.reader import Build
from index.dense.faiss_reader import Range
from index.encoders.query_encoder import EncodedQuestion
from index.engines.source import UNKNOWN, Sought
from index.retrieval.questions import AskedQuestion

LOOKED_AT = 20  # passages that are matched word by word: the dearest step
# What the first round's features count, the others 1: so 20 passages hold as much of what answers as 40 did by the plain sum. While
# vectors counted 1, passages that lay second and third by them were left out (own documents; nDCG@10 of six sets .7656, .7666 now).
PASSAGE_COUNTS = 1.5
WORDS_COUNT = 1.5
DOCUMENT_COUNTS = 0.5
AROUND = 2  # passages on each side: with 4 the same questions come out right


@dataclass(frozen=True, slots=True)
class Found:
    """Passages worth a closer look, and what is known of them already; the arrays run alongside ``rows``."""

    by: Sought  # the question that found them
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
    question = sought(build, asked, encoded)
    seen = build.source.nominate(question, ranges)
    key = np.maximum(seen.passage, seen.key)
    document = build.document_vectors[documents_of(build, seen.rows)] @ encoded.vector
    rough = PASSAGE_COUNTS * stretched(seen.passage) + WORDS_COUNT * stretched(seen.candidate_words)
    rough = rough + stretched(key) + stretched(seen.candidate_expansions)
    rough = rough + DOCUMENT_COUNTS * stretched(document) + seen.named
    best = np.sort(np.argsort(-rough, kind="stable")[:LOOKED_AT])
    return Found(question, seen.rows[best], seen.passage[best], seen.key[best], seen.words[best])


def compared(build: Build, rows: NDArray[np.int64], asked: AskedQuestion, encoded: EncodedQuestion) -> Found:
    """Return the passages in ``rows``, ascending, as if ``find`` had found them for this question."""
    question = sought(build, asked, encoded)
    passage, words = build.source.compared(question, rows)
    return Found(question, rows, passage, np.full(len(rows), UNKNOWN, np.float32), words)


def words_around(build: Build, terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return BM25 over each passage and its neighbours in the same document, as a share of what ``terms`` could give, shape (rows,).

    What a passage is about is often said by the one before it. Each term counts where it counts most.
    """
    ends = build.document_ends
    places = documents_of(build, rows)
    starts = np.concatenate([[0], ends[:-1]])[places]
    near = rows[:, None] + np.arange(-AROUND, AROUND + 1)
    inside = (near >= starts[:, None]) & (near < ends[places][:, None])
    near = np.where(inside, near, rows[:, None])
    distinct = np.unique(near)
    weights = build.source.words.term_weights(terms, distinct)
    most = weights[:, distinct.searchsorted(near)].max(axis=2)
    return np.asarray(most.sum(axis=0) / np.float32(build.source.words.ideal(terms)), np.float32)


def sought(build: Build, asked: AskedQuestion, encoded: EncodedQuestion) -> Sought:
    """Return the question as a source of candidates is asked it, led by the adapter where the build has one."""
    searched = encoded.vector if build.adapter is None else build.adapter.adapted(encoded.vector)
    return Sought(encoded.vector, searched, asked.terms, asked.pairs, asked.meant, asked.names, asked.phrases)


def documents_of(build: Build, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each passage's document among the build's documents."""
    return np.searchsorted(build.document_ends, rows, side="right")


def stretched(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``scores`` moved and stretched to 0 to 1; zeros where all are equal."""
    if not len(scores):
        return scores
    least, greatest = float(scores.min()), float(scores.max())
    return np.asarray((scores - least) / max(greatest - least, 1e-9), np.float32)
