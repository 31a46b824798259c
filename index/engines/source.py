"""What reranking needs of whatever finds candidates: one protocol, which the files of a build and every engine are.

Comes in: nothing. Goes out: protocols, and what passes through them. Refuses to know who keeps the vectors and words of passages, and
how candidates are weighed.

The source nominates, the worker scores: scores are ours whatever nominates, so that the same question has the same answer everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.dense.faiss_reader import Range
from index.errors import ForeignBuild
from index.late_interaction.token_vectors import PassageTokens, TokenStatistics
from index.records import Passage

UNKNOWN = -1.0  # cosine

ENGINE_FORMAT = 1  # of what a generation holds; a program that cannot read these writes another number
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a build is, and what it was made of: two builds of one shape are the same build."""

    build: str
    passages: int
    keys: int  # expansions
    dimension: int
    digest: str  # of the hashes of its files
    format: int = ENGINE_FORMAT

    def check(self, held: "Shape", where: str) -> None:
        """See that ``where`` holds this build, and not another of the same name.

        Raises:
            ForeignBuild: it does not.
        """
        if held.format != self.format:
            mend = "update the program" if held.format > self.format else "publish it again: localism-ingest engine"
            raise ForeignBuild(
                f"{where} holds build {self.build} in format {held.format}, this program reads format {self.format}; {mend}."
            )
        if held != self:
            wrong = [name for name, value in asdict(self).items() if asdict(held)[name] != value]
            raise ForeignBuild(
                f"{where} holds another build under the id {self.build} than the folder of this machine ({', '.join(wrong)} differ). "
                "Take the folder over from the machine that published it: localism pull"
            )


@dataclass(frozen=True, slots=True)
class LocalPart:
    """What of a build each worker has itself, however its candidates are found."""

    shape: Shape
    expansion_bounds: NDArray[np.int64]  # where each passage's expansions begin among all, shape (passages + 1,)
    vectors: Path  # of passages; an engine has them itself, and these need not be there
    keys: Path  # vectors of expansions, likewise
    tokens: Path  # the folder of the token vectors; of what lies there an engine wants only the small files
    words: Path  # the folders of the indices of words, likewise
    expansion_words: Path
    pairs: Path


@dataclass(frozen=True, slots=True)
class Sought:
    """A question, as a source is asked it."""

    vector: NDArray[np.float32]  # unit length, shape (d,): expansions are compared with it
    searched: NDArray[np.float32]  # the same, or where the build's adapter leads it: passages are compared with it
    terms: tuple[str, ...]  # distinct
    pairs: tuple[str, ...]  # distinct neighbouring terms
    meant: tuple[str, ...]  # what else the terms mean; they bring candidates, and nothing more
    names: tuple[str, ...]  # terms that name one thing exactly
    phrases: tuple[tuple[str, ...], ...]  # terms in quotation marks: passages where they stand side by side are preferred


@dataclass(frozen=True, slots=True)
class Nominated:
    """Passages that may answer; the arrays run alongside ``rows``."""

    rows: Rows  # ascending
    passage: Scores  # cosine of the passage and the question as it is searched
    key: Scores  # cosine of its best expansion; ``UNKNOWN`` where none of them is among the nearest
    words: Scores  # BM25 of title, headings and text for the terms, as a share of what they could give
    candidate_words: Scores  # the same for the terms and what else they mean, not as a share
    candidate_expansions: Scores  # of the words of expansions
    named: NDArray[np.int64]  # how many of the question's names and phrases each holds


class KeyVectors(Protocol):
    """The vectors of expansions, in the order of the passages that they belong to."""

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> Scores:
        """Return the cosine of ``query`` and each of ``rows``, which are distinct and ascending, shape (rows,)."""


@dataclass(frozen=True, slots=True)
class RowFeatures:
    """What reranking needs of a few passages beside what nominated them; the arrays run alongside their rows."""

    pairs: Scores  # BM25 of neighbouring words, as a share
    named: NDArray[np.int64]  # how many of the question's names each holds
    tokens: PassageTokens
    keys: KeyVectors  # of the expansions of these passages; of others nothing need be known


class TermStatistics(Protocol):
    """How rare terms are among all passages, and what they add where they stand."""

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of ``term``; of an unknown term, the highest there is."""

    def ideal(self, terms: Iterable[str]) -> float:
        """Return the most that BM25 could give for ``terms``; above 0."""

    def term_weights(self, terms: Sequence[str], rows: Rows) -> Scores:
        """Return what each of ``terms`` adds to the BM25 score of each of ``rows``, ascending, shape (terms, rows)."""


class CandidateSource(Protocol):
    """One build, where its candidates are found. Safe to use from several threads.

    Every method raises BuildError where what it needs is not there.
    """

    @property
    def words(self) -> TermStatistics:
        """How rare the terms of titles, headings and texts are."""

    @property
    def token_statistics(self) -> TokenStatistics:
        """How the tokens of passages are kept, and how often each word piece stands in them."""

    def nominate(self, sought: Sought, ranges: Sequence[Range] | None) -> Nominated:
        """Return what may answer, nearest by vectors, words and expansions together; in ``ranges`` (half-open) only, unless None."""

    def compared(self, sought: Sought, rows: Rows) -> tuple[Scores, Scores]:
        """Return what ``nominate`` would say of ``rows``, ascending: ``passage`` and ``words``."""

    def features(self, sought: Sought, rows: Rows) -> RowFeatures:
        """Return what reranking ``rows``, ascending, needs."""

    def holds(self, row: int, terms: Sequence[str]) -> list[bool]:
        """Tell of each term whether a passage, or an expansion of it, holds it."""

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of ``rows``, in that order, each proved equal to what its id was made from."""

    def close(self) -> None:
        """Let go of what is held open."""
