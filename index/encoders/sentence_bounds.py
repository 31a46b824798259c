"""Where a new sentence or a new passage begins among tokens. Pure arithmetic."""

import numpy as np
from numpy.typing import NDArray


def segment_starts(sentences: NDArray[np.int16], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places at which a new sentence or a new passage begins, ascending.

    Args:
        sentences: the sentence of its passage that each token stands in, shape (tokens,).
        bounds: where each passage begins, and the end of the last, shape (passages + 1,).
    """
    new = np.ones(len(sentences), bool)
    new[1:] = sentences[1:] != sentences[:-1]
    new[bounds[:-1]] = True
    return np.flatnonzero(new)
