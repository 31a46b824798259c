"""Read a question: what to encode, which terms to look for, which phrases must stand in an answer, and whether it follows another.

Comes in: a question as a person typed it, of any length. Goes out: an AskedQuestion, bounded so that what it costs does not grow with
what was typed. Refuses to search.

Ordinary questions are never cut: of 11,772 in seven labelled sets the longest has 328 characters and 77 word pieces. What is longer is
a letter with a question in it, and that stands at its beginning or at its end, so of a long text both ends are read and the middle is
left out. Nothing is quoted that was not found by what was read, and the answer repeats the question whole.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from index.text.analysis import Word, fold, pairs_of, stem, words_of
from index.text.language import BEGINS_A_QUESTION, BETWEEN_QUESTIONS, GOES_ON, POINTS_BACK

_PHRASE = re.compile(r"[\"“]([^\"“”]{3,100})[\"”]")
_LETTERS = re.compile(r"[^\W\d_]+")
# Two to eight capitals or digits, the first and one more a capital: ACV, TUPE, S106 is not one, and neither is COVID-19's number.
_ACRONYM = re.compile(r"\b[A-Z](?=[A-Z0-9&]{0,6}[A-Z])[A-Z0-9&]{1,7}(?=s?\b)")
_SHOUTED = re.compile(r"\b[A-Z]+(?:\s+[A-Z]+){2,}\b")  # three words or more in capitals: WHERE DO I START
LONGEST_READ = 600  # characters: twice the longest of those questions, about a hundred words
MOST_WORDS = 96  # beside function words; 600 characters of English have seventy
MOST_MEANT = 64  # terms that synonyms add
MOST_NAMES = 16  # sections and acronyms that are looked for exactly
MOST_PHRASES = 8  # in quotation marks
MOST_MENDED = 8  # words that nobody knows: a text with more of them is in another language, or in none
LONGEST_FOLLOW_UP = 12  # words, and marks; a longer question says for itself what it is about
LONGEST_IN_PARTS = (
    140  # characters of a question whose parts are seen one by one, each beside the whole: it is encoded three times
)
MOST_PARTS = 3
SHORTEST_PART = 2  # words
LONGEST_LETTERS = 100  # characters of one: it is encoded twice


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, ready to be searched for."""

    text: str  # what is encoded: typing errors mended
    terms: tuple[str, ...]  # distinct, in order
    pairs: tuple[str, ...]  # distinct neighbouring terms
    phrases: tuple[tuple[str, ...], ...]  # terms of each phrase in quotation marks
    meant: tuple[str, ...] = ()  # terms that mean the same to the people who ask; they bring candidates, and nothing more
    names: tuple[str, ...] = ()  # terms that name one thing exactly: sections of an Act, acronyms
    mended: tuple[tuple[str, str], ...] = ()  # words as they were typed, and what they were read as


def read_question(question: str, mend: Callable[[str], str], synonyms: "Synonyms | None" = None) -> AskedQuestion:
    """Return ``question`` ready to be searched for.

    Args:
        question: as a person typed it.
        mend: leads a folded word to the word it was meant to be.
        synonyms: names for the same thing.
    """
    read = both_ends(question)
    text = mended(read, mend)
    terms = _first_terms(words_of(text))
    return AskedQuestion(
        text=text,
        terms=tuple(dict.fromkeys(terms)),
        pairs=tuple(dict.fromkeys(pairs_of(terms))),
        phrases=tuple(
            phrase
            for found in _PHRASE.findall(read)[:MOST_PHRASES]
            if (phrase := tuple(word.term for word in words_of(found)))
        ),
        meant=synonyms.meant(terms)[:MOST_MEANT] if synonyms else (),
        names=tuple(dict.fromkeys([*(term for term in terms if term.startswith("§")), *_acronyms(read)]))[:MOST_NAMES],
        mended=() if text == read else _mended_words(read, text),
    )


def both_ends(text: str, most: int = LONGEST_READ) -> str:
    """Return ``text``, or its beginning and its end, cut between words and together at most ``most`` characters, where it has more."""
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    head, _, _ = text[: half + 1].rpartition(" ")
    _, _, tail = text[-half - 1 :].partition(" ")
    return f"{head or text[:half]} {tail or text[-half:]}"


def _first_terms(words: Sequence[Word]) -> list[str]:
    """Return the terms of the first words and of the first references to sections, which stand behind all words."""
    terms = [word.term for word in words]
    sections = [term for term in terms if term.startswith("§")]
    return [*terms[: len(terms) - len(sections)][:MOST_WORDS], *sections[:MOST_NAMES]]


def _acronyms(question: str) -> list[str]:
    """Return the terms of the acronyms in ``question``; none of what is shouted."""
    return [] if question.isupper() else [stem(fold(found)) for found in _ACRONYM.findall(_SHOUTED.sub(" ", question))]


class Synonyms:
    """Groups of names for the same thing, by the first word of each name."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        """Prepare ``groups`` of names as people write them."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for group in groups:
            names = [tuple(word.term for word in words_of(name)) for name in group]
            terms = tuple(dict.fromkeys(term for name in names for term in name))
            for name in filter(None, names):
                self._by_first.setdefault(name[0], []).append((name, terms))

    def meant(self, terms: Sequence[str]) -> tuple[str, ...]:
        """Return the terms of every other name of what ``terms`` name, each once."""
        asked = set(terms)
        others = [
            group
            for place, term in enumerate(terms)
            for name, group in self._by_first.get(term, ())
            if tuple(terms[place : place + len(name)]) == name
        ]
        return tuple(term for term in dict.fromkeys(chain.from_iterable(others)) if term not in asked)


def parts_of(question: str) -> tuple[str, ...]:
    """Return the questions that ``question`` asks at once, two or three, in order, each in its own words; none where it asks one.

    A story with one question in it is one question. What is too long to be seen several times is read as one.
    """
    if len(question) > LONGEST_IN_PARTS:
        return ()
    parts = [part.strip(" ,;?!.") for part in BETWEEN_QUESTIONS.split(question)]
    asking = [part for part in parts if BEGINS_A_QUESTION.match(part) and len(part.split()) >= SHORTEST_PART]
    return tuple(asking[:MOST_PARTS]) if len(asking) > 1 else ()


def follows(question: str) -> bool:
    """Tell whether ``question`` can only be understood with the one before it."""
    marks = sum(not (letter.isalnum() or letter.isspace()) for letter in question)
    if len(question.split()) > LONGEST_FOLLOW_UP or len(question) > LONGEST_LETTERS or marks > LONGEST_FOLLOW_UP:
        return False
    return bool(GOES_ON.search(question) or POINTS_BACK.search(question)) or len(words_of(question)) <= 2


def mended(text: str, mend: Callable[[str], str]) -> str:
    """Return ``text`` with every word of letters replaced by what it was meant to be; an acronym stands, unless all is shouted."""
    shouted = text.isupper()

    def replaced(match: re.Match[str]) -> str:
        if match.group().isupper() and not shouted:
            return match.group()
        word = fold(match.group())
        meant = mend(word)
        return match.group() if meant == word else meant

    return _LETTERS.sub(replaced, text)


def _mended_words(typed: str, read: str) -> tuple[tuple[str, str], ...]:
    """Return each word that was read as another, once: word for word the texts have the same places."""
    words = zip(_LETTERS.findall(typed), _LETTERS.findall(read), strict=False)
    return tuple(dict.fromkeys((word, meant) for word, meant in words if word != meant))
