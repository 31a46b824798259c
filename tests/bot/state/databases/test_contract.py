"""What holds of everything that is kept, whether in files of one machine or in a PostgreSQL: one suite over both."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot.answering.answers import Status
from bot.discord_bot.gateway.taking_over import LAG, Session, Sessions
from bot.discord_bot.state.server_settings import ServerSettings, ServerSettingsStore
from bot.state.databases.store import TABLES, Room
from bot.state.facts import EndedNames, Facts
from bot.state.feedback import FeedbackRow, FeedbackStore, Verdict
from bot.state.job_board import JobBoard
from bot.state.machines import Leases
from bot.state.question_log import AskedRow, JudgedRow, QuestionLog, forget_at_start
from bot.state.shared_counts import SharedCounts
from tests.waiting import wait_for

ODD = 'it\'s 100 % "odd"; -- ?\N{SNOWMAN}\N{PARTY POPPER} \\n %s {x}'


def today() -> str:
    """Return the day in UTC."""
    return datetime.now(UTC).date().isoformat()


def test_feedback_is_counted_and_complaints_come_first(store, another):
    """By passage; what another process counted adds up."""
    said = [
        ("a", "d", Verdict.HELPFUL),
        ("b", "d", Verdict.WRONG_PAGE),
        ("b", "d", Verdict.HELPFUL),
        (ODD, ODD, Verdict.HELPFUL),
    ]
    with closing(FeedbackStore(store)) as feedback, closing(FeedbackStore(another())) as elsewhere:
        for one in said:
            feedback.add(*one)
            elsewhere.add(*one)
        rows = feedback.rows()
    assert rows[0] == FeedbackRow("b", "d", 2, 0, 2, today())
    assert {row.passage: row.helpful for row in rows} == {"a": 2, "b": 2, ODD: 2}


def test_verdicts_of_many_threads_and_processes_are_all_counted(store, another):
    """None is lost, and nobody waits for ever."""
    places = [FeedbackStore(store), FeedbackStore(another())]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: places[number % 2].add("p", "d", Verdict.HELPFUL), range(200)))
    assert [row.helpful for row in places[0].rows()] == [200]
    for place in places:
        place.close()


def test_questions_are_kept_for_their_days(store, another):
    """Folded and counted together, judged, and gone when they are too old."""
    with closing(QuestionLog(store, 30)) as log:
        for question, status in ((ODD, Status.NOT_FOUND), (ODD.upper(), Status.NOT_FOUND), ("Pubs?", Status.ANSWERED)):
            log.add(question, status)
        log.judge("Bins?", "p", "d", Verdict.NOT_HELPFUL)
        assert log.not_answered() == [AskedRow(ODD.casefold(), "not_found", 2, today())]
        assert log.judged() == [JudgedRow("bins?", "p", "d", 0, 1, 0, today())]
    old = (datetime.now(UTC).date() - timedelta(days=31)).isoformat()
    with closing(another().open(Room.QUESTIONS)) as database:
        database.ask("UPDATE questions SET day = ?", old)
    with closing(QuestionLog(another(), 30)) as log:
        assert (log.not_answered(), len(log.judged())) == ([], 1)


def test_kept_questions_are_forgotten_where_none_are_to_be_kept(store, another):
    """Feedback stays."""
    with closing(QuestionLog(store, 30)) as log, closing(FeedbackStore(store)) as feedback:
        log.add("Bins?", Status.NOT_FOUND)
        log.judge("Bins?", "p", "d", Verdict.HELPFUL)
        feedback.add("p", "d", Verdict.HELPFUL)
    forget_at_start(another())
    with closing(QuestionLog(another(), 30)) as log, closing(FeedbackStore(another())) as feedback:
        assert (log.not_answered(), log.judged()) == ([], [])
        assert [row.passage for row in feedback.rows()] == ["p"]


def test_settings_of_servers_are_what_was_saved_last(store, another):
    """By whichever process; ids are as large as Discord's."""
    server = 1_400_000_000_000_000_000
    chosen = ServerSettings(channels=(server + 1,), plain=True, sources=(ODD,))
    with closing(ServerSettingsStore(store)) as settings:
        settings.save(server, ServerSettings(private=True))
        settings.save(server, chosen)
        settings.save(2, chosen)
        settings.forget(2)
    with closing(ServerSettingsStore(another())) as settings:
        assert (settings.of(server), settings.of(2)) == (chosen, ServerSettings())


def test_a_lease_has_one_holder_until_it_runs_out(store, another):
    """Who holds it renews it, others wait, and who gives it back leaves it to the next."""
    with closing(Leases(store)) as leases, closing(Leases(another())) as others:
        assert leases.take("work", "a", 30)
        assert leases.take("work", "a", 0.2)
        assert not others.take("work", "b", 30)
        assert others.holder("work") == "a"
        wait_for(lambda: others.take("work", "b", 30))
        assert not leases.take("work", "a", 30)
        leases.give_back("work", "a")  # which it does not hold any more
        assert leases.holder("work") == "b"
        others.give_back("work", "b")
        assert (leases.holder("work"), leases.take("work", "a", 30)) == ("", True)


def test_of_many_who_take_a_lease_at_once_one_has_it(store, another):
    """However close together they come."""
    places = [Leases(store), *(Leases(another()) for _ in range(3))]
    barrier = threading.Barrier(4)

    def take(number: int) -> bool:
        barrier.wait()
        return places[number].take("work", str(number), 30)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(4))) == 1
    for place in places:
        place.close()


def test_a_lease_is_renewed_for_as_long_as_the_work_takes(store, another):
    """Longer than it was taken for; free at once when the work is done."""
    with closing(Leases(store)) as leases, closing(Leases(another())) as others:
        with leases.held("work", "a", 0.4) as held:
            assert held
            end = time.monotonic() + 0.9
            while time.monotonic() < end:
                assert not others.take("work", "b", 30)
            with others.held("work", "b", 30) as twice:
                assert not twice
        assert others.take("work", "b", 30)


def test_a_fact_is_what_was_put_last_or_first(store, another):
    """And empty before."""
    with closing(Facts(store)) as facts, closing(Facts(another())) as others:
        assert facts.get("x") == ""
        facts.put("x", "1")
        others.put("x", ODD)
        assert facts.get("x") == ODD
        assert (facts.first("y", "mine"), others.first("y", "theirs")) == ("mine", "mine")


def test_sessions_are_kept_as_they_were_a_moment_ago(store, another):
    """So that what was being answered is fetched once more."""
    with closing(Facts(store)) as facts, closing(Facts(another())) as others:
        sessions = Sessions(facts)
        for number in range(1, LAG + 3):
            sessions.note([Session("s", number, "ws://x/")])
        assert Sessions(others).kept() == [Session("s", 3, "ws://x/")]


def test_what_processes_count_of_a_client_adds_up(store, another):
    """Each hears what the others counted, once; the key is the same for all who know the secret."""
    with closing(SharedCounts(store, "secret")) as here, closing(SharedCounts(another(), "secret")) as there:
        for _ in range(3):
            here.add("client/1", 60)
        assert here.exchange() == {}
        there.add("client/1", 60)
        assert there.exchange() == {"client/1": 3}
        assert there.exchange() == {}
        here.add("client/1", 60)
        assert here.exchange() == {"client/1": 1}
        here.add("client/1", 60)
        assert here.exchange() == {}
        assert here.key() == there.key()
        with closing(SharedCounts(another(), "another")) as stranger:
            assert stranger.key() != here.key()


def test_counts_that_ran_out_are_swept(store):
    """Nothing of a client stays."""
    with closing(SharedCounts(store, "")) as counts, closing(store.open(Room.TOGETHER)) as database:
        counts.add("old", -1)
        counts.add("new", 60)
        counts.exchange()
        counts.sweep()
        assert database.ask("SELECT name FROM hits") == [("new",)]


def test_jobs_are_seen_by_other_machines_with_what_became_of_them(store, another):
    """Each machine posts its own; what it posts no more is gone."""
    with closing(JobBoard(store, "alpha")) as alpha, closing(JobBoard(another(), "beta")) as beta:
        alpha.post([{"id": "1", "name": ODD, "state": "running"}, {"id": "2", "state": "done"}])
        beta.post([{"id": "1", "state": "running"}])
        alpha.post([{"id": "1", "name": ODD, "state": "done"}])
        assert beta.others() == [{"id": "1", "name": ODD, "state": "done", "machine": "alpha", "silent": False}]
        assert [job["machine"] for job in alpha.others()] == ["beta"]
        alpha.post([])
        assert beta.others() == []


def test_ended_names_are_known_everywhere_until_they_run_out(store, another):
    """And gone after that."""
    with closing(EndedNames(store)) as ended, closing(EndedNames(another())) as others:
        ended.end("long ago", time.time() - 1)
        ended.end("now", time.time() + 60)
        assert [others.was_ended(name) for name in ("long ago", "now", "never")] == [False, True, False]


@pytest.mark.parametrize("room", Room)
def test_every_room_can_be_forgotten_and_used_again(store, another, room):
    """Whatever it holds."""
    assert TABLES[room]
    with closing(store.open(room)):
        pass
    another().forget(room)
    assert not another().forget(room) or room is not Room.QUESTIONS
    with closing(another().open(room)) as database:
        table = TABLES[room][0].split()[5]
        assert database.ask(f"SELECT * FROM {table}") == []  # noqa: S608  # ours
