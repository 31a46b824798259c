"""What people said of passages: helpful, not helpful, wrong page. No personal data.

Comes in: a passage and a verdict. Goes out: counts for maintainers. Refuses to know who said it and what they had asked.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from bot.state.counts_file import open_counts

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (passage TEXT NOT NULL, document TEXT NOT NULL, verdict TEXT NOT NULL, day TEXT NOT NULL,
    times INTEGER NOT NULL, PRIMARY KEY (passage, verdict, day));
"""
FEEDBACK_FILE = "feedback.sqlite"


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
    """Counts by passage, verdict and day, in SQLite. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the store in ``folder``, making both where they are missing."""
        self._lock = threading.Lock()
        self._connection = open_counts(folder / FEEDBACK_FILE, _SCHEMA)

    def add(self, passage: str, document: str, verdict: Verdict) -> None:
        """Count one verdict on a passage."""
        day = datetime.now(UTC).date().isoformat()
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?, 1) ON CONFLICT (passage, verdict, day) DO UPDATE SET times = times + 1",
                (passage, document, verdict.value, day),
            )

    def rows(self, most: int = 500) -> list[FeedbackRow]:
        """Return what was said, the passages with most complaints first."""
        with self._lock:
            found = self._connection.execute(
                """SELECT passage, document, sum(times * (verdict = 'helpful')), sum(times * (verdict = 'not_helpful')),
                sum(times * (verdict = 'wrong_page')), max(day) FROM feedback GROUP BY passage
                ORDER BY sum(times * (verdict != 'helpful')) DESC, max(day) DESC LIMIT ?""",
                (most,),
            ).fetchall()
        return [FeedbackRow(*row) for row in found]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
