"""The light encoder as the embedder of passages: the same int8 graph that serving reads questions with.

Comes in: texts, and the folder of a light encoder. Goes out: float32 vectors of unit length. Refuses to load torch.

On a processor this is several times as fast as the full model, mostly because each text is embedded alone: nothing is padded, every
core works on a text of its own, and the vector of a text does not depend on its neighbours (activations are quantised by what is
embedded together). What that costs in quality is measured by ``benchmarks.precision``.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, Progress, TokenVectors, light_identity
from index.processors import usable_processors
from index.query_encoder import QueryEncoder
from index.unit_vectors import unit

_AT_ONCE = 256  # texts handed to the cores at a time: what is made waits in memory


class LightEmbedder:
    """Embeds on all cores with the light encoder of a model."""

    def __init__(self, full: Embedder, encoder: Path) -> None:
        """Open the light form of ``full`` that lies in the folder ``encoder``.

        Raises:
            DamagedBuild: a file is missing or cannot be read.
        """
        self.identity = light_identity(full.identity)
        self.count_tokens = full.count_tokens
        self._encoder = QueryEncoder.open(encoder)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (n, d), float32."""
        vectors = np.empty((len(texts), self.identity.dimension), np.float32)
        for row, made in enumerate(self._each(texts, progress)):
            vectors[row] = made.vector
        return vectors

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens, in order; a text is cut at the model's longest input."""
        return list(self._each(texts, progress))

    def _each(self, texts: Sequence[str], progress: Progress | None) -> Iterator[TokenVectors]:
        # The arithmetic runs outside of Python's lock, so threads share the cores and one opened graph.
        with ThreadPoolExecutor(usable_processors()) as pool:
            for start in range(0, len(texts), _AT_ONCE):
                yield from pool.map(self._vectors, texts[start : start + _AT_ONCE])
                if progress:
                    progress(min(start + _AT_ONCE, len(texts)), len(texts))

    def _vectors(self, text: str) -> TokenVectors:
        encoding, vectors = self._encoder.run(text)
        inner = slice(1, -1)  # without [CLS] and [SEP]
        return TokenVectors(
            vector=unit(vectors.mean(axis=0)),
            tokens=unit(vectors[inner]),
            pieces=np.array(encoding.ids[inner], np.int32),
            starts=np.array([start for start, _ in encoding.offsets[inner]], np.int64),
        )
