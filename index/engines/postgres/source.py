"""The candidates of one build from PostgreSQL.

Comes in: nodes, and what of the build this worker has itself. Goes out: candidates. Refuses to rank: vectors are compared there,
postings are added up here, so that every score is what the files of the build would give.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from index.dense.faiss_reader import Range
from index.engines.embedded import names_held, nominated, terms_held
from index.engines.fetched import FetchedKeys, HeldRows, Looked, joined_tokens
from index.engines.postgres.nodes import Nodes
from index.engines.postgres.postings import FetchedWords, Part, PostingsOfBuild
from index.engines.postgres.tables import schema_of
from index.engines.postgres.vectors import NearestKeys, PassageVectors
from index.engines.source import LocalPart, Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.token_vectors import TokenStatistics
from index.records import Passage


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
        self._held = HeldRows(self._look, self._read)

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
        looked = self._held.looked(rows.tolist())
        return RowFeatures(
            pairs=self.pairs.shares(sought.pairs, rows),
            named=names_held(self, sought, rows),
            tokens=joined_tokens(looked, self.token_statistics),
            keys=FetchedKeys(self.expansion_bounds[rows], looked),
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        return terms_held(self, row, terms)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        return self._held.passages(rows)

    def close(self) -> None:
        """Forget; the nodes are closed by who opened them."""

    def _fetch_postings(self, sought: Sought) -> None:
        phrases = [term for phrase in sought.phrases for term in phrase]
        self._postings.fetch(((*sought.terms, *sought.meant, *sought.names, *phrases), sought.pairs))

    def _look(self, rows: list[int]) -> dict[int, Looked]:
        columns = "SELECT row, keys, tokens, sentences, lengths FROM {}.passages WHERE row = ANY(%s::int[])"
        return {row: Looked(*parts) for row, *parts in self._ask(columns, rows)}

    def _read(self, rows: list[int]) -> dict[int, str]:
        return dict(self._ask("SELECT row, record FROM {}.passages WHERE row = ANY(%s::int[])", rows))

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        text = statement.format(self._schema).encode()

        def work(connection: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(text, values).fetchall()

        return self._nodes.run(work, self._serial)
