"""The postings of a build in PostgreSQL: fetched for the terms of a question together, and held as long as there is room.

Comes in: terms. Goes out: where each stands and what it adds there, as the files of a build hold it. Refuses to add up.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from typing_extensions import override

from index.engines.postgres.vectors import Ask
from index.remembered import Remembered
from index.sparse.bm25 import HELD_POSTINGS, Postings, TermScores, term_hash

_NONE = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


class Part(IntEnum):
    """The indices of words."""

    WORDS = 0
    EXPANSIONS = 1
    PAIRS = 2


class PostingsOfBuild:
    """All postings of one build."""

    def __init__(self, ask: Ask) -> None:
        """Fetch by ``ask``."""
        self._ask = ask
        self._held: Remembered[Postings] = Remembered(HELD_POSTINGS, Postings.bytes_held)

    def fetch(self, asked: tuple[Sequence[str], Sequence[str]]) -> None:
        """Fetch what is not held of the postings of terms, and of pairs of them."""
        terms, pairs = asked
        wanted = [(part, number_of(term)) for part in (Part.WORDS, Part.EXPANSIONS) for term in terms]
        wanted += [(Part.PAIRS, number_of(pair)) for pair in pairs]
        missing = [key for key in dict.fromkeys(wanted) if self._held.get(key) is None]
        for key, postings in self._fetched(missing).items():
            self._held.put(key, postings)

    def of(self, part: Part, term: str) -> Postings:
        """Return the postings of ``term``, empty for an unknown one."""
        key = part, number_of(term)
        return self._held.of(key, lambda: self._fetched([key])[key])

    def _fetched(self, keys: Sequence[tuple[Part, int]]) -> dict[tuple[Part, int], Postings]:
        if not keys:
            return {}
        found = self._ask(
            "SELECT part, term, rows, weights FROM {}.postings "
            "JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (p, t) ON part = p AND term = t",
            [int(part) for part, _ in keys],
            [number for _, number in keys],
        )
        fetched = {
            (Part(part), term): Postings(np.frombuffer(rows, "<i4"), np.frombuffer(weights, "<f4"))
            for part, term, rows, weights in found
        }
        return {key: fetched.get(key, _NONE) for key in keys}


class FetchedWords(TermScores):
    """One index of words."""

    def __init__(self, postings: PostingsOfBuild, part: Part, size: int) -> None:
        """Score by ``postings`` among ``size`` passages."""
        self._postings, self._part = postings, part
        self.size = size

    @override
    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""
        return len(self.postings(term).rows)

    @override
    def postings(self, term: str) -> Postings:
        """Return where ``term`` stands; empty arrays for an unknown term."""
        return self._postings.of(self._part, term)


def number_of(term: str) -> int:
    """Return the number under which ``term`` stands: its hash, as far as PostgreSQL counts."""
    return signed(term_hash(term))


def signed(number: int) -> int:
    """Return 64 bits as PostgreSQL counts them, with a sign."""
    return number - 2**64 if number >= 2**63 else number
