"""Tell what a question itself says of where it belongs: what is wanted, in which language, and how near it lies to what is not held.

Comes in: a question as a person typed it, and its vector. Goes out: its Kind, its language, the signpost whose words stand in it, and
what lies nearest of all that is not held. Refuses to search, and to decide what follows from that: ``decision`` does. The patterns are
English and stand in ``index.text.language``; the signposts are the corpus's, with the vectors of their paraphrases.

What is told of its kind is narrow on purpose: "help me word an objection" is a question that sections answer, "write our objection" is
not.

Languages are told apart by CLD2, Chromium's own (pycld2): 8 MB and 20 ms to open. It is asked only about a text that holds hardly a
function word of English. Of 822 English questions, many a few words long, it took none for another language, and it knew all six that
were. Where it is not installed (there is no package of it for every processor) such a question is searched for like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.lexicon import Signpost
from index.processors import usable_processors
from index.text.language import GREETING, LIVE_FACT, REQUEST, STOP_WORDS

if TYPE_CHECKING:  # what opens builds takes long to import, and is not needed to know what a Status is
    from index.dense.faiss_reader import Vectors
    from index.encoders.query_encoder import QueryEncoder

# Kinds of signpost that lie so close to what is held that their words also occur in questions that are answered.
CLOSE_KINDS = frozenset({"near miss", "personal matter"})

NEAREST = 3  # paraphrases that say together how near a question lies: of the best alone, one odd paraphrase would decide

ENGLISH = "en"
_UNKNOWN = "un"
_LEAST_WORDS = 3
_MOST_FUNCTION_WORDS = 0.2  # share; of English questions four words in ten are
_MOST_TOLD_BY = 300  # characters by which a language is told
_IS_INSTALLED = find_spec("pycld2") is not None
_MOST_READ = 400  # characters: what is wanted is said at the beginning
_WORD = re.compile(r"\w+")
_WORD_OF_LETTERS = re.compile(r"[^\W\d_]+")


class Kind(Enum):
    """What somebody wants."""

    QUESTION = "question"
    GREETING = "greeting"  # hello, thanks, help, and nothing else
    REQUEST = "request"  # to write, to send, to do something
    LIVE_FACT = "live fact"  # what only a register or a calendar of today says
    OTHER_LANGUAGE = "other language"


def kind_of(question: str) -> Kind:
    """Return what is wanted by ``question``, which is in English."""
    asked = " ".join(re.sub(r"[^\w\s/-]", " ", question[:_MOST_READ].casefold().replace("'", "").replace("’", "")).split())
    if GREETING.fullmatch(asked):
        return Kind.GREETING
    if REQUEST.search(asked):
        return Kind.REQUEST
    return Kind.LIVE_FACT if LIVE_FACT.search(asked) else Kind.QUESTION


def language_of(question: str) -> str:
    """Return the code of the language of ``question``; empty for English, and where it cannot be told."""
    text = question[:_MOST_TOLD_BY]
    words = _WORD_OF_LETTERS.findall(text.casefold())
    if len(words) < _LEAST_WORDS or sum(word in STOP_WORDS for word in words) > _MOST_FUNCTION_WORDS * len(words):
        return ""
    return _told_apart(text) if _IS_INSTALLED else ""


def _told_apart(text: str) -> str:
    import pycld2  # here: few questions need it

    try:
        is_sure, _, languages = pycld2.detect(text.encode("utf-8", errors="ignore"))
    except pycld2.error:  # what it does not take for text
        return ""
    code = str(languages[0][1])
    return code if is_sure and code not in (ENGLISH, _UNKNOWN) else ""


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """What lies nearest to a question of all that is known not to be held."""

    signpost: Signpost  # of the nearest paraphrase
    cosine: float  # of that paraphrase and the question
    around: float  # mean cosine of the ``NEAREST``
    agreed: bool  # whether another of these is a paraphrase of the same signpost


class Signposts:
    """The signposts of a build, ready to be looked for."""

    def __init__(self, signposts: Sequence[Signpost], paraphrases: "Vectors") -> None:
        """Prepare ``signposts``; ``paraphrases`` holds the vectors that ``paraphrase_vectors`` made of them, in the same order."""
        self._posts = tuple(signposts)
        self._paraphrases = paraphrases
        self._unless = [tuple(map(_plain, post.unless)) for post in signposts]
        self._of_paraphrase = [post for post in signposts for _ in post.asked]
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
        rows, cosines = self._paraphrases.nearest(vector, NEAREST)
        if not len(rows):
            return None
        first, *others = (self._of_paraphrase[row] for row in rows.tolist())
        return OutOfScope(first, float(cosines[0]), float(cosines.mean()), first in others)

    def standing_at(self, question: str) -> Signpost | None:
        """Return the first signpost of which a pattern stands in ``question``, as whole words in any case, and no ``unless``."""
        asked = _plain(question)
        # Nearly no phrase stands in a question even as a part of other words, and that is told much sooner.
        likely = [(place, phrase) for place, phrase in self._possible(asked) if phrase in asked]
        places = sorted({place for place, phrase in likely if _stands_in(asked, phrase)})
        not_cancelled = (place for place in places if not any(_stands_in(asked, phrase) for phrase in self._unless[place]))
        return next((self._posts[place] for place in not_cancelled), None)

    def holds_as_well(self, signpost: Signpost, question: str, found: str) -> bool:
        """Return whether all phrases of ``signpost`` that stand in ``question`` stand in ``found``, too."""
        asked, there = _plain(question), _plain(found)
        return all(_stands_in(there, phrase) for phrase in map(_plain, signpost.patterns) if _stands_in(asked, phrase))

    def _possible(self, asked: str) -> Iterator[tuple[int, str]]:
        return chain.from_iterable(self._patterns.get(word, ()) for word in {"", *_WORD.findall(asked)})


def paraphrase_vectors(signposts: Sequence[Signpost], encoder: "QueryEncoder") -> NDArray[np.float32]:
    """Return the vectors of the ways in which people ask about what the signposts stand for, in order, shape (paraphrases, d)."""
    return encoder.vectors([paraphrase for post in signposts for paraphrase in post.asked], usable_processors())


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
