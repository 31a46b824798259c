"""One process of all is connected to Discord: it is killed, cut off from the database, or stopped, and another goes on for it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from bot.discord_bot.gateway import taking_over
from bot.discord_bot.gateway.taking_over import LEASE, LEASE_SECONDS, LET_GO_SECONDS, Holding, Sessions
from bot.discord_bot.state.health import GatewayHealth
from bot.errors import StoreUnreachable
from bot.state.databases.opening import open_store
from bot.state.facts import Facts
from bot.state.machines import Leases
from tests.conftest import ROOT
from tests.discord_double.asks import answer_to, ask, shown_words, write
from tests.discord_double.people import BOT, user
from tests.discord_double.server import LOST, DiscordDouble
from tests.discord_double.sessions import ManySessions
from tests.waiting import PATIENCE, wait_for

MENTION = f"<@{BOT}> who keeps the list?"


@pytest.fixture
def many(double) -> ManySessions:
    """The gateway of the double, with sessions of several clients."""
    made = ManySessions(double.token, double.changed)
    made.url = f"ws://{double.address}/"
    double.gateway = made
    return made


@pytest.fixture
def state(postgres) -> str:
    """What the bots share."""
    return str(postgres.new_database())


@dataclass
class Bot:
    """A bot in a process of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def says(self, words: str) -> bool:
        """Tell whether ``words`` stand in its log."""
        return words in self.log.read_text()


@pytest.fixture
def processes(double, many, state, tmp_path) -> Iterator[Callable[[], Bot]]:
    """A function that starts a bot in a process of its own; all are ended."""
    started: list[Bot] = []

    def start() -> Bot:
        command = [sys.executable, "-m", "tests.discord_double.bot_process", double.address, state]
        log = tmp_path / f"{len(started)}.log"
        with log.open("wb") as errors:
            started.append(Bot(subprocess.Popen(command, cwd=ROOT, stderr=errors), log))
        return started[-1]

    yield start
    for bot in started:
        bot.process.kill()
        bot.process.wait()


def holder_of(state: str) -> int:
    """Return the process that holds the lease, 0 where none does."""
    with closing(Leases(open_store(SecretStr(state)))) as leases:
        return int((leases.holder(LEASE).split() or ["", "0"])[1])


async def until(wanted: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until ``wanted()``; returns the seconds that it took."""
    begun = time.monotonic()
    await asyncio.to_thread(wait_for, wanted, seconds)
    return time.monotonic() - begun


def written_for(double: DiscordDouble, mention: dict[str, Any]) -> list[str]:
    """Return the ids of the messages that Discord shows as answers to ``mention``."""
    answers = list(double.rest.messages.values())
    return [one["id"] for one in answers if str(one.get("message_reference", {}).get("message_id", "")) == mention["id"]]


def sessions_kept(state: str) -> bool:
    """Tell whether somebody has written down where the sessions stand, which takes some renewals of the lease."""
    with closing(Facts(open_store(SecretStr(state)))) as facts:
        return bool(Sessions(facts).kept())


async def mention(double: DiscordDouble, person: int) -> dict[str, Any]:
    """Have a person of their own speak to the bot."""
    return await write(double, MENTION, mentions=(BOT,), author=user(str(700 + person)))


async def test_a_killed_holder_is_followed_within_ten_seconds_and_no_mention_is_lost(double, many, processes, state):
    """``kill -9``: one client at a time, and what was said just before and meanwhile is answered once."""
    first = processes()
    await until(many.connected.is_set)
    second = processes()
    await until(lambda: second.says("another process is connected to Discord"))
    await answer_to(double, await mention(double, 0), 20)
    await until(lambda: sessions_kept(state))
    assert (len(many.identifies), await asyncio.to_thread(holder_of, state)) == (1, first.process.pid)
    said = [await mention(double, 1)]
    first.process.kill()
    await until(lambda: not many.serving)
    killed = time.monotonic()
    said += [await mention(double, person) for person in (2, 3)]
    await until(many.connected.is_set)
    followed = time.monotonic() - killed
    said.append(await mention(double, 4))
    for one in said:
        await until(partial(written_for, double, one))
    await until(lambda: second.says("messages and commands that came while nobody was connected are served"))
    await answer_to(double, await mention(double, 5), 20)  # messages are served in the order in which they come
    assert followed < 10
    assert [len(written_for(double, one)) for one in said] == [1, 1, 1, 1]
    assert await asyncio.to_thread(holder_of, state) == second.process.pid
    assert (many.most_at_once, many.resumes) == (1, 1)


async def test_a_holder_that_is_stopped_hands_over_at_once(double, many, connect, state):
    """Long before the lease would have run out; what was said in between is answered once."""
    place = SecretStr(state)
    first = await connect(state=place)
    second = asyncio.create_task(connect(state=place))
    await until(lambda: sessions_kept(state))
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    between = await mention(double, 1)
    await until(many.connected.is_set, LEASE_SECONDS / 2)
    await second
    await until(lambda: written_for(double, between))
    assert len(written_for(double, between)) == 1
    assert many.most_at_once == 1


@pytest.fixture
def renewed(monkeypatch) -> list[float]:
    """When each renewal was asked for that the database granted, on this machine's clock."""
    granted, take = list[float](), Leases.take

    def noting(leases: Leases, *given: Any) -> bool:
        asked = time.monotonic()
        if taken := take(leases, *given):
            granted.append(asked)
        return taken

    monkeypatch.setattr(Leases, "take", noting)
    return granted


async def test_a_holder_that_loses_the_database_lets_go_before_the_lease_ends(
    double, many, connect, state, postgres, health, renewed
):
    """Counted from the last renewal, however late on a busy machine that came; and connects again when it is back."""
    await connect(state=SecretStr(state))
    with postgres.away():
        await until(lambda: not many.serving, LEASE_SECONDS + 2)
        assert LET_GO_SECONDS - 0.5 < time.monotonic() - renewed[-1] < LEASE_SECONDS
    await until(many.connected.is_set)
    assert "The council" in shown_words(await ask(double, "Who keeps the list?"))
    assert (many.most_at_once, health.elsewhere) == (1, False)


async def test_who_waits_says_that_another_process_is_connected(many, connect, state, postgres):
    """In its health; and it asks Discord nothing."""
    with closing(Leases(open_store(SecretStr(state)))) as leases:
        leases.take(LEASE, "another", 60)
    health = GatewayHealth()
    waiting = asyncio.create_task(
        Holding(Leases(open_store(SecretStr(state))), health, lambda: None).run(lambda: asyncio.sleep(0))
    )
    await until(lambda: health.elsewhere)
    assert many.identifies == []
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_on_files_of_one_machine_there_is_no_lease(double, connect, tmp_path):
    """Today's way: it connects at once."""
    await connect()
    assert not (tmp_path / "leases.sqlite").exists()


class FakeLeases:
    """Leases that do what a test wants."""

    def __init__(self, *taken: bool | Exception) -> None:
        """Answer with each of ``taken`` in turn, and then no more."""
        self._taken = list(taken)
        self.given_back = 0

    def take(self, *_: object) -> bool:
        """Take a lease."""
        found = self._taken.pop(0) if self._taken else False
        if isinstance(found, Exception):
            raise found
        return found

    def give_back(self, *_: object) -> None:
        """Give it back."""
        self.given_back += 1

    def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("answers", "renewals"),
    [
        ((True, True, True, False), 2),  # taken over by another
        ((True, StoreUnreachable("away"), True, False), 1),  # away for a moment only
    ],
)
async def test_serving_ends_with_the_lease(monkeypatch, answers, renewals):
    """And every renewal notes where the connection stands."""
    monkeypatch.setattr(taking_over, "RENEW_SECONDS", 0.01)
    leases, beats, served = FakeLeases(*answers), [], asyncio.Event()

    async def serve() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            served.set()

    running = asyncio.create_task(Holding(cast(Leases, leases), GatewayHealth(), lambda: beats.append(1)).run(serve))
    await asyncio.wait_for(served.wait(), 5)
    await until(lambda: leases.given_back == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(beats) == renewals


async def test_many_servers_are_served_over_as_many_connections_as_discord_wants(double, many, connect, health):
    """Two shards: both are connected, questions of a server and direct messages are answered, and one that is lost comes back."""
    double.shards = 2
    await connect()
    await until(lambda: len(many.serving) == 2)
    assert sorted(identity["shard"] for identity in many.identifies) == [[0, 2], [1, 2]]
    assert "The council" in shown_words(await ask(double, "Who keeps the list?"))
    await answer_to(double, await write(double, "who keeps the list?", channel="300", guild_id=None))
    await until(lambda: health.connected)
    assert many.most_at_once == 1
    second = next(socket for socket, session in many.serving.items() if session.shard == 1)
    many.transports[second].abort()
    await until(lambda: health.resumes == 1)
    assert (health.disconnects, health.connected, many.resumes) == (1, True, 1)


async def test_how_many_connections_it_wants_is_asked_again_when_discord_does_not_say(double, connect, monkeypatch):
    """A call that fails is like any other at start: it waits and tries again."""
    monkeypatch.setattr("bot.discord_bot.gateway.runner._FIRST_WAIT", 0.05)
    double.fail("GET", "/gateway/bot", 503)
    double.fail("GET", "/gateway/bot", LOST)
    await connect()
    assert len(double.to("GET", "/gateway/bot")) == 3
