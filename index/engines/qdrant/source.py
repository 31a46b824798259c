"""The candidates of one build from Qdrant.

Comes in: a client, and what of the build this worker has itself. Goes out: candidates. Refuses to rank, and to let Qdrant score: it
nominates by our own weights and vectors, and what it nominates brings along what every score is made from.

A question takes one batch, and one more request for what is looked at closely.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from index.arrays import BYTE_SCALE, in_bytes
from index.dense.faiss_reader import Range, marked
from index.engines.embedded import BY_KEY, BY_VECTOR, BY_WORDS, COMMON, NEAR_KEYS, best_found, rows_of_keys
from index.engines.fetched import FetchedKeys, HeldRows, Looked, joined_tokens
from index.engines.qdrant.collections import (
    EXPANSIONS,
    KEY,
    PAIRS,
    PASSAGE,
    QUOTED,
    SCORED,
    WORDS,
    Phrases,
    Points,
    collection_of,
    dense,
    numbers_of,
    scores_of,
    sparse,
    within,
)
from index.engines.qdrant.faults import in_words
from index.engines.qdrant.scored import ScoredBy, Terms, cosines, weights_of
from index.engines.source import LocalPart, Nominated, RowFeatures, Rows, Scores, Sought
from index.late_interaction.token_vectors import TokenStatistics
from index.records import Passage
from index.remembered import Remembered
from index.sparse.bm25 import TermNumbers

AROUND = 2  # passages on each side of one that is looked at: what is around it is weighed too, and comes with it
HELD_SCORED = 32 * 2**20  # bytes of what the passages nominated last are scored by
_LOOKED = ("keys", "tokens", "sentences", "lengths", PAIRS)


class QdrantSource:
    """See CandidateSource."""

    def __init__(self, client: QdrantClient, place: str, part: LocalPart) -> None:
        """Find the candidates of the build that ``part`` belongs to by ``client``, which messages call ``place``."""
        self._client, self._place = client, place
        self._collection = collection_of(part.shape.build)
        self._size, self._looks = part.shape.passages, part.shape.passages + part.shape.keys
        self._bounds = part.expansion_bounds
        self.token_statistics = TokenStatistics(part.tokens, self._size)
        self.words = _Words(part.words, self._term_weights)
        self._numbers = {WORDS: self.words, EXPANSIONS: TermNumbers(part.expansion_words), PAIRS: TermNumbers(part.pairs)}
        self._phrases = Phrases(self._numbers)
        self._scored: Remembered[ScoredBy] = Remembered(HELD_SCORED, ScoredBy.size)
        self._held = HeldRows(self._look, self._read)

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer; see CandidateSource."""
        found = self._batch(self._requests(sought, ranges))
        self._phrases.keep(sought.phrases, found)
        by_key = rows_of_keys(self._bounds, numbers_of(found["keys"]) - self._size)
        led = {name: numbers_of(found[name]) for name in ("near", "words", "expansions", QUOTED)} | {"keys": by_key}
        rows = np.unique(np.concatenate(list(led.values())))
        if ranges is not None:
            rows = rows[marked(self._size, ranges)[rows]]
        came = {row: point for name in led for row, point in zip(led[name].tolist(), found[name], strict=True)}
        scored = self._scored.several(rows.tolist(), lambda missing: (_unpacked(came[row].payload) for row in missing))
        return self._seen(sought, rows, scored, best_found(rows, by_key, scores_of(found["keys"]) / np.float32(BYTE_SCALE**2)))

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what is known of ``rows``; see CandidateSource."""
        scored = self._scored_by(rows)
        words = self._weights(WORDS, _terms_of(WORDS, scored), sought.terms).sum(axis=0)
        return cosines(scored, sought.searched), np.asarray(words / np.float32(self.words.ideal(sought.terms)), np.float32)

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking needs; see CandidateSource."""
        looked = self._held.looked(rows.tolist())
        pairs = self._weights(PAIRS, [Terms.unpacked(one.pairs) for one in looked], sought.pairs)
        return RowFeatures(
            pairs=pairs.sum(axis=0) / np.float32(self._numbers[PAIRS].ideal(sought.pairs)),
            named=self._named(sought, rows, self._scored_by(rows)),
            tokens=joined_tokens(looked, self.token_statistics),
            keys=FetchedKeys(self._bounds[rows], looked),
        )

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell what a passage holds; see CandidateSource."""
        scored = self._scored_by(np.array([row]))
        held = [self._weights(field, _terms_of(field, scored), terms)[:, 0] > 0 for field in (WORDS, EXPANSIONS)]
        return [bool(one) for one in held[0] | held[1]]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages; see CandidateSource."""
        return self._held.passages(rows)

    def close(self) -> None:
        """Forget; the client is closed by who opened it."""

    def _requests(self, sought: Sought, ranges: Sequence[Range] | None) -> dict[str, models.QueryRequest]:
        among, exact = within(ranges)
        wide = (*sought.terms, *sought.meant)
        asked = {
            "near": dense(sought.searched, PASSAGE, BY_VECTOR, among, exact),
            "keys": dense(in_bytes(sought.vector), KEY, NEAR_KEYS),
            **self._phrases.requests(sought.phrases),
        }
        for name, field, count in (("words", WORDS, BY_WORDS), ("expansions", EXPANSIONS, BY_KEY)):
            if numbers := self._numbers[field].numbers(wide):
                asked[name] = sparse(numbers, field, count)
        return asked

    def _seen(self, sought: Sought, rows: Rows, scored: Sequence[ScoredBy], key: Scores) -> Nominated:
        """Look at ``rows`` from every side."""
        wide = tuple(dict.fromkeys((*sought.terms, *sought.meant)))
        words, expansions = (self._weights(field, _terms_of(field, scored), wide) for field in (WORDS, EXPANSIONS))
        return Nominated(
            rows,
            passage=cosines(scored, sought.searched),
            key=key,
            words=words[: len(sought.terms)].sum(axis=0) / np.float32(self.words.ideal(sought.terms)),
            candidate_words=words.sum(axis=0),
            candidate_expansions=expansions.sum(axis=0),
            named=self._named(sought, rows, scored),
        )

    def _weights(self, field: str, passages: Sequence[Terms], terms: Sequence[str]) -> NDArray[np.float32]:
        return weights_of(passages, list(map(self._numbers[field].number, terms)))

    def _term_weights(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """Return what each of ``terms`` adds to each of ``rows``, ascending, shape (terms, rows)."""
        return self._weights(WORDS, _terms_of(WORDS, self._scored_by(rows)), terms)

    def _named(self, sought: Sought, rows: Rows, scored: Sequence[ScoredBy]) -> NDArray[np.int64]:
        """Return how many of the names and phrases each passage holds; see ``embedded.names_held``."""
        held = self._phrases.held(sought.phrases, rows, self._batch)
        both = (WORDS, EXPANSIONS)
        for name in sought.names:
            if max(self._numbers[field].frequency(name) for field in both) <= COMMON * self._size:
                held += np.any([self._weights(field, _terms_of(field, scored), [name])[0] > 0 for field in both], axis=0)
        return held

    def _scored_by(self, rows: Rows) -> list[ScoredBy]:
        return self._scored.several(rows.tolist(), self._read_scored)

    def _read_scored(self, rows: list[int]) -> Iterable[ScoredBy]:
        found = self._payloads(rows, [SCORED])
        return [_unpacked(found[row]) for row in rows]

    def _look(self, rows: list[int]) -> dict[int, Looked]:
        """Fetch what comes with ``rows``, and what they and their neighbours are scored by, all at once."""
        near = {row + step for row in rows for step in range(-AROUND, AROUND + 1) if 0 <= row + step < self._size}
        scored = [row for row in sorted(near) if self._scored.get(row) is None]
        found = self._payloads([*scored, *(self._looks + row for row in rows)], None)
        for row in scored:
            self._scored.put(row, _unpacked(found[row]))
        return {row: _looked(found[self._looks + row]) for row in rows}

    def _read(self, rows: list[int]) -> dict[int, str]:
        found = self._payloads([self._looks + row for row in rows], ["passage"])
        return {row: found[self._looks + row]["passage"] for row in rows}

    def _payloads(self, points: list[int], names: list[str] | None) -> dict[int, dict[str, Any]]:
        """Return what comes with ``points``: what is called ``names``, or everything."""
        with in_words(self._place):
            found = self._client.retrieve(self._collection, points, with_payload=True if names is None else names)
        return {int(point.id): dict(point.payload or {}) for point in found}

    def _batch(self, requests: Mapping[str, models.QueryRequest]) -> dict[str, Points]:
        """Ask everything at once; what is not asked has no points."""
        found: dict[str, Points] = dict.fromkeys(("near", "keys", "words", "expansions", QUOTED), ())
        with in_words(self._place):
            answers = self._client.query_batch_points(self._collection, list(requests.values()))
        return found | {name: answer.points for name, answer in zip(requests, answers, strict=True)}


def _unpacked(payload: Mapping[str, Any] | None) -> ScoredBy:
    return ScoredBy.unpacked((payload or {})[SCORED])


def _looked(payload: Mapping[str, Any]) -> Looked:
    keys, tokens, sentences, lengths, pairs = (b64decode(payload[name]) for name in _LOOKED)
    return Looked(keys, tokens, sentences, lengths, pairs, payload["passage"])


def _terms_of(field: str, scored: Sequence[ScoredBy]) -> list[Terms]:
    return [one.words if field == WORDS else one.expansions for one in scored]


class _Words(TermNumbers):
    """The terms of titles, headings and texts, and what they add where they stand."""

    def __init__(self, folder: Path, weights: Callable[[Sequence[str], Rows], Scores]) -> None:
        super().__init__(folder)
        self.term_weights = weights
