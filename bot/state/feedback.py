"""What people said of passages: helpful, not helpful, wrong page. No personal data.

Comes in: a passage and a verdict. Goes out: counts for maintainers. Refuses to know who said it and what they had asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from bot.state.databases.store import Room, Store


class Verdict(Enum):
    """What a person said of a passage."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    WRONG_PAGE = "wrong_page"


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """What was said of one passage."""

    passage: str
    document: str
    helpful: int
    not_helpful: int
    wrong_page: int
    last_day: str  # ISO 8601


class FeedbackStore:
    """Counts by passage, verdict and day. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Open what ``store`` keeps of it, made where it is missing."""
        self._database = store.open(Room.FEEDBACK)

    def add(self, passage: str, document: str, verdict: Verdict) -> None:
        """Count one verdict on a passage.

        Raises:
            StoreFault: it cannot be kept.
        """
        self._database.check_room("feedback")
        self._database.ask(
            "INSERT INTO feedback VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT (passage, verdict, day) DO UPDATE SET times = feedback.times + 1",
            passage,
            document,
            verdict.value,
            datetime.now(UTC).date().isoformat(),
        )

    def rows(self, most: int = 500) -> list[FeedbackRow]:
        """Return what was said, the passages with most complaints first.

        Raises:
            StoreFault: it cannot be read.
        """
        found = self._database.ask(
            f"""SELECT passage, max(document), {said_of()}, max(day) FROM feedback GROUP BY passage
            ORDER BY {COMPLAINTS} DESC, max(day) DESC, passage LIMIT ?""",  # noqa: S608  # parts of ours
            most,
        )
        return [FeedbackRow(*row) for row in found]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


COMPLAINTS = "CAST(coalesce(sum(times) FILTER (WHERE verdict <> 'helpful'), 0) AS BIGINT)"


def said_of() -> str:
    """Return SQL for how often each verdict was given, in the order of Verdict."""
    return ", ".join(
        f"CAST(coalesce(sum(times) FILTER (WHERE verdict = '{verdict.value}'), 0) AS BIGINT)" for verdict in Verdict
    )
