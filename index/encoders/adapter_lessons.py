"""Learn how people ask: a query adapter moves the vector of a question towards the texts that answer such questions.

Comes in: vectors of paraphrases and of the passages that they ask for, document by document. Goes out: a ``QueryAdapter``. Refuses to
know words, and how a question is searched for.

People ask in other words than texts answer in. What the paraphrases of a corpus show of that is learned once and for all questions,
also those about documents that have no paraphrases; matched word by word they only led to passages with many paraphrases (decision
21). A low-rank linear map, as in parameter-efficient tuning (Hu and others, "LoRA", 2021), learned by cross-entropy over passages
(Oord and others, "InfoNCE", 2018) with Adam (Kingma and Ba, 2014).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.arrays import unit
from index.encoders.query_encoder import QueryAdapter, Vectors

RANK = 128
ROUNDS = 12  # over all paraphrases, or as many as make
LEAST_STEPS = 150
AT_ONCE = 256  # paraphrases
TEMPERATURE = 0.05
STEP, DECAY = 2e-3, 1e-2
DROPPED = 0.1  # share of a question's numbers left out at a time, so that none is leaned on
LEAST_PAIRS = 300  # paraphrases: fewer teach the corpus and not its askers
MOST_PAIRS = 50_000
MOST_PASSAGES = 4096  # that a paraphrase is told apart from
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8  # Adam's usual memory


@dataclass(slots=True)
class AdapterLessons:
    """Gathers, document by document, what an adapter is learned from; holds a bounded number of vectors."""

    _asked: list[Vectors] = field(default_factory=list)
    _answers: list[NDArray[np.int64]] = field(default_factory=list)
    _passages: list[Vectors] = field(default_factory=list)
    _pairs: int = 0
    _targets: int = 0

    def add(self, passages: Vectors, keys: Vectors, counts: Sequence[int]) -> None:
        """Take one document.

        Args:
            passages: their vectors, shape (n, d).
            keys: vectors of all their keys in order, of each passage its heading first, shape (keys, d).
            counts: how many keys each passage has, n of them.
        """
        ends = np.cumsum(counts, dtype=np.int64)
        starts = ends - counts
        owners = np.repeat(np.arange(len(counts)), counts)
        is_paraphrase = np.ones(len(keys), bool)
        is_paraphrase[starts[ends > starts]] = False
        asked = keys[is_paraphrase][: MOST_PAIRS - self._pairs]
        if not len(asked) and self._targets >= MOST_PASSAGES:
            return
        self._asked.append(asked)
        self._answers.append(owners[is_paraphrase][: len(asked)] + self._targets)
        self._passages.append(targets(passages, keys, starts, ends))
        self._pairs, self._targets = self._pairs + len(asked), self._targets + len(passages)

    def learned(self) -> QueryAdapter | None:
        """Return what there is to learn; None where fewer than ``LEAST_PAIRS`` paraphrases teach it.

        The same lessons give the same adapter, but for the rounding of the machine.
        """
        if self._pairs < LEAST_PAIRS:
            return None
        asked, answers, passages = np.concatenate(self._asked), np.concatenate(self._answers), np.concatenate(self._passages)
        random = np.random.default_rng(0)
        learner = _Learner(asked.shape[1], random)
        rounds = max(ROUNDS, -(-LEAST_STEPS * AT_ONCE // len(asked)))
        for _ in range(rounds):
            order = random.permutation(len(asked))
            for start in range(0, len(order), AT_ONCE):
                rows = order[start : start + AT_ONCE]
                learner.step(asked[rows], *_compared(passages, answers[rows], random))
        return learner.adapter


def targets(passages: Vectors, keys: Vectors, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Vectors:
    """Return where questions are led to: half way between each passage and its heading; the passage itself where it has none."""
    led = passages.astype(np.float32)
    headed = np.flatnonzero(ends > starts)
    led[headed] = (led[headed] + keys[starts[headed]]) / 2
    return led


def _compared(passages: Vectors, answers: NDArray[np.int64], random: np.random.Generator) -> tuple[Vectors, NDArray[np.int64]]:
    """Return the passages that these paraphrases are told apart from, their own among them, and the place of each one's own."""
    if len(passages) <= MOST_PASSAGES:
        return passages, answers
    kept = np.unique(np.concatenate([answers, random.choice(len(passages), MOST_PASSAGES - len(answers), replace=False)]))
    return passages[kept], np.searchsorted(kept, answers)


class _Learner:
    """An adapter while it learns."""

    def __init__(self, dimension: int, random: np.random.Generator) -> None:
        rank = min(RANK, dimension)
        down = random.normal(0, 0.02, (dimension, rank)).astype(np.float32)
        self.adapter = QueryAdapter(down, np.zeros((rank, dimension), np.float32))
        self._random = random
        self._steps = 0
        self._means = [np.zeros_like(one) for one in (self.adapter.down, self.adapter.up)]
        self._squares = [np.zeros_like(one) for one in self._means]

    def step(self, asked: Vectors, passages: Vectors, answers: NDArray[np.int64]) -> None:
        """Learn from some paraphrases."""
        kept = self._random.random(asked.shape, np.float32) >= DROPPED
        slopes = gradients(self.adapter, asked * kept / np.float32(1 - DROPPED), passages, answers)
        self._steps += 1
        for weights, slope, mean, square in zip(
            (self.adapter.down, self.adapter.up), slopes, self._means, self._squares, strict=True
        ):
            mean += (1 - _FIRST) * (slope - mean)
            square += (1 - _SECOND) * (slope * slope - square)
            moved = mean / (1 - _FIRST**self._steps) / (np.sqrt(square / (1 - _SECOND**self._steps)) + _TINY)
            weights -= STEP * (moved + DECAY * weights)


def gradients(adapter: QueryAdapter, asked: Vectors, passages: Vectors, answers: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """Return how the mean cross-entropy changes with ``down`` and ``up`` of the adapter.

    Args:
        adapter: as it is.
        asked: vectors of paraphrases, shape (m, d).
        passages: where they may lead, shape (n, d).
        answers: the place among ``passages`` of the one that each asks for, shape (m,).
    """
    inner: Vectors = asked @ adapter.down
    moved = adapter.moved(asked)
    led, plain = unit(moved), unit(asked)
    joined: Vectors = led + plain
    adapted = unit(joined)
    weighed: Vectors = adapted @ passages.T / np.float32(TEMPERATURE)
    chances: Vectors = np.exp(weighed - weighed.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(asked)), answers] -= 1
    by_adapted: Vectors = chances @ passages / np.float32(TEMPERATURE * len(asked))
    by_moved = _through_unit(_through_unit(by_adapted, adapted, joined), led, moved)
    return asked.T @ (by_moved @ adapter.up.T), inner.T @ by_moved


def _through_unit(slope: Vectors, result: Vectors, vectors: Vectors) -> Vectors:
    """Return the slope by ``vectors``, given that by ``result``, which is ``unit(vectors)``."""
    along = np.einsum("ij,ij->i", slope, result)[:, None]
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), 1e-12)[:, None]
    return np.asarray((slope - result * along) / lengths, np.float32)
