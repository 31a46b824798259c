"""Which signpost stands at a question, and whether it is enough to refuse.

Comes in: the signposts of the lexicon with the vectors of their wordings; then a question and how sure the search is. Goes out: the
signpost that refuses it, or nothing. Refuses to know how a refusal is worded beyond the signpost's own text.

What was decided, and why: somebody in danger, in another country, off topic or giving orders is sent on whatever the search found,
because a passage that shares their words is no help to them. A near miss (a council tax band, a village green) and a personal matter
(a parking ticket, a boss) lie so close to what is held that their words also occur in questions that are answered; there the signpost
refuses unless the search is all but certain.

What no words give away may still lie nearer to a question that is known to lie outside than to anything held.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.lexicon import Signpost
from index.query_encoder import QueryEncoder

# A wording of a signpost this near to a question, and so much nearer than anything found, sends it on. Chosen on the tuned part of
# the golden questions and on 380 questions written apart from all wordings: there .06 refuses fewer that lie outside (94.4 to 95.6 %)
# and no fewer that lie inside (2.7 %), and giving way to any nearer wording where the search is in doubt refuses 96.2 % and 3.6 %.
LEAST_NEAR = 0.55
CLEARLY = 0.04

# Kinds of signpost that a certain search overrules.
CLOSE_KINDS = frozenset({"near miss", "personal matter"})

# Under this confidence, 0 to 1, they are sent on. At 0.8 a question after the minimum wage got the wage of 2012 for an answer.
ALL_BUT_CERTAIN = 0.9

_WORD = re.compile(r"\w+")


class Signposts:
    """The signposts of a build, ready to be looked for."""

    def __init__(self, signposts: Sequence[Signpost], wordings: NDArray[np.float32]) -> None:
        """Prepare ``signposts``; ``wordings`` are the vectors that ``wording_vectors`` made of them, in the same order."""
        self._posts = tuple(signposts)
        self._wordings = wordings
        self._unless = [tuple(map(_plain, post.unless)) for post in signposts]
        self._of_wording = [post for post in signposts for _ in post.asked]
        # By the first word of the pattern: a question is asked about its own words only.
        self._patterns: dict[str, list[tuple[int, str]]] = {}
        for place, post in enumerate(signposts):
            for phrase in map(_plain, post.patterns):
                self._patterns.setdefault(_first_word(phrase), []).append((place, phrase))

    def refusing(self, question: str, vector: NDArray[np.float32], nearness: float, confidence: float) -> Signpost | None:
        """Return the signpost that refuses ``question``, if there is one.

        Args:
            question: as a person typed it.
            vector: of the question, unit length, shape (d,).
            nearness: cosine of the question and the nearest wording or sentence of the passages found.
            confidence: of the search, 0 to 1.
        """
        standing = self.standing_at(question)
        if standing and refuses(standing, confidence):
            return standing
        return self.nearer(vector, nearness)

    def standing_at(self, question: str) -> Signpost | None:
        """Return the first signpost of which a pattern stands in ``question``, as whole words in any case, and no ``unless``."""
        asked = _plain(question)
        places = sorted({place for place, phrase in self._possible(asked) if _stands_in(asked, phrase)})
        not_cancelled = (place for place in places if not any(_stands_in(asked, phrase) for phrase in self._unless[place]))
        return next((self._posts[place] for place in not_cancelled), None)

    def nearer(self, vector: NDArray[np.float32], nearness: float) -> Signpost | None:
        """Return the signpost of which a wording is clearly nearer to a question than anything that was found, if there is one."""
        if not len(self._wordings):
            return None
        cosines = self._wordings @ vector
        best = int(np.argmax(cosines))
        return self._of_wording[best] if cosines[best] >= max(LEAST_NEAR, nearness + CLEARLY) else None

    def _possible(self, asked: str) -> Iterator[tuple[int, str]]:
        for word in {"", *_WORD.findall(asked)}:
            yield from self._patterns.get(word, ())


def refuses(signpost: Signpost, confidence: float) -> bool:
    """Return whether a question at which ``signpost`` stands is to be refused, given the confidence of the search."""
    return signpost.kind not in CLOSE_KINDS or confidence < ALL_BUT_CERTAIN


def wording_vectors(signposts: Sequence[Signpost], encoder: QueryEncoder) -> NDArray[np.float32]:
    """Return the vectors of the ways in which people ask about what the signposts stand for, in order, shape (wordings, d)."""
    return encoder.vectors([wording for post in signposts for wording in post.asked])


def _stands_in(asked: str, phrase: str) -> bool:
    # Nearly no phrase stands in a question even as a part of other words, and that is told much sooner.
    return phrase in asked and _pattern(phrase).search(asked) is not None


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    # \b fails beside a phrase that begins or ends with a mark, so the neighbours are looked at instead.
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")


def _first_word(phrase: str) -> str:
    found = _WORD.search(phrase)
    return found.group() if found else ""


def _plain(text: str) -> str:
    """Return ``text`` in one case, with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").split())
