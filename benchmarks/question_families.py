"""Families of questions that try to cost much, each a way in which work once grew or might grow with what is typed.

Comes in: what a build knows and a seed. Goes out: a question of at most so many characters. Refuses to measure. A family is a
generator and not a text: the dearest ones are noted as family and seed, never as a thousand letters.
"""

import sqlite3
import string
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from random import Random

from index.build.layout import BuildLayout
from index.build.reader import Build


@dataclass(frozen=True, slots=True)
class Known:
    """What a build knows, as somebody who has it could use it."""

    frequent: Sequence[str]
    rare: Sequence[str]
    names: Sequence[str]  # of things with other names, and terms of the glossary
    patterns: Sequence[str]  # at which a signpost stands
    sentences: Sequence[str]  # questions that it answers


def known_to(build: Build) -> Known:
    """Return what ``build`` knows."""
    with closing(sqlite3.connect(BuildLayout(build.folder).spelling)) as words:
        ordered = [word for (word,) in words.execute("SELECT word FROM words ORDER BY frequency DESC, word")]
    lexicon = build.lexicon
    names = [name for group in lexicon.synonyms for name in group] + [term.term for term in lexicon.terms]
    patterns = [phrase for post in lexicon.signposts for phrase in post.patterns]
    return Known(ordered[:400], ordered[-4000:], names or ["pub"], patterns or ["pub"], lexicon.suggestions or ["Who?"])


Family = Callable[[Known, Random], str]
"""Makes one piece of a text; pieces are put together until the text is long enough."""


def _letters(random: Random, least: int, most: int) -> str:
    return "".join(random.choices(string.ascii_lowercase, k=random.randint(least, most)))


def _marks(random: Random, most: int) -> str:
    """Return marks none of which ends a question; each is a word piece."""
    return "".join(random.choices("!$%&*+=#", k=random.randint(0, most)))


def _slipped(word: str, random: Random) -> str:
    """Return ``word`` with two letters changed."""
    letters = list(word)
    for _ in range(2):
        letters[random.randrange(len(letters))] = random.choice(string.ascii_lowercase)
    return "".join(letters)


FAMILIES: dict[str, Family] = {
    "one long word in two cases": lambda _, __: "aB",
    "ligatures": lambda _, __: "ﬃ",
    "letters that fold to eighteen": lambda _, __: "ﷺ",
    "marks on a letter": lambda _, random: "a" + "".join(random.choices("\u0301\u0323\u031b\u0328", k=400)),
    "emoji joined": lambda _, __: "a👨‍👩‍👧‍👦",
    "Hangul": lambda _, random: "".join(chr(random.randint(0xAC00, 0xD7A3)) for _ in range(33)) + " ",
    "Hangul, one word": lambda _, random: chr(random.randint(0xAC00, 0xD7A3)),
    "Han": lambda _, random: chr(random.randint(0x4E00, 0x9FFF)),
    "letters apart": lambda _, random: chr(random.randint(0xC0, 0x24F)) + " ",
    "words nobody knows": lambda _, random: _letters(random, 24, 30) + " ",
    "short words nobody knows": lambda _, random: _letters(random, 4, 9) + " ",
    "slips": lambda known, random: _slipped(random.choice(known.rare), random) + " ",
    "frequent words": lambda known, random: random.choice(known.frequent) + " ",
    "rare words": lambda known, random: random.choice(known.rare) + " ",
    "names with synonyms": lambda known, random: random.choice(known.names) + " ",
    "signposts": lambda known, random: random.choice(known.patterns) + " ",
    "signposts inside words": lambda known, random: f"x{random.choice(known.patterns)}x ",
    "sections": lambda _, random: f"s. {random.randint(1, 999)} ",
    "acronyms": lambda _, random: _letters(random, 2, 5).upper() + " x ",
    "acronyms without end": lambda _, __: "A&",
    "phrases": lambda known, random: f'"{random.choice(known.frequent)} {random.choice(known.rare)}" ',
    "quotation marks": lambda _, random: random.choice('"“”a') * 3,
    "brackets": lambda _, random: random.choice("()[]<>@#*_`~|") + "a",
    "a definition of marks": lambda _, __: "? ! . ",
    "shouted": lambda known, random: random.choice(known.frequent).upper() + " ",
    "marks and letters": lambda _, random: random.choice(string.punctuation) + random.choice(string.ascii_letters),
    "backwards and NUL": lambda _, __: "\u202ea\x00\u2066",
    "sentences": lambda known, random: random.choice(known.sentences) + " ",
    "several questions": lambda known, random: f"how do we get {random.choice(known.names)} {_marks(random, 24)}? ",
    "numbers": lambda _, random: f"{random.randint(1, 10**9):,} ",
    "apostrophes": lambda _, __: "a'b’",
}
BEGINNINGS = ("", "and ", "what is the meaning of ", "what about it ")  # a follow-up, a definition


def text_of(families: Sequence[str], known: Known, seed: int, most: int, beginning: str = "") -> str:
    """Return a text of at most ``most`` characters, its pieces drawn from ``families`` by ``seed``; it holds a letter."""
    random = Random(seed)  # noqa: S311 - drawn again from the same seed, not kept secret
    pieces, length = [beginning, "a "], len(beginning) + 2
    while length < most:
        pieces.append(FAMILIES[random.choice(families)](known, random))
        length += len(pieces[-1])
    return "".join(pieces)[:most]
