"""Make the vectors of passages: one way for ingestion and evaluation alike.

Comes in: passages with their documents, and a model. Goes out: for each passage its vector and those of its tokens. Refuses to
store them.

One pass of the model over "title > headings, text" gives both the passage's vector and its tokens' vectors; the vector of a
sentence is later pooled from its tokens ("late chunking", Günther and others 2024), so that sentences cost nothing more. A
passage's keys are embedded alone, by ``Embedder.embed``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, Progress, TokenVectors
from index.records import Document, Passage
from index.splitting import embedding_prefix, embedding_text
from index.unit_vectors import in_bytes

NO_SENTENCE = -1


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of one passage, d the model's dimension."""

    passage: NDArray[np.float32]  # of title, headings and text together, unit length, shape (d,)
    tokens: NDArray[np.int8]  # of each word piece in context, unit length times BYTE_SCALE, shape (tokens, d)
    sentences: NDArray[np.int16]  # the sentence (0-based) that each token stands in; NO_SENTENCE for title and headings
    pieces: NDArray[np.int32]  # the word piece of each token


def passage_vectors(
    passages: Sequence[tuple[Document, Passage]], embedder: Embedder, progress: Progress | None = None
) -> list[PassageVectors]:
    """Return the vectors of each passage, in order."""
    made = embedder.embed_tokens([embedding_text(document, passage) for document, passage in passages], progress)
    return [
        PassageVectors(one.vector, in_bytes(one.tokens), _sentences(one, document, passage), one.pieces)
        for one, (document, passage) in zip(made, passages, strict=True)
    ]


def vectors_key(document: Document, passage: Passage) -> str:
    """Return a text that is equal for two passages exactly where their vectors are."""
    return f"{embedding_text(document, passage)}\0{passage.sentences}"


def _sentences(made: TokenVectors, document: Document, passage: Passage) -> NDArray[np.int16]:
    prefix = len(embedding_prefix(document, passage.section))
    starts = np.array([start + prefix for start, _ in passage.sentences] or [prefix])
    places = np.searchsorted(starts, made.starts, side="right") - 1
    return np.asarray(np.where(made.starts < prefix, NO_SENTENCE, places), np.int16)
