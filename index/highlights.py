"""Choose the sentences of a passage that answer a question.

Comes in: a passage and how near each of its sentences is to the question. Goes out: ranges in the passage's text.
Refuses to know the words: a sentence that shares words with the question often only repeats it.
"""

import numpy as np
from numpy.typing import NDArray

from index.records import Passage, Span

# A second sentence is marked when it is nearly as near as the first; more would mark everything and nothing.
NEARLY = 0.92
AT_MOST = 2


def answering_sentences(passage: Passage, cosines: NDArray[np.float32]) -> tuple[Span, ...]:
    """Return the ranges of the answering sentences, in reading order.

    Args:
        passage: the passage.
        cosines: of each of its sentences with the question, shape (sentences,).
    """
    if not len(cosines):
        return ()
    best = float(cosines.max())
    near = [int(place) for place in np.argsort(-cosines, kind="stable")[:AT_MOST] if cosines[place] >= NEARLY * best]
    return tuple(passage.sentences[place] for place in sorted(near))
