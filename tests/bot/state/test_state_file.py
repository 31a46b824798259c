"""What an operator keeps is theirs alone, has a limit, and goes without a rest."""

import logging
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Status
from bot.errors import SettingsError, StoreFull
from bot.state import question_log
from bot.state.databases import sqlite_store
from bot.state.databases.opening import open_store
from bot.state.databases.sqlite_store import make_private, remove_private
from bot.state.feedback import FeedbackStore, Verdict
from bot.state.question_log import QuestionLog
from tests.conftest import ROOT
from tests.waiting import PATIENCE, wait_for

SMALL = 64 * 1024


def modes(folder: Path) -> dict[str, str]:
    """Return the rights of each file."""
    return {path.name: oct(path.stat().st_mode & 0o777) for path in sorted(folder.iterdir())}


def test_state_files_are_for_their_own_user_alone(tmp_path: Path):
    """With what SQLite keeps beside them while they are open; the folder too, where we make it."""
    folder = tmp_path / "state"
    log, store = QuestionLog(open_store(folder), 30), FeedbackStore(open_store(folder))
    log.add("a question", Status.NOT_FOUND)
    log.write()
    store.add("p", "d", Verdict.HELPFUL)
    names = [f"{name}.sqlite{end}" for name in ("feedback", "questions") for end in ("", "-shm", "-wal")]
    assert modes(folder) == dict.fromkeys(sorted(names), "0o600")
    assert folder.stat().st_mode & 0o777 == 0o700
    log.close()
    store.close()


def test_files_of_an_earlier_version_are_closed_up(tmp_path: Path):
    """With their companions, at the next start."""
    for name in ("feedback.sqlite", "feedback.sqlite-wal", "feedback.sqlite-shm"):
        (tmp_path / name).touch(0o644)
    make_private(tmp_path / "feedback.sqlite")
    assert set(modes(tmp_path).values()) == {"0o600"}


def test_a_removed_file_leaves_no_companion(tmp_path: Path):
    """And it is told whether there was any."""
    for name in ("q.sqlite", "q.sqlite-wal", "q.sqlite-shm", "other"):
        (tmp_path / name).touch()
    assert remove_private(tmp_path / "q.sqlite")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert not remove_private(tmp_path / "q.sqlite")


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path):
    """A file stands where the folder should be."""
    (tmp_path / "state").write_text("")
    with pytest.raises(SettingsError, match=r"cannot be written to .*LOCALISM_STATE"):
        FeedbackStore(open_store(tmp_path / "state"))


def test_feedback_stops_at_its_limit_and_what_was_kept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """SQLite says that it is full; the file is no larger than allowed."""
    monkeypatch.setattr(sqlite_store, "MOST_BYTES", SMALL)
    store = FeedbackStore(open_store(tmp_path))

    def add_many() -> None:
        for number in range(10_000):
            store.add(f"{number:032}", "a-document", Verdict.HELPFUL)

    with pytest.raises(StoreFull, match="no room"):
        add_many()
    assert 100 < len(store.rows(10_000)) < 10_000
    store.close()
    assert (tmp_path / "feedback.sqlite").stat().st_size <= SMALL


def test_kept_questions_stop_at_their_limit_and_do_not_fill_memory_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Who asks is answered all the same; the report still opens; the log says so without the question."""
    monkeypatch.setattr(sqlite_store, "MOST_BYTES", SMALL)
    with closing(QuestionLog(open_store(tmp_path), 30)) as log, caplog.at_level(logging.WARNING):
        for number in range(200):
            log.add(f"secretword {number:0400}", Status.NOT_FOUND)
            if number % 10 == 9:
                log.not_answered()
        assert 10 <= len(log.not_answered(5000)) < 200
        assert not log._unwritten
    assert (tmp_path / "questions.sqlite").stat().st_size <= SMALL
    assert "no room" in caplog.text
    assert "secretword" not in caplog.text


def test_what_is_too_old_goes_though_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By a timer: the days that /privacy names are true on a quiet server too."""
    monkeypatch.setattr(question_log, "SWEEP_AFTER", 0.01)
    swept: list[int] = []
    sweep = QuestionLog.sweep
    monkeypatch.setattr(QuestionLog, "sweep", lambda self: swept.append(1) or sweep(self))
    with closing(QuestionLog(open_store(tmp_path), 30)):
        wait_for(lambda: len(swept) >= 3)


def test_a_sweep_that_is_under_way_when_it_closes_begins_no_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Who sweeps then would find the database closed."""
    monkeypatch.setattr(question_log, "SWEEP_AFTER", 0.01)
    begun, goes_on, swept = threading.Event(), threading.Event(), []
    log = QuestionLog(open_store(tmp_path), 30)

    def sweep(_: QuestionLog) -> None:
        swept.append(1)
        begun.set()
        goes_on.wait(PATIENCE)

    monkeypatch.setattr(QuestionLog, "sweep", sweep)
    assert begun.wait(PATIENCE)
    closing_it = threading.Thread(target=log.close)
    closing_it.start()
    wait_for(lambda: log._closed)
    goes_on.set()
    closing_it.join(PATIENCE)
    assert not [
        each for each in threading.enumerate() if isinstance(each, threading.Timer) and each.function == log._sweep_in_time
    ]
    assert len(swept) <= 2  # the one under way, and one by closing's last writing


def test_switching_it_off_deletes_what_was_kept_at_the_next_start(small_build: Path, tmp_path: Path):
    """Feedback stays; /privacy says that nothing is kept, which is true."""
    with closing(QuestionLog(open_store(tmp_path), 30)) as log:
        log.add("secretword matter", Status.NOT_FOUND)
    with closing(FeedbackStore(open_store(tmp_path))) as store:
        store.add("p", "d", Verdict.HELPFUL)
    from bot.http.app import create_app
    from bot.http.options import HttpOptions
    from index.build.reader import open_live_build

    service = AnswerService(open_live_build(small_build))
    with TestClient(create_app(service, HttpOptions(state=tmp_path, keep_questions_days=0))) as client:
        said = client.get("/privacy").text
    assert "it is written into no log and no file" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feedback.sqlite"]
    service.build.close()


@pytest.mark.parametrize("token", ["short", "x" * 19, "token with spaces in it", "ünicode-token-of-some-length"])
def test_a_token_that_is_easily_guessed_or_cannot_be_sent_is_refused_at_start(tmp_path: Path, token: str):
    """With how to make one, and without the token; the port is never opened."""
    command = [sys.executable, "-m", "bot", "serve", "--index", str(tmp_path), "--port", "0"]
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env={"LOCALISM_ADMIN_TOKEN": token, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = " ".join(finished.stderr.split())
    assert (finished.returncode, finished.stdout) == (2, "")
    assert 'python -c "import secrets; print(secrets.token_urlsafe(32))"' in said
    assert "LOCALISM_ADMIN_TOKEN" in said
    assert token not in said
