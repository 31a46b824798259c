"""What MPNet adds to the weight of every pair of word pieces: a number that only their distance decides. Pure arithmetic."""

import math

import numpy as np
from numpy.typing import NDArray

_GROUPS = 32  # half of them for what stands before, half for what stands behind
_FARTHEST = 128  # all that is farther away is in the last group


def nearness_table(biases: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return the number of each head for each distance from ``1 - most`` to ``most - 1``, shape (heads, 2 * most - 1).

    Args:
        biases: of each group of distances, shape (groups, heads).
        most: the most word pieces that a text has.
    """
    return np.ascontiguousarray(biases[groups_of(np.arange(1 - most, most))].T)


def groups_of(distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the group of each distance: near ones have their own, farther ones share one by the logarithm (Raffel, T5, 2020)."""
    half = _GROUPS // 2
    near = half // 2
    far = np.maximum(np.abs(distances), 1).astype(np.float32)
    by_logarithm = np.log(far / near) / np.float32(math.log(_FARTHEST / near)) * np.float32(half - near)
    shared = np.minimum(near + by_logarithm.astype(np.int64), half - 1)
    return np.where(distances > 0, half, 0) + np.where(np.abs(distances) < near, np.abs(distances), shared)
