"""The terms of an index of words and how often each stands, without where: what a worker has itself when an engine keeps the rest.

Comes in: the folder of an index of words. Goes out: numbers of terms and how rare they are. Refuses to open postings.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.errors import DamagedBuild
from index.sparse.bm25 import K1, inverse_document_frequency, term_hash


class TermNumbers:
    """The numbers of terms: their places in the order of their hashes, as ``bm25.Words`` has them. 32 bits hold each."""

    def __init__(self, folder: Path) -> None:
        """Map the terms in ``folder``.

        Raises:
            DamagedBuild: a file is missing or does not fit the others.
        """
        try:
            # Plain arrays over the mapped files, as in ``bm25``.
            self._terms = np.asarray(np.load(folder / "terms.npy", mmap_mode="r"))
            self._offsets = np.asarray(np.load(folder / "offsets.npy", mmap_mode="r"))
            self.size = int(np.load(folder / "size.npy")[0])
        except (OSError, ValueError, EOFError) as error:
            raise DamagedBuild(
                f"The terms in {folder} cannot be opened ({error}). Build again: localism-ingest build"
            ) from error

    def number(self, term: str) -> int | None:
        """Return the number of ``term``; None for an unknown one."""
        wanted = np.uint64(term_hash(term))
        place = int(self._terms.searchsorted(wanted))
        return place if place < len(self._terms) and self._terms[place] == wanted else None

    def numbers(self, terms: Iterable[str]) -> list[int]:
        """Return the numbers of the known ones among ``terms``, each once, ascending."""
        return sorted({number for term in terms if (number := self.number(term)) is not None})

    def frequency(self, term: str) -> int:
        """Return in how many passages ``term`` stands; 0 for an unknown term."""
        number = self.number(term)
        return 0 if number is None else int(self._offsets[number + 1] - self._offsets[number])

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of ``term``; of an unknown term, the highest there is."""
        return inverse_document_frequency(self.frequency(term), self.size)

    def ideal(self, terms: Iterable[str]) -> float:
        """Return the most that BM25 could give for ``terms``; see ``bm25.TermScores``."""
        return max((K1 + 1) * sum(self.idf(term) for term in set(terms)), 1e-9)
