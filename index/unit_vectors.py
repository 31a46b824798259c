"""Bring vectors to length 1, so that their inner product is their cosine. Pure arithmetic."""

import numpy as np
from numpy.typing import NDArray


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``vectors`` (the last axis) at length 1; a vector of zeros stays as it is."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), np.float32)
