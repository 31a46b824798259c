"""What engines hand over of a few passages, put together as reranking wants it, and held as long as there is room.

Comes in: bytes by row. Goes out: tokens and vectors of expansions, as the files of a build give them. Refuses to fetch anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.arrays import BYTE_SCALE
from index.engines.passage_text import read_passage
from index.engines.source import Scores
from index.late_interaction.projection import SCALE
from index.late_interaction.token_vectors import PassageTokens, TokenStatistics
from index.records import Passage
from index.remembered import Remembered

HELD_TOKENS = 32 * 2**20  # bytes of tokens of the passages looked at last
HELD_PASSAGES = 1024


@dataclass(frozen=True, slots=True)
class Looked:
    """What a passage that is looked at brings with it, as it lies in the files of a build."""

    keys: bytes  # vectors of its expansions, a byte a number
    tokens: bytes
    sentences: bytes
    lengths: bytes
    pairs: bytes = b""  # weights of its pairs, where an engine keeps them with the passage
    record: str = ""  # the passage as ``written_passage`` writes it, likewise

    def size(self) -> int:
        """Return how many bytes it takes."""
        return sum(map(len, (self.keys, self.tokens, self.sentences, self.lengths, self.pairs, self.record)))


class HeldRows:
    """Passages that were looked at or shown lately; what is not held is fetched."""

    def __init__(self, look: Callable[[list[int]], dict[int, Looked]], read: Callable[[list[int]], dict[int, str]]) -> None:
        """Fetch by ``look`` what is looked at, and by ``read`` passages as ``written_passage`` writes them."""
        self._look, self._read = look, read
        self._looked: Remembered[Looked] = Remembered(HELD_TOKENS, Looked.size)
        self._passages: Remembered[Passage] = Remembered(HELD_PASSAGES)

    def looked(self, rows: Sequence[int]) -> list[Looked]:
        """Return what comes with ``rows``, in that order."""
        return self._looked.several(rows, lambda missing: map(self._look(missing).__getitem__, missing))

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of ``rows``, in that order.

        Raises:
            DamagedBuild: the text of one is not what its id was made from.
        """
        return self._passages.several(rows, self._read_passages)

    def _read_passages(self, rows: list[int]) -> list[Passage]:
        came = {row: looked.record for row in rows if (looked := self._looked.get(row)) is not None and looked.record}
        missing = [row for row in rows if row not in came]
        records = came | (self._read(missing) if missing else {})
        return [read_passage(row, records[row]) for row in rows]


def joined_tokens(looked: Sequence[Looked], statistics: TokenStatistics) -> PassageTokens:
    """Return the tokens of several passages, one passage after the other."""
    sentences = [np.frombuffer(one.sentences, "<i2") for one in looked]
    vectors = np.frombuffer(b"".join(one.tokens for one in looked), np.uint8)
    return PassageTokens(
        vectors.reshape(sum(map(len, sentences)), -1),
        np.concatenate(sentences),
        np.frombuffer(b"".join(one.lengths for one in looked), "<f4"),
        np.concatenate([[0], np.cumsum(list(map(len, sentences)))]).astype(np.int64),
        BYTE_SCALE if statistics.directions is None else SCALE,
    )


class FetchedKeys:
    """The vectors of the expansions of a few passages."""

    def __init__(self, starts: NDArray[np.int64], looked: Sequence[Looked]) -> None:
        """Hold those of passages whose first expansion stands at ``starts`` among all."""
        self._starts, self._looked = starts, looked

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> Scores:
        """Compare expansions of these passages; see KeyVectors."""
        own = [np.frombuffer(one.keys, np.int8).reshape(-1, len(query)) for one in self._looked]
        places = np.concatenate([np.arange(start, start + len(one)) for start, one in zip(self._starts, own, strict=True)])
        vectors = np.concatenate(own)[places.searchsorted(rows)]
        return np.asarray((vectors.astype(np.float32) / np.float32(BYTE_SCALE)) @ query, np.float32)
