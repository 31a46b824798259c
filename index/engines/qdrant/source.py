"""The candidates of one build from Qdrant.

Comes in: a client, and what of the build this worker has itself. Goes out: candidates. Refuses to rank: Qdrant adds up our own
weights and compares our own vectors, so that every score is what the files of the build would give.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from index.arrays import BYTE_SCALE, in_bytes
from index.dense.faiss_reader import Range, marked
from index.engines.embedded import (
    BY_KEY,
    BY_PHRASE,
    BY_VECTOR,
    BY_WORDS,
    COMMON,
    LEAST_COMMON,
    NEAR_KEYS,
    best_found,
    rows_of_keys,
)
from index.engines.fetched import FetchedKeys, HeldRows, Looked, joined_tokens
from index.engines.passage_text import read_passage
from index.engines.qdrant.collections import (
    EXPANSIONS,
    KEY,
    PAIRS,
    PASSAGE,
    WORDS,
    Points,
    alongside,
    collection_of,
    dense,
    numbers_of,
    only,
    scores_of,
    sparse,
    within,
)
from index.engines.qdrant.faults import in_words
from index.engines.source import LocalPart, Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.token_vectors import TokenStatistics
from index.records import Passage
from index.sparse.bm25 import TermNumbers
from index.text.analysis import pairs_of

MOST_WITH_PHRASE = 10_000  # passages that hold the rarest pair of a phrase: beyond, it tells too few apart to be looked for
_PAYLOAD = ["keys", "tokens", "sentences", "lengths"]
_Requests = Mapping[str, models.QueryRequest | None]  # None asks nothing: no term of it is known


class QdrantSource:
    """See CandidateSource."""

    def __init__(self, client: QdrantClient, place: str, part: LocalPart) -> None:
        """Find the candidates of the build that ``part`` belongs to by ``client``, which messages call ``place``."""
        self._client, self._place = client, place
        self._collection = collection_of(part.shape.build)
        self._size = part.shape.passages
        self._bounds = part.expansion_bounds
        self.token_statistics = TokenStatistics(part.tokens, self._size)
        self.words = _Words(part.words, self._weights)
        self._numbers = {WORDS: self.words, EXPANSIONS: TermNumbers(part.expansion_words), PAIRS: TermNumbers(part.pairs)}
        self._held = HeldRows(self._look, self._read)

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer; see CandidateSource."""
        among, exact = within(ranges)
        wide = (*sought.terms, *sought.meant)
        found = self._batch(
            {
                "near": dense(sought.searched, PASSAGE, BY_VECTOR, among, exact),
                "keys": dense(in_bytes(sought.vector), KEY, NEAR_KEYS),
                "words": self._sparse(WORDS, wide, BY_WORDS),
                "expansions": self._sparse(EXPANSIONS, wide, BY_KEY),
            }
        )
        by_key = rows_of_keys(self._bounds, numbers_of(found["keys"]) - self._size)
        held = [self._holding(phrase) for phrase in sought.phrases]
        quoted = reduce(np.intersect1d, held)[:BY_PHRASE] if held else np.empty(0, np.int64)
        rows = np.unique(
            np.concatenate([by_key, quoted, *(numbers_of(found[name]) for name in ("near", "words", "expansions"))])
        )
        if ranges is not None:
            rows = rows[marked(self._size, ranges)[rows]]
        return self._seen(sought, rows, best_found(rows, by_key, scores_of(found["keys"]) / np.float32(BYTE_SCALE**2)))

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what is known of ``rows``; see CandidateSource."""
        among = only(rows.tolist())
        found = self._batch(
            {
                "passage": dense(sought.searched, PASSAGE, len(rows), among, exact=True),
                "words": self._sparse(WORDS, sought.terms, len(rows), among),
            }
        )
        words = alongside(rows, found["words"]) / np.float32(self.words.ideal(sought.terms))
        return alongside(rows, found["passage"]), words

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking needs; see CandidateSource."""
        looked = self._held.looked(rows.tolist())
        among = only(rows.tolist())
        found = self._batch({"pairs": self._sparse(PAIRS, sought.pairs, len(rows), among), **self._names(sought, rows, among)})
        return RowFeatures(
            pairs=alongside(rows, found["pairs"]) / np.float32(self._numbers[PAIRS].ideal(sought.pairs)),
            named=self._named(sought, rows, found),
            tokens=joined_tokens(looked, self.token_statistics),
            keys=FetchedKeys(self._bounds[rows], looked),
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        with in_words(self._place):
            (point,) = self._client.retrieve(self._collection, [row], with_payload=False, with_vectors=[WORDS, EXPANSIONS])
        vectors: Any = point.vector or {}
        held = {name: set(vectors[name].indices) for name in (WORDS, EXPANSIONS) if name in vectors}
        return [any(self._numbers[name].number(term) in numbers for name, numbers in held.items()) for term in terms]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        return self._held.passages(rows)

    def close(self) -> None:
        """Forget; the client is closed by who opened it."""

    def _seen(self, sought: Sought, rows: Rows, key: Scores) -> Nominated:
        """Look at ``rows`` from every side, in one more batch."""
        among, count, wide = only(rows.tolist()), len(rows), (*sought.terms, *sought.meant)
        found = self._batch(
            {
                "passage": dense(sought.searched, PASSAGE, count, among, exact=True) if count else None,
                "terms": self._sparse(WORDS, sought.terms, count, among),
                "words": self._sparse(WORDS, wide, count, among),
                "expansions": self._sparse(EXPANSIONS, wide, count, among),
                **self._names(sought, rows, among),
            }
        )
        return Nominated(
            rows,
            passage=alongside(rows, found["passage"]),
            key=key,
            words=alongside(rows, found["terms"]) / np.float32(self.words.ideal(sought.terms)),
            candidate_words=alongside(rows, found["words"]),
            candidate_expansions=alongside(rows, found["expansions"]),
            named=self._named(sought, rows, found),
        )

    def _weights(self, terms: Sequence[str], rows: Rows) -> Scores:
        """Return what each of ``terms`` adds to each of ``rows``, ascending, shape (terms, rows)."""
        among = only(rows.tolist())
        found = self._batch({term: self._sparse(WORDS, [term], len(rows), among) for term in terms})
        weights = [alongside(rows, found[term]) for term in terms]
        return np.array(weights, np.float32).reshape(len(terms), len(rows))

    def _names(self, sought: Sought, rows: Rows, among: models.Filter) -> _Requests:
        """Ask which of ``rows`` hold each name that tells passages apart."""
        both = (WORDS, EXPANSIONS)
        telling = [
            name for name in sought.names if max(self._numbers[one].frequency(name) for one in both) <= COMMON * self._size
        ]
        return {f"{one} {name}": self._sparse(one, [name], len(rows), among) for name in telling for one in both}

    def _named(self, sought: Sought, rows: Rows, found: Mapping[str, Points]) -> NDArray[np.int64]:
        """Return how many of the names and phrases each passage holds; see ``embedded.names_held``."""
        held = np.zeros(len(rows), np.int64)
        for quoted in (self._holding(phrase) for phrase in sought.phrases if len(phrase) > 1):
            if len(quoted) <= max(COMMON * self._size, LEAST_COMMON):
                held += np.isin(rows, quoted)
        for name in sought.names:
            points = [point for one in (WORDS, EXPANSIONS) for point in found.get(f"{one} {name}", ())]
            held += np.isin(rows, numbers_of(points))
        return held

    def _holding(self, phrase: tuple[str, ...]) -> Rows:
        """Return the rows in which every two neighbours of ``phrase`` stand side by side; none where the rarest two do in many."""
        pairs = pairs_of(phrase)
        field, terms = (PAIRS, pairs) if pairs else (WORDS, phrase[:1])
        rarest, *others = sorted(set(terms), key=self._numbers[field].frequency)
        count = self._numbers[field].frequency(rarest)
        if count > MOST_WITH_PHRASE:
            return np.empty(0, np.int64)
        rows = np.sort(numbers_of(self._batch({"rarest": self._sparse(field, [rarest], count)})["rarest"]))
        if len(rows) and others:
            among = only(rows.tolist())
            found = self._batch({term: self._sparse(field, [term], len(rows), among) for term in others})
            rows = reduce(np.intersect1d, map(numbers_of, found.values()), rows)
        return rows

    def _sparse(
        self, field: str, terms: Sequence[str], count: int, among: models.Filter | None = None
    ) -> models.QueryRequest | None:
        numbers = self._numbers[field].numbers(terms)
        return sparse(numbers, field, count, among) if numbers and count else None

    def _batch(self, requests: _Requests) -> dict[str, Points]:
        asked = {name: request for name, request in requests.items() if request is not None}
        found: dict[str, Points] = dict.fromkeys(requests, ())
        if asked:
            with in_words(self._place):
                answers = self._client.query_batch_points(self._collection, list(asked.values()))
            found |= {name: answer.points for name, answer in zip(asked, answers, strict=True)}
        return found

    def _look(self, rows: list[int]) -> dict[int, Looked]:
        found = self._payloads(rows, _PAYLOAD)
        return {row: Looked(*(b64decode(payload[name]) for name in _PAYLOAD)) for row, payload in found.items()}

    def _read(self, rows: list[int]) -> dict[int, Passage]:
        return {row: read_passage(row, payload["passage"]) for row, payload in self._payloads(rows, ["passage"]).items()}

    def _payloads(self, rows: list[int], names: list[str]) -> dict[int, dict[str, Any]]:
        with in_words(self._place):
            found = self._client.retrieve(self._collection, rows, with_payload=names)
        return {int(point.id): dict(point.payload or {}) for point in found}


class _Words(TermNumbers):
    """The terms of titles, headings and texts, and what they add where they stand."""

    def __init__(self, folder: Path, weights: Callable[[Sequence[str], Rows], Scores]) -> None:
        super().__init__(folder)
        self.term_weights = weights
