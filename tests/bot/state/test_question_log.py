"""Questions are kept for the days that were said, without anything else, and then they are gone from the disk."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.answering.answers import Status
from bot.state import question_log
from bot.state.databases.opening import open_store
from bot.state.question_log import AskedRow, QuestionLog
from bot.state.reports import csv_of
from tests.waiting import wait_for


def today() -> str:
    """Return the day in UTC."""
    return datetime.now(UTC).date().isoformat()


def test_the_report_counts_what_was_not_answered(tmp_path: Path):
    """The same question in other capitals and spaces counts together; answered ones are left out; most asked first."""
    log = QuestionLog(open_store(tmp_path), 30)
    for question, status in (
        ("Zebra  crossing?", Status.NOT_FOUND),
        ("zebra crossing?", Status.NOT_FOUND),
        ("Bins?", Status.UNCERTAIN),
        ("Pubs?", Status.ANSWERED),
    ):
        log.add(question, status)
    assert log.not_answered() == [
        AskedRow("zebra crossing?", "not_found", 2, today()),
        AskedRow("bins?", "uncertain", 1, today()),
    ]
    log.close()


def test_what_is_too_old_is_removed_from_the_disk(tmp_path: Path):
    """After the days that were said, the text is in no file."""
    log = QuestionLog(open_store(tmp_path), 30)
    log.add("secretold matter", Status.NOT_FOUND)
    log.add("fresh matter", Status.NOT_FOUND)
    log.close()
    with sqlite3.connect(tmp_path / "questions.sqlite") as connection:
        old = (datetime.now(UTC).date() - timedelta(days=31)).isoformat()
        connection.execute("UPDATE questions SET day = ? WHERE question LIKE 'secretold%'", (old,))
    connection.close()
    log = QuestionLog(open_store(tmp_path), 30)
    assert [row.question for row in log.not_answered()] == ["fresh matter"]
    log.close()
    assert b"secretold" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_table_program_runs_nothing_from_the_report():
    """A question that begins like a formula is text."""
    rows = [AskedRow(f"{start}HYPERLINK(1)", "not_found", 1, "2026-01-01") for start in "=+-@"]
    assert [line.split(",")[0] for line in csv_of(rows).splitlines()[1:]] == [f"'{start}HYPERLINK(1)" for start in "=+-@"]


def test_questions_reach_the_file_by_themselves_and_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Within the time that was said, without anybody reading, also what another process of the server has added."""
    monkeypatch.setattr(question_log, "WRITE_AFTER", 0.01)
    logs = [QuestionLog(open_store(tmp_path), 30), QuestionLog(open_store(tmp_path), 30)]
    for log in logs:
        log.add("Bins?", Status.UNCERTAIN)
        log.add("Bins?", Status.UNCERTAIN)
    with sqlite3.connect(tmp_path / "questions.sqlite") as connection:
        wait_for(lambda: connection.execute("SELECT question, times FROM questions").fetchall() == [("bins?", 4)])
    connection.close()
    for log in logs:
        log.close()


def test_what_cannot_be_written_is_kept_for_the_next_time(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Who asks is answered all the same, and the log says that it failed without saying what was asked."""
    log = QuestionLog(open_store(tmp_path), 30)
    log.add("secretword?", Status.UNCERTAIN)
    with sqlite3.connect(tmp_path / "questions.sqlite") as connection:
        connection.execute("ALTER TABLE questions RENAME TO elsewhere")
        connection.commit()
        log._write_in_time()
        connection.execute("ALTER TABLE elsewhere RENAME TO questions")
    connection.close()
    assert "could not be written" in caplog.text
    assert "secretword" not in caplog.text
    assert [row.times for row in log.not_answered()] == [1]
    log.close()
