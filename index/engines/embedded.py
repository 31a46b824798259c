"""The files of a build as the source of its candidates: the default, and what every engine is measured by.

Comes in: the folder of a build. Goes out: candidates. Refuses to know what else a build holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.dense.faiss_reader import Range, Vectors
from index.documents.store import RecentPassages
from index.engines.nominating import names_held, nominated, terms_held
from index.engines.source import Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.token_vectors import Tokens, TokenStatistics
from index.records import Passage
from index.sparse.bm25 import Words


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """See CandidateSource."""

    vectors: Vectors
    keys: Vectors
    expansion_bounds: NDArray[np.int64]  # where each passage's keys begin in ``keys``, shape (passages + 1,)
    tokens: Tokens
    words: Words
    expansion_words: Words
    pairs: Words
    recent: RecentPassages

    @property
    def token_statistics(self) -> TokenStatistics:
        """How tokens are kept; see CandidateSource."""
        return self.tokens

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer; see CandidateSource."""
        return nominated(self, sought, ranges)

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what is known of ``rows``; see CandidateSource."""
        return self.vectors.cosines(sought.searched, rows), self.words.shares(sought.terms, rows)

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking needs; see CandidateSource."""
        return RowFeatures(
            pairs=self.pairs.shares(sought.pairs, rows),
            named=names_held(self, sought, rows),
            tokens=self.tokens.of(rows),
            keys=self.keys,
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        return terms_held(self, row, terms)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        return self.recent.of(rows)

    def close(self) -> None:
        """Do nothing: who opened the files closes them."""
