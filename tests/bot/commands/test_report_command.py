"""The reports in a terminal: what was asked and not found, and what people said of passages."""

import pytest

from bot.__main__ import main
from bot.answering.answers import Status
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore, Verdict
from bot.state.question_log import QuestionLog


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A folder with a question and a verdict in it, named in the environment."""
    log, store = QuestionLog(open_store(tmp_path), 30), FeedbackStore(open_store(tmp_path))
    log.add("Where are [bold]zebras[/bold] kept?", Status.NOT_FOUND)
    store.add("0123456789abcdef", "a-document", Verdict.WRONG_PAGE)
    log.close()
    store.close()
    monkeypatch.setenv("LOCALISM_STATE", str(tmp_path))
    monkeypatch.setenv("LOCALISM_KEEP_QUESTIONS_DAYS", "30")
    return tmp_path


def test_both_reports_are_printed(state, capsys):
    """Questions and verdicts, with no mark-up of a question at work."""
    assert main(["report"]) == 0
    said = capsys.readouterr().out
    assert "where are [bold]zebras[/bold] kept?" in said
    assert "0123456789abcdef" in said


def test_the_questions_as_csv_and_nothing_else(state, capsys):
    """The first line names the columns, the others are the questions."""
    assert main(["report", "--csv"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head == "question,status,times,last_day"
    assert row.startswith("where are [bold]zebras[/bold] kept?,not_found,1,")


def test_where_nothing_is_kept_a_sentence_says_so(monkeypatch, capsys):
    """It names the variable, and the exit code is 2."""
    monkeypatch.delenv("LOCALISM_STATE", raising=False)
    assert main(["report"]) == 2
    assert "LOCALISM_STATE" in capsys.readouterr().err


def test_looking_at_the_report_removes_nothing(state, monkeypatch, capsys):
    """Where questions are no longer kept, the report does not sweep them away by opening the file."""
    monkeypatch.setenv("LOCALISM_KEEP_QUESTIONS_DAYS", "0")
    assert main(["report"]) == 0
    monkeypatch.setenv("LOCALISM_KEEP_QUESTIONS_DAYS", "30")
    assert main(["report", "--csv"]) == 0
    assert "zebras" in capsys.readouterr().out
