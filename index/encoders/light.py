"""The light encoder as the embedder of passages: the same graph that serving reads questions with.

Comes in: texts, and the folder of a light encoder. Goes out: float32 vectors of unit length. Refuses to load torch.

On a processor this is several times as fast as the full model, mostly because nothing is padded and every core works on texts of its
own: one text, or, where the graph takes several, some of one length. The vector of a text never depends on its neighbours. What that
costs in quality is measured by ``benchmarks.precision``.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.arrays import unit
from index.encoders.full import Embedder, Progress, TokenVectors, light_identity
from index.encoders.query_encoder import QueryEncoder, of_one_length
from index.processors import usable_processors

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
                yield from self._in_order(texts[start : start + _AT_ONCE], pool)
                if progress:
                    progress(min(start + _AT_ONCE, len(texts)), len(texts))

    def _in_order(self, texts: Sequence[str], pool: ThreadPoolExecutor) -> list[TokenVectors]:
        encodings = [self._encoder.pieces(text) for text in texts]
        groups = of_one_length([len(one.ids) for one in encodings], self._encoder.pieces_at_once)
        made: dict[int, TokenVectors] = {}
        for rows, vectors in zip(
            groups, pool.map(self._vectors, [[encodings[row] for row in rows] for rows in groups]), strict=True
        ):
            made.update(zip(rows, vectors, strict=True))
        return [made[row] for row in range(len(texts))]

    def _vectors(self, texts: Sequence[Encoding]) -> list[TokenVectors]:
        return [self._of_text(*one) for one in zip(texts, self._encoder.run_several(texts), strict=True)]

    def _of_text(self, encoding: Encoding, vectors: NDArray[np.float32]) -> TokenVectors:
        inner = slice(1, -1)  # without [CLS] and [SEP]
        return TokenVectors(
            vector=self._encoder.pooling.pooled(vectors),
            tokens=unit(vectors[inner]),
            pieces=np.array(encoding.ids[inner], np.int32),
            starts=np.array([start for start, _ in encoding.offsets[inner]], np.int64),
        )
