"""A PostgreSQL that refuses, is away, holds what is not ours or is full: one sentence each, and never the password."""

import logging
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Status
from bot.errors import SettingsError, StoreFull, StoreUnreachable
from bot.http.app import create_app
from bot.http.options import HttpOptions
from bot.settings import read_settings
from bot.state import question_log
from bot.state.databases import postgres_store
from bot.state.databases.opening import check_store, open_store
from bot.state.databases.store import FORMAT, Room
from bot.state.feedback import FeedbackStore, Verdict
from bot.state.question_log import QuestionLog, forget_at_start
from index.build.reader import open_live_build
from index.setting_sources import told_settings
from tests.conftest import ROOT
from tests.postgres_server import PASSWORD
from tests.waiting import wait_for

SECRETS = (PASSWORD, "s%25cret", "w%40rd")


@pytest.fixture
def address(postgres) -> str:
    """An empty database."""
    return str(postgres.new_database())


def store_at(address: str):
    """Open what lies at ``address``."""
    return open_store(SecretStr(address))


def said_by(address: str) -> str:
    """Return the sentence with which a database is refused at start."""
    with pytest.raises(SettingsError) as refused:
        check_store(SecretStr(address))
    said = str(refused.value)
    assert not any(secret in said for secret in SECRETS)
    return said


def test_a_wrong_password_a_wrong_user_and_a_wrong_database_are_told_apart(postgres, address):
    """Each with what to do."""
    name = address.partition("?")[0].rpartition("/")[2]
    assert "refuses the password. Correct user and password" in said_by(postgres.address(name, password="another"))  # noqa: S106
    assert "does not know the user" in said_by(postgres.address(name, user="nobody_here"))
    assert "has no such database" in said_by(postgres.address("not_there"))
    assert "lets nobody in from this address" in said_by(postgres.address("none_of_these", user="none_of_these"))


def test_an_address_that_cannot_be_read_is_said_without_it():
    """A percent sign in the password that is not written as %25."""
    said = said_by("postgresql://localism:s%cret@/kept")
    assert "%25" in said
    assert "cret" not in said


def test_without_the_package_it_is_said_how_to_install_it():
    """In a process that cannot import psycopg: the exit code is 2, and no trace of a program."""
    program = "import sys; sys.modules['psycopg'] = None; from bot.__main__ import main; sys.exit(main(['report']))"
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"LOCALISM_STATE": "postgresql://u:hidden@localhost/x", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = " ".join(finished.stderr.split())
    assert finished.returncode == 2
    assert "requirements/postgres.txt" in said
    assert "hidden" not in said


def test_the_settings_show_no_password(monkeypatch: pytest.MonkeyPatch):
    """However they are printed."""
    monkeypatch.setenv("LOCALISM_STATE", "postgresql://u:hidden@localhost/x")
    settings = read_settings()
    assert (
        "hidden"
        not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {told_settings(settings)}"
    )
    monkeypatch.setenv("LOCALISM_STATE", "a/folder")
    assert read_settings().state == Path("a/folder")


def test_tables_that_are_not_ours_and_of_another_format_are_left_alone(postgres, address):
    """With what to do."""
    postgres.administer(address, "CREATE SCHEMA localism AUTHORIZATION localism", "CREATE TABLE localism.feedback (x TEXT)")
    assert "tables that this program did not make" in said_by(address)
    postgres.administer(address, "DROP SCHEMA localism CASCADE")
    check_store(SecretStr(address))
    postgres.administer(address, "UPDATE localism.format SET version = version + 1")
    assert f"of format {FORMAT + 1}, this program reads format {FORMAT}. Update the program" in said_by(address)


def test_without_the_right_to_make_tables_it_is_said_how_to_give_it(postgres):
    """A database of somebody else's; then a schema for us, and it works."""
    address = postgres.new_database(owner="postgres")
    assert "CREATE SCHEMA localism AUTHORIZATION" in said_by(address)
    postgres.administer(address, "CREATE SCHEMA localism AUTHORIZATION localism")
    check_store(SecretStr(address))
    postgres.administer(
        address, "REVOKE ALL ON localism.feedback FROM localism", "ALTER TABLE localism.feedback OWNER TO postgres"
    )
    with closing(FeedbackStore(store_at(address))) as feedback, pytest.raises(SettingsError, match="gives this user no right"):
        feedback.rows()


def test_a_replica_that_only_reads_is_said(postgres, address):
    """As after a failover to nowhere."""
    check_store(SecretStr(address))
    name = address.partition("?")[0].rpartition("/")[2]
    postgres.administer(address, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with closing(FeedbackStore(store_at(address))) as feedback, pytest.raises(StoreUnreachable, match="it is a replica"):
        feedback.add("p", "d", Verdict.HELPFUL)


def test_a_full_table_takes_no_more_and_what_was_kept_stays(address, monkeypatch):
    """Until old ones make room."""
    monkeypatch.setattr(postgres_store, "MOST_ROWS", 2)
    monkeypatch.setattr(postgres_store, "LOOK_SECONDS", 0.0)
    with closing(FeedbackStore(store_at(address))) as feedback:
        for passage in "ab":
            feedback.add(passage, "d", Verdict.HELPFUL)
        with pytest.raises(StoreFull, match="no more are taken"):
            feedback.add("c", "d", Verdict.HELPFUL)
        assert len(feedback.rows()) == 2


def test_a_server_that_is_away_is_said_at_once_and_comes_back_by_itself(postgres, address, small_build, monkeypatch, caplog):
    """Over HTTP: 503 in words within two seconds, questions answered all the while, and kept questions written later."""
    monkeypatch.setattr(question_log, "WRITE_AFTER", 0.05)
    service = AnswerService(open_live_build(small_build))
    options = HttpOptions(state=SecretStr(address), keep_questions_days=30)
    passage = service.answer("Who can nominate a place?").quotes[0].id
    said = {"passage": passage, "verdict": "helpful"}
    with TestClient(create_app(service, options)) as client:
        assert client.post("/api/feedback", json=said).status_code == 204
        with postgres.away(), caplog.at_level(logging.WARNING):
            for _ in range(3):
                begun = time.monotonic()
                refused = client.post("/api/feedback", json=said)
                assert (refused.status_code, time.monotonic() - begun < 2) == (503, True)
                assert "PostgreSQL at" in refused.json()["detail"]
            assert client.get("/api/ask", params={"q": "Who keeps zebras?"}).status_code == 200
        wait_for(lambda: client.post("/api/feedback", json=said).status_code == 204)
    service.build.close()
    with closing(FeedbackStore(store_at(address))) as feedback, closing(QuestionLog(store_at(address), 30)) as log:
        assert [row.helpful for row in feedback.rows()] == [2]
        assert [row.question for row in log.not_answered()] == ["who keeps zebras?"]
    assert not any(secret in caplog.text for secret in (*SECRETS, "zebras"))


def test_a_server_that_is_away_at_start_stops_nobody_from_asking(postgres, address, monkeypatch, caplog):
    """It is told; what is to be forgotten is forgotten when it is back."""
    monkeypatch.setattr(question_log, "FORGET_AGAIN", 0.05)
    with closing(QuestionLog(store_at(address), 30)) as log:
        log.add("Bins?", Status.NOT_FOUND)
    with postgres.away():
        check_store(SecretStr(address))
        assert "Questions are answered all the same" in caplog.text
        forget_at_start(store_at(address))
    with closing(store_at(address).open(Room.QUESTIONS)) as database:
        wait_for(lambda: not _asked(database))
    assert not any(secret in caplog.text for secret in SECRETS)


def _asked(database) -> bool:
    try:
        return bool(database.ask("SELECT 1 FROM questions"))
    except StoreUnreachable:
        return True


def test_a_connection_that_was_cut_is_made_again_without_anybody_noticing(postgres, address):
    """As when a server was restarted overnight."""
    with closing(FeedbackStore(store_at(address))) as feedback:
        feedback.add("p", "d", Verdict.HELPFUL)
        postgres.administer(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'localism'")
        feedback.add("p", "d", Verdict.HELPFUL)
        assert [row.helpful for row in feedback.rows()] == [2]


def test_one_process_has_two_connections_at_most(postgres, address):
    """However many rooms are open: one for all, and one for leases; closed when nobody needs them."""
    store = store_at(address)
    opened = [store.open(room) for room in Room]
    for database in opened:
        database.ask("SELECT 1")
    with closing(store_at(address).open(Room.TOGETHER)) as looking:
        count = (
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'localism' AND pid <> pg_backend_pid() "
            "AND datname = current_database()"
        )
        assert looking.ask(count) == [(2,)]
        for database in opened:
            database.close()
        wait_for(lambda: looking.ask(count) == [(0,)])
