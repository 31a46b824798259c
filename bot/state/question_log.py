"""What was asked, where the operator wants to know it: text, status and day, for a limited time, without identity.

Comes in: a question and what came of it, and what was said of the answer. Goes out: a report of what the sources lack, and of answers
that did not help. Refuses to know who asked, and the time of day.
"""

import csv
import io
import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.answering.answer_service import check_question
from bot.answering.answers import Status
from bot.state.counts_file import open_counts
from bot.state.feedback import Verdict
from bot.state.state_file import remove_private
from bot.state.table_cells import plain_cell

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (question TEXT NOT NULL, status TEXT NOT NULL, day TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (question, status, day));
CREATE TABLE IF NOT EXISTS verdicts (question TEXT NOT NULL, passage TEXT NOT NULL, document TEXT NOT NULL, verdict TEXT NOT NULL,
    day TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (question, passage, verdict, day));
"""
QUESTIONS_FILE = "questions.sqlite"
WRITE_AFTER = 1.0  # seconds; written together, many questions cost hardly more than one
SWEEP_AFTER = 3600.0  # seconds; what is too old goes within the hour, whether anybody asks or not
MOST_UNWRITTEN = 10_000  # where the disk takes nothing, memory is not filled instead


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
        self._lock = threading.Lock()  # for the file
        self._adding = threading.Lock()  # for what is not written yet: who asks never waits for the disk
        self._connection = open_counts(folder / QUESTIONS_FILE, _SCHEMA)
        self._connection.execute("PRAGMA secure_delete = ON")
        self._swept: date | None = None
        self._unwritten: Counter[tuple[str, str, str]] = Counter()  # by question, status and day
        self._writing: threading.Timer | None = None
        self._sweeping: threading.Timer | None = None
        self._sweep_in_time()

    def add(self, question: str, status: Status) -> None:
        """Keep one question, as folded text, so that the same question counts together; it is in the file within a second."""
        key = (_folded(question), status.value, _today().isoformat())
        with self._adding:
            if len(self._unwritten) < MOST_UNWRITTEN:
                self._unwritten[key] += 1
            if self._writing is None:
                self._writing = threading.Timer(WRITE_AFTER, self._write_in_time)
                self._writing.daemon = True
                self._writing.start()

    def write(self) -> None:
        """Write what was added and is not in the file yet."""
        if _today() != self._swept:
            self.sweep()
        with self._adding:
            unwritten, self._unwritten = self._unwritten, Counter()
        try:
            with self._lock, self._connection:
                self._connection.executemany(
                    "INSERT INTO questions VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (question, status, day) DO UPDATE SET times = times + excluded.times",
                    [(*key, times) for key, times in unwritten.items()],
                )
        except sqlite3.Error as error:
            # Where the file or the disk is full they are let go: they would be refused again and again, until what is old makes room.
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
                with self._adding:
                    self._unwritten.update(unwritten)
            raise

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
        """Remove what is older than allowed; done at opening, every hour, and at the first question of each day."""
        today = _today()
        with self._lock, self._connection:
            for table in ("questions", "verdicts"):
                removing = f"DELETE FROM {table} WHERE day < ?"  # noqa: S608  the name of the table is ours
                self._connection.execute(removing, ((today - self._keep).isoformat(),))
        self._swept = today

    def not_answered(self, most: int = 500) -> list[AskedRow]:
        """Return the questions that were not answered for certain, most asked first."""
        self._try_to_write()
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
        if _today() != self._swept:
            self.sweep()
        with self._lock, self._connection:
            self._connection.execute(statement, (*values, _today().isoformat()))

    def close(self) -> None:
        """Write what is left and close the file."""
        for timer in (self._writing, self._sweeping):
            if timer is not None:
                timer.cancel()
                timer.join()
        self._try_to_write()
        self._connection.close()

    def _write_in_time(self) -> None:
        with self._adding:
            self._writing = None
        self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except sqlite3.Error as error:  # a full disk: tried again with the next question
            log.warning("kept questions could not be written: %s", error)

    def _sweep_in_time(self) -> None:
        """Sweep now and again and again; what cannot be removed at this moment is told, and tried again."""
        try:
            self.sweep()
        except sqlite3.Error as error:
            log.error("kept questions that are too old could not be removed: %s", error)  # noqa: TRY400  # said whole
        self._sweeping = threading.Timer(SWEEP_AFTER, self._sweep_in_time)
        self._sweeping.daemon = True
        self._sweeping.start()


def _today() -> date:
    return datetime.now(UTC).date()


def _folded(question: str) -> str:
    return check_question(question).casefold()


def csv_of(rows: Sequence[AskedRow]) -> str:
    """Return ``rows`` as CSV with a head line; no cell can run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(AskedRow)])
    writer.writerows([[plain_cell(value) if isinstance(value, str) else value for value in astuple(row)] for row in rows])
    return text.getvalue()


def forget_questions(folder: Path) -> None:
    """Remove every question that was kept in ``folder``, for where none are kept any more.

    Raises:
        SettingsError: they cannot be removed.
    """
    if remove_private(folder / QUESTIONS_FILE):
        log.info("questions are not kept any more: those that were are removed")
