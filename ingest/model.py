"""The embedding model as ingestion uses it: something that embeds, and a way to write its light query encoder.

Comes in: the name of a model. Goes out: a Model. Refuses to know what is embedded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index.embedder import Embedder, SentenceTransformerEmbedder
from index.encoder_export import export_query_encoder


@dataclass(frozen=True, slots=True)
class Model:
    """A model and the way to write its query encoder into a folder, which returns how near that is to the model (0 to 1)."""

    embedder: Embedder
    export_encoder: Callable[[Path], float]


def open_model(name: str) -> Model:
    """Find the model ``name``; its weights are hashed now and loaded when the first text is embedded.

    Raises:
        ModelError: it is missing or not the pinned one.
    """
    embedder = SentenceTransformerEmbedder(name)
    return Model(embedder, partial(export_query_encoder, embedder))
