"""Make the vectors of passages and of their sentences: one way for ingestion and evaluation alike.

Comes in: passages with their documents, and a model. Goes out: float32 vectors in passage order. Refuses to store them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, Progress
from index.records import Document, Passage
from index.splitting import embedding_text


def passage_vectors(
    passages: Sequence[tuple[Document, Passage]], embedder: Embedder, progress: Progress | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the vectors of passages, shape (n, d), and those of all their sentences in order, shape (sentences, d).

    A passage is embedded with its title and headings in front, a sentence alone.
    """
    texts = [embedding_text(document, passage) for document, passage in passages]
    sentences = [passage.text[start:end] for _, passage in passages for start, end in passage.sentences]
    vectors = embedder.embed(texts + sentences, progress)
    return vectors[: len(texts)], vectors[len(texts) :]
