"""The candidates of one build from PostgreSQL.

Comes in: nodes, and what of the build this worker has itself. Goes out: candidates. Refuses to rank: vectors are compared there,
postings are added up here, so that every score is what the files of the build would give.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg

from index.arrays import BYTE_SCALE
from index.dense.faiss_reader import Range
from index.engines.engine import LocalPart
from index.engines.nominating import names_held, nominated, terms_held
from index.engines.postgres.nodes import Nodes
from index.engines.postgres.postings import FetchedWords, Part, PostingsOfBuild
from index.engines.postgres.records import read_record
from index.engines.postgres.tables import schema_of
from index.engines.postgres.vectors import FetchedKeys, NearestKeys, PassageVectors
from index.engines.source import Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.projection import SCALE
from index.late_interaction.token_vectors import PassageTokens, TokenStatistics
from index.records import Passage
from index.remembered import Remembered

HELD_TOKENS = 32 * 2**20  # bytes of tokens of the passages looked at last
HELD_PASSAGES = 1024


class PostgresSource:
    """See CandidateSource."""

    def __init__(self, nodes: Nodes, part: LocalPart) -> None:
        """Find the candidates of the build that ``part`` belongs to, on ``nodes`` that know of it."""
        self._nodes, self._serial = nodes, nodes.serial
        self._schema = schema_of(part.shape.build)
        self.expansion_bounds = part.expansion_bounds
        self.token_statistics = TokenStatistics(part.tokens, part.shape.passages)
        size = part.shape.passages
        self._postings = PostingsOfBuild(self._ask)
        self.words, self.expansion_words, self.pairs = (FetchedWords(self._postings, one, size) for one in Part)
        self.vectors = PassageVectors(self._ask)
        self.keys = NearestKeys(self._ask)
        self._looked_at: Remembered[_Looked] = Remembered(HELD_TOKENS, _Looked.size)
        self._recent: Remembered[Passage] = Remembered(HELD_PASSAGES)

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer; see CandidateSource."""
        self._fetch_postings(sought)
        return nominated(self, sought, ranges)

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what is known of ``rows``; see CandidateSource."""
        self._fetch_postings(sought)
        return self.vectors.cosines(sought.searched, rows), self.words.shares(sought.terms, rows)

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking needs; see CandidateSource."""
        looked = self._looked(rows.tolist())
        return RowFeatures(
            pairs=self.pairs.shares(sought.pairs, rows),
            named=names_held(self, sought, rows),
            tokens=self._joined(looked),
            keys=FetchedKeys(self.expansion_bounds[rows], [one.keys for one in looked]),
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        return terms_held(self, row, terms)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        found = {row: passage for row in rows if (passage := self._recent.get(row)) is not None}
        missing = [row for row in rows if row not in found]
        if missing:
            records = self._ask("SELECT row, record FROM {}.passages WHERE row = ANY(%s::int[])", missing)
            found |= {row: read_record(row, record) for row, record in records}
            for row in missing:
                self._recent.put(row, found[row])
        return [found[row] for row in rows]

    def close(self) -> None:
        """Forget; the nodes are closed by who opened them."""

    def _fetch_postings(self, sought: Sought) -> None:
        phrases = [term for phrase in sought.phrases for term in phrase]
        self._postings.fetch(((*sought.terms, *sought.meant, *sought.names, *phrases), sought.pairs))

    def _looked(self, rows: list[int]) -> "list[_Looked]":
        found = {row: one for row in rows if (one := self._looked_at.get(row)) is not None}
        missing = [row for row in rows if row not in found]
        if missing:
            columns = "SELECT row, keys, tokens, sentences, lengths FROM {}.passages WHERE row = ANY(%s::int[])"
            found |= {row: _Looked(*parts) for row, *parts in self._ask(columns, missing)}
            for row in missing:
                self._looked_at.put(row, found[row])
        return [found[row] for row in rows]

    def _joined(self, looked: "Sequence[_Looked]") -> PassageTokens:
        sentences = [np.frombuffer(one.sentences, "<i2") for one in looked]
        vectors = np.frombuffer(b"".join(one.tokens for one in looked), np.uint8)
        return PassageTokens(
            vectors.reshape(sum(map(len, sentences)), -1),
            np.concatenate(sentences),
            np.frombuffer(b"".join(one.lengths for one in looked), "<f4"),
            np.concatenate([[0], np.cumsum(list(map(len, sentences)))]).astype(np.int64),
            BYTE_SCALE if self.token_statistics.directions is None else SCALE,
        )

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        text = statement.format(self._schema).encode()

        def work(connection: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(text, values).fetchall()

        return self._nodes.run(work, self._serial)


class _Looked:
    """What is kept of a passage that was looked at."""

    __slots__ = ("keys", "lengths", "sentences", "tokens")

    def __init__(self, keys: bytes, tokens: bytes, sentences: bytes, lengths: bytes) -> None:
        self.keys, self.tokens, self.sentences, self.lengths = keys, tokens, sentences, lengths

    def size(self) -> int:
        return len(self.keys) + len(self.tokens) + len(self.sentences) + len(self.lengths)
