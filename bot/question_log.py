"""What was asked, where the operator wants to know it: text, status and day, for a limited time, without identity.

Comes in: a question and what came of it, and what was said of the answer. Goes out: a report of what the sources lack, and of answers
that did not help. Refuses to know who asked, and the time of day.
"""

import csv
import io
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.answers import Status, check_question
from bot.counts_file import open_counts
from bot.feedback import Verdict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (question TEXT NOT NULL, status TEXT NOT NULL, day TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (question, status, day));
CREATE TABLE IF NOT EXISTS verdicts (question TEXT NOT NULL, passage TEXT NOT NULL, document TEXT NOT NULL, verdict TEXT NOT NULL,
    day TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (question, passage, verdict, day));
"""
QUESTIONS_FILE = "questions.sqlite"
# A cell that begins so is run as a formula by spreadsheets; a question comes from anyone.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question that was not answered for certain."""

    question: str
    status: str
    times: int
    last_day: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """What was said of one passage as an answer to one question."""

    question: str
    passage: str
    document: str
    helpful: int
    not_helpful: int
    wrong_page: int
    last_day: str  # ISO 8601


class QuestionLog:
    """Questions by day, in SQLite. Safe to use from several threads."""

    def __init__(self, folder: Path, keep_days: int) -> None:
        """Open the log in ``folder``, making both where they are missing, and remove what is older than ``keep_days``."""
        self._keep = timedelta(days=keep_days)
        self._lock = threading.Lock()
        self._connection = open_counts(folder / QUESTIONS_FILE, _SCHEMA)
        self._connection.execute("PRAGMA secure_delete = ON")
        self._swept: date | None = None
        self.sweep()

    def add(self, question: str, status: Status) -> None:
        """Keep one question, as folded text, so that the same question counts together."""
        self._count(
            "INSERT INTO questions VALUES (?, ?, ?, 1) ON CONFLICT (question, status, day) DO UPDATE SET times = times + 1",
            _folded(question),
            status.value,
        )

    def judge(self, question: str, passage: str, document: str, verdict: Verdict) -> None:
        """Count what was said of a passage as an answer to ``question``.

        Raises:
            QuestionError: nobody can have asked that.
        """
        self._count(
            "INSERT INTO verdicts (question, passage, document, verdict, day, times) VALUES (?, ?, ?, ?, ?, 1) "
            "ON CONFLICT (question, passage, verdict, day) DO UPDATE SET times = times + 1",
            _folded(question),
            passage,
            document,
            verdict.value,
        )

    def sweep(self) -> None:
        """Remove what is older than allowed; done at opening and at the first question of each day."""
        today = datetime.now(UTC).date()
        with self._lock, self._connection:
            for table in ("questions", "verdicts"):
                # The name of the table is ours.
                self._connection.execute(f"DELETE FROM {table} WHERE day < ?", ((today - self._keep).isoformat(),))  # noqa: S608
        self._swept = today

    def not_answered(self, most: int = 500) -> list[AskedRow]:
        """Return the questions that were not answered for certain, most asked first."""
        with self._lock:
            found = self._connection.execute(
                """SELECT question, status, sum(times), max(day) FROM questions WHERE status != ? GROUP BY question, status
                ORDER BY sum(times) DESC, max(day) DESC, question LIMIT ?""",
                (Status.ANSWERED.value, most),
            ).fetchall()
        return [AskedRow(*row) for row in found]

    def judged(self, most: int = 500) -> list[JudgedRow]:
        """Return what was said of answers, by question and passage, those with most complaints first."""
        with self._lock:
            found = self._connection.execute(
                """SELECT question, passage, document, sum(times * (verdict = 'helpful')), sum(times * (verdict = 'not_helpful')),
                sum(times * (verdict = 'wrong_page')), max(day) FROM verdicts GROUP BY question, passage
                ORDER BY sum(times * (verdict != 'helpful')) DESC, max(day) DESC, question LIMIT ?""",
                (most,),
            ).fetchall()
        return [JudgedRow(*row) for row in found]

    def _count(self, statement: str, *values: str) -> None:
        today = datetime.now(UTC).date()
        if today != self._swept:
            self.sweep()
        with self._lock, self._connection:
            self._connection.execute(statement, (*values, today.isoformat()))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _folded(question: str) -> str:
    return check_question(question).casefold()


def csv_of(rows: Sequence[AskedRow]) -> str:
    """Return ``rows`` as CSV with a head line; no cell can run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(AskedRow)])
    writer.writerows([[_cell(value) for value in astuple(row)] for row in rows])
    return text.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
