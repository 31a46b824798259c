"""Cut text into the words that the words index knows: folded, stemmed, with references to sections of an Act kept whole.

Comes in: any text, a passage's or a question's. Goes out: words with their surface form and their term. The same function reads
both sides, so that what a person types and what a law says meet. Refuses to know about weights and postings.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import Stemmer

from index.text.language import CUT_OFF, DENYING, FUNCTION_WORDS, POSSESSIVE, SECTION, STEMMER_LANGUAGE, STOP_WORDS

# A word is a run of letters and digits; inside it may stand an apostrophe ("member's") or a point or comma between digits
# ("2.5", "10,000"). "%" counts as a word: "10%" and "10 per cent" differ to a reader, and the number alone is kept too.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+|(?<=\d)[.,](?=\d)[^\W_]+)*")

# What stands at a place of a text: a word, or a mark that is read aloud as one.
_SAYING = re.compile(r"\s*([^\W_]+|[%£€$§])")

# Letters of a word that count: two that differ only behind them are one term. No language writes words so long; what comes so long is
# cut off before it is folded, compared, remembered or written.
LONGEST_WORD = 64

_stemmers = threading.local()  # a Snowball stemmer holds state: one a thread


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    surface: str  # folded: lower case, without accents and possessive endings
    term: str  # what is indexed: the stem, or a section reference such as "§95"
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """Return the words of ``text`` in order, stop words left out; ranges are half-open, in characters of ``text``."""
    words = []
    for match in _WORD.finditer(text):
        surface = fold(match.group()[:LONGEST_WORD])[:LONGEST_WORD]  # folding makes eighteen letters of one
        if surface and surface not in STOP_WORDS:
            words.append(Word(surface, stem(surface), match.start(), match.end()))
    words.extend(_section_references(text))
    return words


def says_something(text: str, place: int) -> bool:
    """Return whether what stands in ``text`` at ``place``, in characters, is more than a mark or part of a function word."""
    here = _SAYING.match(text, place)
    if here is None:
        return False
    start = here.start(1)
    while start and text[start - 1].isalnum():
        start -= 1
    return text[start : here.end(1)].casefold() not in FUNCTION_WORDS


def terms_of(text: str) -> list[str]:
    """Return the terms of ``text`` in order, with repetitions."""
    return [word.term for word in words_of(text)]


def pairs_of(terms: Sequence[str]) -> list[str]:
    """Return every two neighbouring terms as one."""
    return [f"{first} {second}" for first, second in pairwise(terms)]


def fold(word: str) -> str:
    """Return ``word`` in lower case, without accents, ligatures, thousands commas and possessive ending."""
    if not word.isascii():  # most words have nothing to take apart
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("’", "'")
    plain = word.casefold().removesuffix(POSSESSIVE).replace("'", "")
    return plain.replace(",", "") if plain[:1].isdigit() else plain


def stem(surface: str) -> str:
    """Return the Snowball (Porter 2) stem of a folded word; numbers and mixed words stand as they are."""
    if not surface.isalpha():
        return surface
    if not hasattr(_stemmers, "one"):
        _stemmers.one = Stemmer.Stemmer(STEMMER_LANGUAGE)
    stemmed: str = _stemmers.one.stemWord(surface)
    return stemmed


def other_forms(surface: str) -> tuple[str, ...]:
    """Return words that a folded word may be a form of: another ending, or the opposite."""
    stemmed = stem(surface)
    return stemmed, stemmed + CUT_OFF, surface.removeprefix(DENYING)


def _section_references(text: str) -> list[Word]:
    return [
        Word(f"§{match.group(1).lower()}", f"§{match.group(1).lower()}", match.start(), match.end())
        for match in SECTION.finditer(text)
    ]
