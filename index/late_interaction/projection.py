"""Fewer numbers a token: the directions in which token vectors differ most, and nothing else.

Comes in: a sample of token vectors; then vectors of any. Goes out: shorter vectors with nearly the same cosines. Pure arithmetic.

This is a principal component analysis without taking away the mean, because cosines are to be kept. What it costs in ranking is
measured by ``benchmarks.precision``.
"""

import numpy as np
from numpy.typing import NDArray

from index.arrays import unit

KEPT = 128  # numbers a token
# Shorter vectors of the same length have greater numbers: at this scale int8 holds -0.74 to 0.74.
SCALE = 170.0


def principal_directions(sample: NDArray[np.float32], count: int = KEPT) -> NDArray[np.float32]:
    """Return the ``count`` directions of most energy of ``sample``, shape (d, count), orthonormal; d where that is less."""
    _, directions = np.linalg.eigh(sample.T @ sample)  # ascending
    return np.asarray(directions[:, ::-1][:, :count], np.float32)


def projected(vectors: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``vectors``, shape (..., d), along ``directions``, at unit length again, shape (..., count)."""
    return unit(vectors @ directions)
