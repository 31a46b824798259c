"""Which signpost stands at a question, and what lies nearest to it of all that is not held.

Comes in: the signposts of the lexicon with the vectors of their wordings; then a question. Goes out: the signpost whose words stand in
it, and how near it lies to what is not held. Refuses to decide what follows from that: ``decision`` does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from index.dense.faiss_reader import Vectors
from index.encoders.query_encoder import QueryEncoder
from index.lexicon import Signpost

# Kinds of signpost that lie so close to what is held that their words also occur in questions that are answered.
CLOSE_KINDS = frozenset({"near miss", "personal matter"})

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
