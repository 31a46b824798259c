"""Names that mean one thing exactly, and the passages that hold them.

Comes in: an opened build, a question as read, rows of passages. Goes out: how many such names each holds. Refuses to rank.
"""

import numpy as np
from numpy.typing import NDArray

from index.build.reader import Build
from index.retrieval.questions import AskedQuestion

COMMON = 0.03  # share of all passages: a name that more of them hold tells none of them apart


def names_held(build: Build, asked: AskedQuestion, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of the names in the question each passage holds, in its text, headings or wordings, shape (rows,)."""
    held = np.zeros(len(rows), np.int64)
    for name in asked.names:
        found = [index.postings(name).rows for index in (build.words, build.expansion_words)]
        if max(map(len, found)) <= COMMON * build.words.size:
            held += np.isin(rows, found[0]) | np.isin(rows, found[1])
    return held
