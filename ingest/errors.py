"""Errors of ingestion, under the tree of ``index.errors``.

LocalismError
└── CorpusProblems          the corpus has problems that must be mended first; each with its file and line
"""

from collections.abc import Sequence

from index.errors import CatalogueError


class CorpusProblems(CatalogueError):
    """The corpus has problems that must be mended first."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Name every problem, each with its file and line."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
