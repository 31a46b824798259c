"""Which signpost stands at a question, and whether it is enough to refuse.

Comes in: the signposts of the lexicon with the vectors of their wordings; then a question and how sure the search is. Goes out: how
near it lies to what is not held, and the signpost that refuses it, or nothing. Refuses to know how a refusal is worded beyond the
signpost's own text.

What was decided, and why: somebody in danger, in another country, off topic or giving orders is sent on whatever the search found,
because a passage that shares their words is no help to them. A near miss (a council tax band, a village green) and a personal matter
(a parking ticket, a boss) lie so close to what is held that their words also occur in questions that are answered; there the signpost
refuses unless the search is all but certain, or the question lies clearly nearer to what is held.

What no words give away may still lie nearer to a question that is known to lie outside than to anything held.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from index.abstention.confidence import Thresholds
from index.dense.faiss_reader import Vectors
from index.encoders.query_encoder import QueryEncoder
from index.lexicon import Signpost

# A wording of a signpost this near to a question, and so much nearer than anything found, sends it on. Confidence knows of that
# nearness too and refuses nearly all of these by itself: on 1,000 questions written apart from all wordings this refuses none beside.
# It says where to go.
LEAST_NEAR = 0.5
CLEARLY = 0.04
# A near miss or a personal matter is only told by nearness to a search less sure than this, 0 to 1: of 228 questions that this was not
# chosen on, three of the six refused wrongly are won back by it, and nothing is let through.
SURE = 0.6
# Under this confidence, where nothing is shown in any case, any nearer wording says it if another one near agrees: the way to the
# wrong office is worse than none.
IN_DOUBT = Thresholds().uncertain

# Kinds of signpost that a certain search overrules.
CLOSE_KINDS = frozenset({"near miss", "personal matter"})

# Under this confidence, 0 to 1, they are sent on. At 0.8 a question after the minimum wage got the wage of 2012 for an answer.
ALL_BUT_CERTAIN = 0.9
# Nor where a question lies so much nearer to something found than to anything not held, by cosines: a polling station can be that of
# a neighbourhood plan. On the questions that this was chosen on one in eight of those refused wrongly is won back by it.
CLEARLY_INSIDE = 0.12

NEAREST = 3  # wordings that say together how near a question lies: of the best alone, one odd wording would decide

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """What lies nearest to a question of all that is known not to be held."""

    signpost: Signpost  # of the nearest wording
    cosine: float  # of that wording and the question
    around: float  # mean cosine of the ``NEAREST``
    agreed: bool  # whether another of these is a wording of the same signpost


class Signposts:
    """The signposts of a build, ready to be looked for."""

    def __init__(self, signposts: Sequence[Signpost], wordings: Vectors) -> None:
        """Prepare ``signposts``; ``wordings`` holds the vectors that ``wording_vectors`` made of them, in the same order."""
        self._posts = tuple(signposts)
        self._wordings = wordings
        self._unless = [tuple(map(_plain, post.unless)) for post in signposts]
        self._of_wording = [post for post in signposts for _ in post.asked]
        # By the first word of the pattern: a question is asked about its own words only.
        self._patterns: dict[str, list[tuple[int, str]]] = {}
        for place, post in enumerate(signposts):
            for phrase in map(_plain, post.patterns):
                self._patterns.setdefault(_first_word(phrase), []).append((place, phrase))

    def nearest(self, vector: NDArray[np.float32]) -> OutOfScope | None:
        """Return what lies nearest to a question of all that is not held; None where nothing is known of that.

        Args:
            vector: of the question, unit length, shape (d,).
        """
        rows, cosines = self._wordings.nearest(vector, NEAREST)
        if not len(rows):
            return None
        first, *others = (self._of_wording[row] for row in rows.tolist())
        return OutOfScope(first, float(cosines[0]), float(cosines.mean()), first in others)

    def refusing(self, question: str, out_of_scope: OutOfScope | None, nearness: float, confidence: float) -> Signpost | None:
        """Return the signpost that refuses ``question``, if there is one.

        Args:
            question: as a person typed it.
            out_of_scope: what ``nearest`` found for it.
            nearness: cosine of the question and the nearest wording or sentence of the passages found.
            confidence: of the search, 0 to 1.
        """
        standing = self.standing_at(question)
        inside = nearness - out_of_scope.cosine if out_of_scope else 0.0
        if standing and refuses(standing, confidence, inside):
            return standing
        if out_of_scope is None or (out_of_scope.signpost.kind in CLOSE_KINDS and confidence >= SURE):
            return None
        doubted = confidence < IN_DOUBT and out_of_scope.agreed
        needed = max(LEAST_NEAR, nearness + (0 if doubted else CLEARLY))
        return out_of_scope.signpost if out_of_scope.cosine >= needed else None

    def standing_at(self, question: str) -> Signpost | None:
        """Return the first signpost of which a pattern stands in ``question``, as whole words in any case, and no ``unless``."""
        asked = _plain(question)
        # Nearly no phrase stands in a question even as a part of other words, and that is told much sooner.
        likely = [(place, phrase) for place, phrase in self._possible(asked) if phrase in asked]
        places = sorted({place for place, phrase in likely if _stands_in(asked, phrase)})
        not_cancelled = (place for place in places if not any(_stands_in(asked, phrase) for phrase in self._unless[place]))
        return next((self._posts[place] for place in not_cancelled), None)

    def _possible(self, asked: str) -> Iterator[tuple[int, str]]:
        return chain.from_iterable(self._patterns.get(word, ()) for word in {"", *_WORD.findall(asked)})


def refuses(signpost: Signpost, confidence: float, inside: float = 0.0) -> bool:
    """Return whether a question at which ``signpost`` stands is to be refused.

    Args:
        signpost: a pattern of which stands in the question.
        confidence: of the search, 0 to 1.
        inside: how much nearer the question lies to something found than to anything not held, by cosines.
    """
    return signpost.kind not in CLOSE_KINDS or (confidence < ALL_BUT_CERTAIN and inside < CLEARLY_INSIDE)


def wording_vectors(signposts: Sequence[Signpost], encoder: QueryEncoder) -> NDArray[np.float32]:
    """Return the vectors of the ways in which people ask about what the signposts stand for, in order, shape (wordings, d)."""
    return encoder.vectors([wording for post in signposts for wording in post.asked])


def _stands_in(asked: str, phrase: str) -> bool:
    """Tell whether ``phrase`` stands in ``asked`` with no letter, digit or underscore beside it.

    Without a pattern for each phrase: a question that holds many as parts of other words would have them all compiled.
    """
    place = asked.find(phrase)
    while place >= 0:
        end = place + len(phrase)
        if not (_is_of_word(asked[place - 1 : place]) or _is_of_word(asked[end : end + 1])):
            return True
        place = asked.find(phrase, place + 1)
    return False


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _first_word(phrase: str) -> str:
    found = _WORD.search(phrase)
    return found.group() if found else ""


def _plain(text: str) -> str:
    """Return ``text`` in one case, with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").split())
