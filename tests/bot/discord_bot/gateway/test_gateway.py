"""Lost connections, slow and failing calls, a clean stop: through the real discord.py client."""

import asyncio
from typing import cast

import pytest

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.gateway.runner import run_bot
from bot.discord_bot.options import BotOptions
from bot.errors import DiscordLoginError
from tests.bot.discord_bot.fakes import FakeService
from tests.discord_double.asks import COMMAND, answers_to, ask, begin, finished, settled, shown_words, write
from tests.discord_double.people import BOT, command, interaction, user
from tests.discord_double.server import GOOD, LOST
from tests.waiting import PATIENCE

MENTION = f"<@{BOT}>"


@pytest.fixture
def at_once(monkeypatch):
    """Let waiting of more than a moment take no time: discord.py waits for seconds between its tries."""
    sleep = asyncio.sleep

    async def shorter(seconds: float) -> None:
        await sleep(min(seconds, 0.01))

    monkeypatch.setattr(asyncio, "sleep", shorter)


async def test_after_twenty_lost_connections_every_question_is_answered_once(double, connect, service, health):
    """Questions asked while nobody was connected come after the resume, and none comes twice."""
    await connect()
    waiting, mentions = [], []
    for number in range(20):
        await (double.gateway.drop() if number % 2 else double.gateway.vanish())
        payload = interaction(COMMAND, command("ask", question=f"Question {number}?"), person=str(600 + number))
        waiting.append(await begin(double, payload))
        author = user(str(700 + number))
        mentions.append(await write(double, f"{MENTION} mention {number}?", mentions=(BOT,), author=author))
        await asyncio.wait_for(double.gateway.connected.wait(), PATIENCE)
    for opened in waiting:
        await finished(double, opened)
    await double.until(lambda: all(answers_to(double, mention) for mention in mentions))
    assert [opened.writes for opened in waiting] == [1] * 20
    assert [len(answers_to(double, mention)) for mention in mentions] == [1] * 20
    assert len(service.asked) == 40
    assert health.resumes == double.gateway.resumes == 20
    assert len(double.gateway.identifies) == 1


async def test_a_session_that_cannot_be_resumed_is_begun_anew(double, connect, at_once):
    """Discord forgets a session: the bot identifies again and answers on."""
    await connect()
    double.gateway.session = "another"
    await double.gateway.drop()
    await asyncio.wait_for(double.gateway.connected.wait(), PATIENCE)
    assert len(double.gateway.identifies) == 2
    assert "The council" in shown_words(await ask(double, "Who keeps the list?"))


async def test_a_rate_limited_answer_comes_when_discord_lets_it(double, connect):
    """429 with a time to wait: the same answer, a little later, once."""
    await connect()
    double.fail("PATCH", "/messages/@original", 429, times=2)
    opened = await ask(double, "Who keeps the list?")
    assert opened.writes == 1
    assert len(double.to("PATCH", "/messages/@original")) == 3


async def test_an_error_of_discords_after_the_work_was_done_makes_no_second_answer(double, connect, at_once):
    """500 and 503 although the call arrived: trying again changes the same message."""
    await connect()
    double.fail("POST", "/callback", 500, after=True)
    double.fail("PATCH", "/messages/@original", 503, after=True)
    opened = await ask(double, "Who keeps the list?")
    await double.until(lambda: opened.writes == 2)
    assert opened.followups == []
    double.fail("POST", "/channels/200/messages", 503, after=True)
    mention = await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await double.until(lambda: len(answers_to(double, mention)) == 2)
    written = {call.payload["nonce"] for call in answers_to(double, mention)}
    assert written == {mention["id"]}
    assert len(double.rest.nonces) == 1


async def test_a_connection_that_breaks_after_the_work_was_done_makes_no_second_answer(double, connect, at_once):
    """Nobody knows whether the call arrived: it is made once more, and changes the same message."""
    await connect()
    double.fail("POST", "/callback", LOST, after=True)
    double.fail("PATCH", "/messages/@original", LOST, after=True)
    opened = await ask(double, "Who keeps the list?")
    await double.until(lambda: opened.writes == 2)
    assert opened.followups == []
    double.fail("POST", "/channels/200/messages", LOST, after=True)
    mention = await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await double.until(lambda: len(answers_to(double, mention)) == 2)
    assert len(double.rest.nonces) == 1


async def test_an_interaction_that_expired_is_given_up_quietly(double, connect, service):
    """Discord no longer knows it: nothing is searched, nothing is sent, the bot lives on."""
    await connect()
    await begin(double, interaction(COMMAND, command("ask", question="Too late?")), expired=True)
    await double.until(lambda: double.to("POST", "/callback"))
    await ask(double, "In time?", who={"person": "777"})
    assert [question for question, *_ in service.asked] == ["In time?"]


async def test_an_interaction_that_expires_while_it_is_answered_is_given_up(double, connect):
    """The token died between "thinking" and the card."""
    await connect()
    double.fail("PATCH", "/messages/@original", 404, body={"message": "Unknown Webhook", "code": 10015})
    await begin(double, interaction(COMMAND, command("ask", question="Too late?")))
    await double.until(lambda: double.to("PATCH", "/messages/@original"))
    await settled(double)
    assert len(double.to("PATCH", "/messages/@original")) == 1


async def test_a_stop_is_clean(double, connect):
    """Cancelling closes the gateway with a normal code and leaves no task behind."""
    task = await connect()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await double.until(lambda: not double.gateway.sockets)
    left = {each for each in asyncio.all_tasks() if "discord" in each.get_name()}
    assert left == set()


async def test_a_token_that_is_withdrawn_ends_the_bot_with_the_sentence(double, connect):
    """Discord closes the gateway with 4004: no retries, the same clear error."""
    task = await connect()
    double.token = double.gateway.token = GOOD[::-1]
    await double.gateway.drop(4004)
    with pytest.raises(DiscordLoginError):
        await asyncio.wait_for(task, PATIENCE)


async def test_without_network_it_waits_and_tries_again(double, tmp_path, at_once, caplog):
    """Discord cannot be reached: a warning, a pause, another try, and then it works."""
    double.fail("GET", "/users/@me", 503, times=3)
    task = asyncio.create_task(run_bot(cast(AnswerSource, FakeService()), GOOD, BotOptions(tmp_path)))
    await asyncio.wait_for(double.gateway.connected.wait(), PATIENCE)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text.count("Discord cannot be reached") == 3


async def test_a_silent_connection_is_made_anew(double, connect, monkeypatch, at_once):
    """No event and no heartbeat for too long: the client is closed and connects again."""
    monkeypatch.setattr("bot.discord_bot.gateway.runner.DEAD_AFTER", 0.3)
    await connect()
    await double.until(lambda: len(double.to("GET", "/users/@me")) >= 2)


async def test_the_health_of_the_gateway_is_counted(double, connect, health):
    """What /readyz and /metrics show."""
    await connect()
    await ask(double, "Who keeps the list?")
    assert health.healthy
    assert (health.questions, health.answered, health.failed, health.refused) == (1, 1, 0, 0)
    assert health.latency < 5
    await double.gateway.drop()
    await asyncio.wait_for(double.gateway.connected.wait(), PATIENCE)
    await settled(double)
    assert (health.connects, health.disconnects, health.resumes) == (1, 1, 1)
