"""Mend typing errors: lead a word that nobody knows to a word of the corpus one or two slips away.

Comes in: the words of the corpus; then one word at a time. Goes out: the word to search for. Refuses to touch a word that the corpus
or the encoder's own vocabulary knows.

Candidates come from deletes (Garbe's symmetric delete): two words one slip apart share a form with a letter left out, so a
look-up in an index on disk finds them, and no word list is held in memory.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from rapidfuzz.distance import OSA

from index.analysis import stem
from index.errors import DamagedBuild

SHORTEST = 4  # letters; shorter words have too many neighbours
TWO_SLIPS_FROM = 8  # letters; shorter words may differ by one slip only

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
        """Add folded words as they are written."""
        self._frequencies.update(words)

    def save(self, path: Path) -> None:
        """Write what was collected to ``path``."""
        words = [word for word in sorted(self._frequencies) if word.isalpha()]
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

        Nearer words go first, then those with the same first letter, then frequent ones. ``is_known`` tells of words that are right
        although the corpus has none of them, such as the names of far countries.
        """
        if len(word) < SHORTEST or not word.isalpha() or self._holds(word) or is_known(word):
            return word
        slips = 2 if len(word) >= TWO_SLIPS_FROM else 1
        near = [
            (distance, other[0] != word[0], -frequency, other)
            for other, frequency in self._candidates(word)
            if (distance := OSA.distance(word, other)) <= slips
        ]
        return min(near)[3] if near else word

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


def deletes(word: str) -> set[str]:
    """Return ``word`` and its forms with one letter left out; two letters where two slips are allowed."""
    one = {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
    if len(word) < TWO_SLIPS_FROM:
        return one
    return one | {form[:place] + form[place + 1 :] for form in one for place in range(len(form))}
