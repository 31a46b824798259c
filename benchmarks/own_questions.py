"""Questions to guides for which nothing was prepared, and what came of them.

Comes in: a TOML file of questions; for each question what was shown. Goes out: questions with the places that answer them, and rows of
a table. Pure: refuses to read guides and to ask anything.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.abstention.decision import Status

SCORED = (
    "asked",
    "right first",
    "right in three",
    "found in three, shown or not",
    "wrongly refused",
    "answered and wrong",
    "asked of what is not there",
    "rightly refused",
    "shown as answered",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands."""

    file: str  # name
    pages: frozenset[int]  # counted from the file's first, 1-based
    must: tuple[re.Pattern[str], ...]  # all are found in a passage that answers

    def holds(self, page: int, text: str) -> bool:
        """Return whether a passage of this file, on ``page``, answers."""
        return page in self.pages and all(pattern.search(text) for pattern in self.must)


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question, and where it is answered."""

    id: str
    style: str
    text: str
    places: tuple[Place, ...]  # empty: nowhere


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a question."""

    question: OwnQuestion
    status: Status
    confidence: float  # 0 to 1
    shown_at: int | None  # rank of the first right passage that was shown, 1-based; None where none was
    found_at: int | None  # the same among what was found, shown or not

    @property
    def is_right(self) -> bool:
        """Whether the right passage stands first, or nothing is shown where nothing answers."""
        return self.shown_at == 1 if self.question.places else self.status is Status.NOT_FOUND


def read_own_questions(path: Path) -> list[OwnQuestion]:
    """Return the questions in ``path``, in order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [OwnQuestion(one["id"], one["style"], one["text"], tuple(map(_place, one.get("answers", [])))) for one in tables]


def row_of(name: str, came: Sequence[Came]) -> str:
    """Return the row of a table under ``SCORED`` about some questions."""
    held = [one for one in came if one.question.places]
    absent = [one for one in came if not one.question.places]
    cells = (
        str(len(held)),
        _share([one.shown_at == 1 for one in held]),
        _share([one.shown_at is not None for one in held]),
        _share([one.found_at is not None for one in held]),
        _share([one.status is Status.NOT_FOUND for one in held]),
        _share([one.status is Status.ANSWERED and one.shown_at is None for one in held]),
        str(len(absent)),
        _share([one.status is Status.NOT_FOUND for one in absent]),
        _share([one.status is Status.ANSWERED for one in absent]),
    )
    return f"| {' | '.join((name, *cells))} |"


def _share(true: Sequence[bool]) -> str:
    return f"{sum(true) / len(true):.0%}" if true else "-"


def _place(table: dict[str, list[int] | list[str] | str]) -> Place:
    patterns = tuple(re.compile(str(pattern), re.IGNORECASE) for pattern in table["must"])
    return Place(str(table["file"]), frozenset(map(int, table["pages"])), patterns)
