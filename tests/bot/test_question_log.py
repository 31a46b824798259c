"""Questions are kept for the days that were said, without anything else, and then they are gone from the disk."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answers import Status
from bot.question_log import QUESTIONS_FILE, AskedRow, QuestionLog, csv_of


def today() -> str:
    """Return the day in UTC."""
    return datetime.now(UTC).date().isoformat()


def test_the_report_counts_what_was_not_answered(tmp_path: Path):
    """The same question in other capitals and spaces counts together; answered ones are left out; most asked first."""
    log = QuestionLog(tmp_path, 30)
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
    log = QuestionLog(tmp_path, 30)
    log.add("secretold matter", Status.NOT_FOUND)
    log.add("fresh matter", Status.NOT_FOUND)
    log.close()
    with sqlite3.connect(tmp_path / QUESTIONS_FILE) as connection:
        old = (datetime.now(UTC).date() - timedelta(days=31)).isoformat()
        connection.execute("UPDATE questions SET day = ? WHERE question LIKE 'secretold%'", (old,))
    connection.close()
    log = QuestionLog(tmp_path, 30)
    assert [row.question for row in log.not_answered()] == ["fresh matter"]
    log.close()
    assert b"secretold" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_table_program_runs_nothing_from_the_report():
    """A question that begins like a formula is text."""
    rows = [AskedRow(f"{start}HYPERLINK(1)", "not_found", 1, "2026-01-01") for start in "=+-@"]
    assert [line.split(",")[0] for line in csv_of(rows).splitlines()[1:]] == [f"'{start}HYPERLINK(1)" for start in "=+-@"]
