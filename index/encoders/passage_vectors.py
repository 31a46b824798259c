"""Make the vectors of passages: one way for ingestion and evaluation alike.

Comes in: passages with their documents, and a model. Goes out: for each passage its vector and those of its tokens. Refuses to
store them.

One pass of the model over "title > headings, text" gives both the passage's vector and its tokens' vectors; the vector of a
sentence is later pooled from its tokens ("late chunking", Günther and others 2024), so that sentences cost nothing more. A
passage's keys are embedded alone, by ``Embedder.embed``.

Tokens that say nothing by themselves, marks and function words, are seen by the model and then left out: two fifths of what a build
keeps and of what a question reads, and ranking comes out the same (``benchmarks.token_pruning``). Acquavia, Macdonald and
Tonellotto, "Static Pruning for Multi-Representation Dense Retrieval" (2023), found the same of ColBERT.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.arrays import in_bytes
from index.encoders.full import Embedder, Progress, TokenVectors
from index.records import Document, Passage
from index.text.analysis import says_something
from index.text.splitting import embedding_prefix, embedding_text

NO_SENTENCE = -1


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of one passage, d the model's dimension."""

    passage: NDArray[np.float32]  # of title, headings and text together, unit length, shape (d,)
    tokens: NDArray[
        np.int8
    ]  # of each word piece that says something, in context, unit length times BYTE_SCALE, shape (tokens, d)
    sentences: NDArray[np.int16]  # the sentence (0-based) that each token stands in; NO_SENTENCE for title and headings
    pieces: NDArray[
        np.int32
    ]  # the word pieces of the passage, those without a token too, each once, ascending, shape (pieces,)


def passage_vectors(
    passages: Sequence[tuple[Document, Passage]], embedder: Embedder, progress: Progress | None = None
) -> list[PassageVectors]:
    """Return the vectors of each passage, in order."""
    texts = [embedding_text(document, passage) for document, passage in passages]
    made = embedder.embed_tokens(texts, progress)
    return [
        _vectors(one, text, _sentences(one, document, passage))
        for one, text, (document, passage) in zip(made, texts, passages, strict=True)
    ]


def vectors_key(document: Document, passage: Passage) -> str:
    """Return a text that is equal for two passages exactly where their vectors are."""
    return f"{embedding_text(document, passage)}\0{passage.sentences}"


def _vectors(made: TokenVectors, text: str, sentences: NDArray[np.int16]) -> PassageVectors:
    kept = _kept(text, made.starts, sentences)
    return PassageVectors(made.vector, in_bytes(made.tokens[kept]), sentences[kept], np.unique(made.pieces))


def _kept(text: str, starts: NDArray[np.int64], sentences: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return which tokens say something, shape (tokens,); all those of a sentence in which none does, so that none is lost."""
    saying = np.array([says_something(text, start) for start in starts.tolist()], bool)
    if not len(saying):
        return saying
    _, first = np.unique(sentences, return_index=True)  # they ascend: where each begins
    silent = ~np.logical_or.reduceat(saying, first)
    return np.asarray(saying | np.repeat(silent, np.diff([*first, len(sentences)])), bool)


def _sentences(made: TokenVectors, document: Document, passage: Passage) -> NDArray[np.int16]:
    prefix = len(embedding_prefix(document, passage.section))
    starts = np.array([start + prefix for start, _ in passage.sentences] or [prefix])
    places = np.searchsorted(starts, made.starts, side="right") - 1
    return np.asarray(np.where(made.starts < prefix, NO_SENTENCE, places), np.int16)
