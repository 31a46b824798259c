"""What was asked, where the operator wants to know it: text, status and day, for a limited time, without identity.

Comes in: a question and what came of it, and what was said of the answer. Goes out: a report of what the sources lack, and of answers
that did not help. Refuses to know who asked, and the time of day.
"""

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.answering.answer_service import check_question
from bot.answering.answers import Status
from bot.errors import StoreFault, StoreFull
from bot.state.databases.store import Room, Store
from bot.state.feedback import COMPLAINTS, Verdict, said_of
from index.errors import LocalismError

log = logging.getLogger(__name__)

WRITE_AFTER = 1.0  # seconds; written together, many questions cost hardly more than one
SWEEP_AFTER = 3600.0  # seconds; what is too old goes within the hour, whether anybody asks or not
FORGET_AGAIN = 60.0  # seconds until what could not be removed at start is tried again
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
    """Questions by day. Safe to use from several threads."""

    def __init__(self, store: Store, keep_days: int) -> None:
        """Open what ``store`` keeps of it, made where it is missing, and remove what is older than ``keep_days``."""
        self._keep = timedelta(days=keep_days)
        self._adding = threading.Lock()  # for what is not written yet: who asks never waits for the database
        self._database = store.open(Room.QUESTIONS)
        self._swept: date | None = None
        self._unwritten: Counter[tuple[str, str, str]] = Counter()  # by question, status and day
        self._writing: threading.Timer | None = None
        self._sweeping: threading.Timer | None = None
        self._closed = False
        self._sweep_in_time()

    def add(self, question: str, status: Status) -> None:
        """Keep one question, as folded text, so that the same question counts together; it is kept within a second."""
        key = (_folded(question), status.value, _today().isoformat())
        with self._adding:
            if len(self._unwritten) < MOST_UNWRITTEN:
                self._unwritten[key] += 1
            if self._writing is None:
                self._writing = threading.Timer(WRITE_AFTER, self._write_in_time)
                self._writing.daemon = True
                self._writing.start()

    def write(self) -> None:
        """Write what was added and is not written yet.

        Raises:
            StoreFault: it cannot be kept.
        """
        if _today() != self._swept:
            self.sweep()
        with self._adding:
            unwritten, self._unwritten = self._unwritten, Counter()
        try:
            self._database.check_room("questions")
            self._database.ask_many(
                "INSERT INTO questions VALUES (?, ?, ?, ?) "
                "ON CONFLICT (question, status, day) DO UPDATE SET times = questions.times + excluded.times",
                [(*key, times) for key, times in unwritten.items()],
            )
        except StoreFull:
            # They are let go: they would be refused again and again, until what is old makes room.
            raise
        except LocalismError:
            with self._adding:
                self._unwritten.update(unwritten)
            raise

    def judge(self, question: str, passage: str, document: str, verdict: Verdict) -> None:
        """Count what was said of a passage as an answer to ``question``.

        Raises:
            QuestionError: nobody can have asked that.
            StoreFault: it cannot be kept.
        """
        if _today() != self._swept:
            self.sweep()
        self._database.check_room("verdicts")
        self._database.ask(
            "INSERT INTO verdicts (question, passage, document, verdict, day, times) VALUES (?, ?, ?, ?, ?, 1) "
            "ON CONFLICT (question, passage, verdict, day) DO UPDATE SET times = verdicts.times + 1",
            _folded(question),
            passage,
            document,
            verdict.value,
            _today().isoformat(),
        )

    def sweep(self) -> None:
        """Remove what is older than allowed; done at opening, every hour, and at the first question of each day."""
        today = _today()
        for table in ("questions", "verdicts"):
            removing = f"DELETE FROM {table} WHERE day < ?"  # noqa: S608  the name of the table is ours
            self._database.ask(removing, (today - self._keep).isoformat())
        self._swept = today

    def not_answered(self, most: int = 500) -> list[AskedRow]:
        """Return the questions that were not answered for certain, most asked first.

        Raises:
            StoreFault: they cannot be read.
        """
        self._try_to_write()
        found = self._database.ask(
            """SELECT question, status, CAST(sum(times) AS BIGINT), max(day) FROM questions WHERE status <> ?
            GROUP BY question, status ORDER BY sum(times) DESC, max(day) DESC, question LIMIT ?""",
            Status.ANSWERED.value,
            most,
        )
        return [AskedRow(*row) for row in found]

    def judged(self, most: int = 500) -> list[JudgedRow]:
        """Return what was said of answers, by question and passage, those with most complaints first.

        Raises:
            StoreFault: they cannot be read.
        """
        found = self._database.ask(
            f"""SELECT question, passage, max(document), {said_of()}, max(day) FROM verdicts GROUP BY question, passage
            ORDER BY {COMPLAINTS} DESC, max(day) DESC, question, passage LIMIT ?""",  # noqa: S608  # parts of ours
            most,
        )
        return [JudgedRow(*row) for row in found]

    def close(self) -> None:
        """Write what is left and let go of the database."""
        with self._adding:
            self._closed = True  # a sweep that is under way begins no next one
            timers = (self._writing, self._sweeping)
        for timer in timers:
            if timer is not None:
                timer.cancel()
                timer.join()
        self._try_to_write()
        self._database.close()

    def _write_in_time(self) -> None:
        with self._adding:
            self._writing = None
        self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except LocalismError as error:  # a full disk, a database that is away: tried again with the next question
            log.warning("kept questions could not be written: %s", error)

    def _sweep_in_time(self) -> None:
        """Sweep now and again and again; what cannot be removed at this moment is told, and tried again."""
        try:
            self.sweep()
        except LocalismError as error:
            log.error("kept questions that are too old could not be removed: %s", error)  # noqa: TRY400  # said whole
        with self._adding:
            if self._closed:
                return
            self._sweeping = threading.Timer(SWEEP_AFTER, self._sweep_in_time)
            self._sweeping.daemon = True
            self._sweeping.start()


def _today() -> date:
    return datetime.now(UTC).date()


def _folded(question: str) -> str:
    return check_question(question).casefold()


def forget_at_start(store: Store) -> None:
    """Remove every question that was kept in ``store``, for where none are kept any more.

    A database that is away is tried again every minute, on a thread of its own, until they are gone.

    Raises:
        SettingsError: they cannot be removed.
    """
    try:
        if store.forget(Room.QUESTIONS):
            log.info("questions are not kept any more: those that were are removed")
    except StoreFault as error:
        log.error("questions are not kept any more, and those that were cannot be removed now: %s", error)  # noqa: TRY400
        again = threading.Timer(FORGET_AGAIN, forget_at_start, [store])
        again.daemon = True
        again.start()
