"""The light encoder as the embedder of passages: the same graph that serving reads questions with.

Comes in: texts, and the folder of a light encoder. Goes out: float32 vectors of unit length. Refuses to load torch.

On a processor this is several times as fast as the full model, mostly because nothing is padded and every core works on texts of its
own: one text, or, where the graph takes several, some of one length. The vector of a text never depends on its neighbours. What that
costs in quality is measured by ``benchmarks.precision``.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.arrays import unit
from index.encoders.full import Embedder, Progress, TokenVectors, light_identity
from index.encoders.query_encoder import QueryEncoder, of_one_length
from index.processors import usable_processors

_AT_ONCE = 256  # texts handed to the cores at a time: what is made waits in memory
_IN_HAND = 512  # word pieces of short texts that one core is handed together
_Made = TypeVar("_Made")


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
        for row, vector in enumerate(self._each(texts, progress, self._vector)):
            vectors[row] = vector
        return vectors

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens, in order; a text is cut at the model's longest input."""
        return list(self._each(texts, progress, self._of_text))

    def _each(
        self, texts: Sequence[str], progress: Progress | None, made: Callable[[Encoding, NDArray[np.float32]], _Made]
    ) -> Iterator[_Made]:
        # The arithmetic runs outside of Python's lock, so threads share the cores and one opened graph.
        with ThreadPoolExecutor(usable_processors()) as pool:
            for start in range(0, len(texts), _AT_ONCE):
                yield from self._in_order(texts[start : start + _AT_ONCE], pool, made)
                if progress:
                    progress(min(start + _AT_ONCE, len(texts)), len(texts))

    def _in_order(
        self, texts: Sequence[str], pool: ThreadPoolExecutor, made: Callable[[Encoding, NDArray[np.float32]], _Made]
    ) -> list[_Made]:
        encodings = [self._encoder.pieces(text) for text in texts]
        lengths = [len(one.ids) for one in encodings]

        def handed(groups: Sequence[Sequence[int]]) -> list[tuple[int, _Made]]:
            of_groups = ((rows, self._encoder.run_several([encodings[row] for row in rows])) for rows in groups)
            return [
                (row, made(encodings[row], one)) for rows, vectors in of_groups for row, one in zip(rows, vectors, strict=True)
            ]

        hands = in_hands(of_one_length(lengths, self._encoder.pieces_at_once), lengths)
        by_row = dict(chain.from_iterable(pool.map(handed, hands)))
        return [by_row[row] for row in range(len(texts))]

    def _vector(self, _: Encoding, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._encoder.pooling.pooled(vectors)

    def _of_text(self, encoding: Encoding, vectors: NDArray[np.float32]) -> TokenVectors:
        inner = slice(1, -1)  # without [CLS] and [SEP]
        return TokenVectors(
            vector=self._encoder.pooling.pooled(vectors),
            tokens=unit(vectors[inner]),
            pieces=np.array(encoding.ids[inner], np.int32),
            starts=np.array([start for start, _ in encoding.offsets[inner]], np.int64),
        )


def in_hands(groups: Sequence[list[int]], lengths: Sequence[int]) -> list[list[list[int]]]:
    """Return ``groups`` of texts in their order, short ones together until they have ``_IN_HAND`` word pieces.

    To hand a text to another thread takes a tenth of what a short one takes there.
    """
    hands: list[list[list[int]]] = []
    pieces = _IN_HAND
    for rows in groups:
        more = sum(lengths[row] for row in rows)
        if pieces + more > _IN_HAND:
            hands.append([])
            pieces = 0
        hands[-1].append(rows)
        pieces += more
    return hands
