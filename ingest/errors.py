"""Errors of ingestion, under the tree of ``index.errors``.

LocalismError
├── CorpusProblems          the corpus has problems that must be mended first; each with its file and line
├── FetchRefused            an original cannot or may not be downloaded
├── DocumentRefused         a document may not come into the corpus, or not leave it
└── ShardRefused            a shard of a corpus cannot be made, or shards cannot be joined
"""

from collections.abc import Sequence

from index.errors import CatalogueError, LocalismError


class CorpusProblems(CatalogueError):
    """The corpus has problems that must be mended first."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Name every problem, each with its file and line."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class FetchRefused(LocalismError):
    """An original cannot or may not be downloaded; the message says why."""


class DocumentRefused(LocalismError):
    """A document may not come into the corpus, or not leave it."""


class ShardRefused(LocalismError):
    """A shard of a corpus cannot be made, or shards cannot be joined; the message says why."""
