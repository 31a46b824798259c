"""Which signpost stands at a question, and whether it alone is enough to refuse.

Comes in: a question and the signposts of the lexicon. Goes out: the signpost whose words stand in it, or nothing. Refuses to know how
a refusal is worded beyond the signpost's own text.

What was decided, and why: somebody in danger, in another country, off topic or with a personal matter is sent on whatever the search
found, because a passage that shares their words is no help to them. A near miss (a council tax band, a village green) lies so close to
what is held that its words also occur in questions that are answered; there the signpost refuses only while the search is not sure.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from index.lexicon import Signpost

NEAR_MISS = "near miss"

# Under this confidence, 0 to 1, a near miss is sent on; chosen on the tuned part of the golden questions.
SURE_OF_A_NEAR_MISS = 0.8


def matching_signpost(question: str, signposts: Iterable[Signpost]) -> Signpost | None:
    """Return the first signpost with a pattern that stands in ``question``, as whole words in any case, and no ``unless`` there."""
    asked = _plain(question)
    return next(
        (post for post in signposts if _stands_in(asked, post.patterns) and not _stands_in(asked, post.unless)),
        None,
    )


def refuses(signpost: Signpost, confidence: float) -> bool:
    """Return whether a question at which ``signpost`` stands is to be refused, given the confidence of the search."""
    return signpost.kind != NEAR_MISS or confidence < SURE_OF_A_NEAR_MISS


def _stands_in(asked: str, phrases: tuple[str, ...]) -> bool:
    return any(_pattern(phrase).search(asked) for phrase in phrases)


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    # \b fails beside a phrase that begins or ends with a mark, so the neighbours are looked at instead.
    return re.compile(rf"(?<!\w){re.escape(_plain(phrase))}(?!\w)")


def _plain(text: str) -> str:
    """Return ``text`` in one case, with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").split())
