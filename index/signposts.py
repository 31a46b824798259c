"""Which signpost stands at a question, and whether it alone is enough to refuse.

Comes in: a question and the signposts of the lexicon. Goes out: the signpost whose words stand in it, or nothing. Refuses to know how
a refusal is worded beyond the signpost's own text.

What was decided, and why: somebody in danger, in another country, off topic or giving orders is sent on whatever the search found,
because a passage that shares their words is no help to them. A near miss (a council tax band, a village green) and a personal matter
(a parking ticket, a boss) lie so close to what is held that their words also occur in questions that are answered; there the signpost
refuses unless the search is all but certain. On the tuned golden questions and the wordings of the corpus, 65 of 72 questions to
refuse meet a signpost by its words, and six of about 3,700 that are answered, all of them near misses.

What no words give away may still lie nearer to a question that is known to lie outside than to anything held: see nearest_signpost.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.lexicon import Signpost
from index.query_encoder import QueryEncoder

# A wording of a signpost this near to a question, and this much nearer than anything found, sends it on. Chosen on the tuned part of
# the golden questions: without the margin no more is refused there, and more answers are lost.
LEAST_NEAR = 0.6
CLEARLY = 0.06

# Kinds of signpost that a certain search overrules.
CLOSE_KINDS = frozenset({"near miss", "personal matter"})

# Under this confidence, 0 to 1, they are sent on. At 0.8 a question after the minimum wage got the wage of 2012 for an answer.
ALL_BUT_CERTAIN = 0.9


def matching_signpost(question: str, signposts: Iterable[Signpost]) -> Signpost | None:
    """Return the first signpost with a pattern that stands in ``question``, as whole words in any case, and no ``unless`` there."""
    asked = _plain(question)
    return next(
        (post for post in signposts if _stands_in(asked, post.patterns) and not _stands_in(asked, post.unless)),
        None,
    )


def refuses(signpost: Signpost, confidence: float) -> bool:
    """Return whether a question at which ``signpost`` stands is to be refused, given the confidence of the search."""
    return signpost.kind not in CLOSE_KINDS or confidence < ALL_BUT_CERTAIN


def refusing_signpost(question: str, signposts: Iterable[Signpost], confidence: float) -> Signpost | None:
    """Return the signpost whose words stand in ``question`` and that refuses it at this confidence of the search."""
    post = matching_signpost(question, signposts)
    return post if post and refuses(post, confidence) else None


def nearest_signpost(
    vector: NDArray[np.float32], signposts: Iterable[Signpost], wordings: NDArray[np.float32], nearness: float
) -> Signpost | None:
    """Return the signpost whose wordings are nearer to a question than anything that was found, if there is one.

    Args:
        vector: of the question, unit length, shape (d,).
        signposts: as the lexicon lists them.
        wordings: as ``wording_vectors`` makes them of these signposts.
        nearness: cosine of the question and the nearest wording or sentence of the passages found.
    """
    if not len(wordings):
        return None
    cosines = wordings @ vector
    best = int(np.argmax(cosines))
    if cosines[best] < max(LEAST_NEAR, nearness + CLEARLY):
        return None
    return [post for post in signposts for _ in post.asked][best]


def wording_vectors(signposts: Iterable[Signpost], encoder: QueryEncoder) -> NDArray[np.float32]:
    """Return the vectors of the ways in which people ask about what the signposts stand for, in order, shape (wordings, d)."""
    vectors = [encoder.encode(wording).vector for post in signposts for wording in post.asked]
    return np.array(vectors, np.float32).reshape(-1, encoder.dimension)


def _stands_in(asked: str, phrases: tuple[str, ...]) -> bool:
    return any(_pattern(phrase).search(asked) for phrase in phrases)


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    # \b fails beside a phrase that begins or ends with a mark, so the neighbours are looked at instead.
    return re.compile(rf"(?<!\w){re.escape(_plain(phrase))}(?!\w)")


def _plain(text: str) -> str:
    """Return ``text`` in one case, with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").split())
