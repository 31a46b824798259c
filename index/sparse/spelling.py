"""Mend typing errors: lead a word that nobody knows to a word of the corpus one or two slips away.

Comes in: the words of the corpus; then one word at a time. Goes out: the word to search for. Refuses to touch a word that the corpus
or the encoder's own vocabulary knows, and one that is no word any more for its length.

Candidates come from deletes (Garbe's symmetric delete): two words one slip apart share a form with a letter left out, so a
look-up in an index on disk finds them, and no word list is held in memory. A word of length L has about L * L / 2 forms, so their
number is bounded by ``LONGEST``, for the words of a corpus when they are written as for those that are typed.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from rapidfuzz.distance import OSA

from index.errors import DamagedBuild
from index.text.analysis import other_forms, stem

SHORTEST = 4  # letters; shorter words have too many neighbours
TWO_SLIPS_FROM = 8  # letters; shorter words may differ by one slip only
LONGEST = (
    30  # letters, folded, which may be more than were typed; English has hardly a longer word, and this one has 466 forms
)

_SCHEMA = """
CREATE TABLE words (word TEXT PRIMARY KEY, frequency INTEGER NOT NULL, stem TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE deletes (form TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (form, word)) WITHOUT ROWID;
CREATE INDEX words_by_stem ON words (stem);
"""


class SpellingWriter:
    """Collects the words of the corpus and writes them with their deletes."""

    def __init__(self) -> None:
        """Begin with no word."""
        self._frequencies: Counter[str] = Counter()

    def add(self, words: Iterable[str]) -> None:
        """Add folded words as they are written; those that nobody could be led to are left out."""
        self._frequencies.update(word for word in words if word.isalpha() and len(word) <= LONGEST)

    def save(self, path: Path) -> None:
        """Write what was collected to ``path``."""
        words = sorted(self._frequencies)
        connection = sqlite3.connect(path)
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?)", ((word, self._frequencies[word], stem(word)) for word in words)
        )
        connection.executemany(
            "INSERT INTO deletes VALUES (?, ?)",
            ((form, word) for word in words if len(word) >= SHORTEST for form in sorted(deletes(word))),
        )
        connection.commit()
        connection.close()


class Spelling:
    """The words of a build's corpus."""

    def __init__(self, path: Path) -> None:
        """Open the words at ``path`` for reading only.

        Raises:
            DamagedBuild: the file is missing or not what was written.
        """
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            self._fetch("SELECT word FROM words LIMIT 1")
        except sqlite3.Error as error:
            raise DamagedBuild(
                f"The words of the build cannot be read ({error}). Build again: localism-ingest build"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def mend(self, word: str, is_known: Callable[[str], bool]) -> str:
        """Return the word of the corpus that ``word`` (folded) was meant to be, or ``word`` itself.

        ``is_known`` tells of words that are right although the corpus has none of them, such as the names of far countries.
        """
        return self.nearest(word, is_known) if self.doubts(word, is_known) else word

    def doubts(self, word: str, is_known: Callable[[str], bool]) -> bool:
        """Tell whether ``word`` (folded) may be a slip of another word; one look-up."""
        could_be = SHORTEST <= len(word) <= LONGEST and word.isalpha()
        return could_be and not self._holds(word) and not is_known(word)

    def nearest(self, word: str, is_known: Callable[[str], bool]) -> str:
        """Return the word of the corpus nearest to ``word`` (folded, at most ``LONGEST`` letters), or ``word`` where none is near.

        Nearer words go first, then those with the same first letter, then those by which letters were only left out or doubled
        ("bying": "buying" before "bring"), then frequent ones. A form of a word that ``is_known`` lacks at
        most the second of two equal letters, or has one too many: "planing" may be a slip of "planning", "bleeds" is none of "Leeds".
        The dear step: see ``deletes``.
        """
        slips = 2 if len(word) >= TWO_SLIPS_FROM else 1
        is_form = any(map(is_known, other_forms(word)))
        near = [
            (distance, other[0] != word[0], not _is_within(*sorted((word, other), key=len)), -frequency, other)
            for other, frequency in self._candidates(word)
            if (distance := OSA.distance(word, other)) <= slips and not (is_form and _single(other) != _single(word))
        ]
        return min(near)[-1] if near else word

    def _holds(self, word: str) -> bool:
        return bool(self._fetch("SELECT 1 FROM words WHERE word = ? OR stem = ? LIMIT 1", word, stem(word)))

    def _candidates(self, word: str) -> list[tuple[str, int]]:
        forms = sorted(deletes(word))
        marks = ",".join("?" * len(forms))
        return self._fetch(
            f"SELECT DISTINCT words.word, frequency FROM deletes JOIN words USING (word) WHERE form IN ({marks})",  # noqa: S608 - marks only
            *forms,
        )

    def _fetch(self, statement: str, *values: str) -> list[tuple[str, int]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def _is_within(short: str, long: str) -> bool:
    """Tell whether the letters of ``short`` stand in ``long`` in their order."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _single(word: str) -> str:
    """Return ``word`` with equal letters that follow each other as one."""
    return "".join(letter for letter, _ in groupby(word))


class Mending:
    """Mends the words of one question: the first ``most`` that are doubted, each once; the others stand as they are."""

    def __init__(self, doubted: Callable[[str], bool], nearest: Callable[[str], str], most: int) -> None:
        """Take ``Spelling.doubts`` and ``Spelling.nearest``, remembered or not."""
        self._doubted = doubted
        self._nearest = nearest
        self._most = most
        self._meant: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Return what ``word`` (folded) was meant to be."""
        if word in self._meant:
            return self._meant[word]
        if len(word) > LONGEST or len(self._meant) == self._most or not self._doubted(word):
            return word
        return self._meant.setdefault(word, self._nearest(word))


def deletes(word: str) -> set[str]:
    """Return ``word`` and its forms with one letter left out; two letters where two slips are allowed.

    At most 466 for a word of ``LONGEST`` letters; for one of L letters about L * L / 2.
    """
    one = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    if len(word) < TWO_SLIPS_FROM:
        return one
    return one | {form[:place] + form[place + 1 :] for form in one for place in range(len(form))}
