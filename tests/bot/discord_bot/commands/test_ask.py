"""``/ask`` through the real discord.py client, end to end."""

import asyncio
from typing import Any

import pytest

from bot.discord_bot.gateway.runner import run_bot
from bot.discord_bot.options import BotOptions
from bot.errors import DiscordLoginError
from tests.bot.discord_bot.fakes import TEXT
from tests.discord_double.asks import AUTOCOMPLETE, ask, begin, finished
from tests.discord_double.people import interaction
from tests.discord_double.shapes import COMPONENTS_V2, EPHEMERAL, texts_of


async def test_a_question_is_deferred_at_once_and_answered_with_the_quote(double, connect, service):
    """The first response is "thinking …"; the card then holds the words, their page and the question."""
    await connect()
    opened = await ask(double, "Who keeps the list?")
    assert opened.kind == 5
    assert opened.message["flags"] & COMPONENTS_V2
    question, verdict, body = texts_of(opened.message["components"])
    assert (question, verdict) == ("**Who keeps the list?**", "-# What the texts say.")
    assert body.splitlines()[0] == "### Community rights, p. 12 \\[PDF 14\\]"
    assert service.asked == [("Who keeps the list?", 3, None, ())]


async def test_the_bot_asks_for_no_privileged_intent(double, connect):
    """Guilds, guild messages and direct messages: none of them needs an approval."""
    await connect()
    assert double.gateway.identifies[0]["intents"] == (1 << 0) | (1 << 9) | (1 << 12)


async def test_a_private_answer_is_seen_by_the_asker_alone(double, connect):
    """The flag that only the asker sees the answer is set when the answer is deferred, and stays."""
    await connect()
    opened = await ask(double, "Who keeps the list?", private=True)
    assert opened.message["flags"] & EPHEMERAL


async def test_commands_are_synced_only_when_they_changed(double, connect):
    """A second start with the same commands tells Discord nothing."""
    task = await connect()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await connect()
    assert len(double.to("PUT", "/commands")) == 1


async def test_a_wrong_token_is_said_once_and_not_tried_again(double, service, tmp_path):
    """One call, one clear sentence: no storm of retries."""
    with pytest.raises(DiscordLoginError, match="LOCALISM_DISCORD_TOKEN"):
        await run_bot(service, "a.wrong.token", BotOptions(tmp_path))
    assert len(double.calls) == 1


async def test_sources_are_offered_while_typing(double, connect):
    """Autocomplete offers the sources whose title holds what was typed."""
    await connect()
    typed = {"name": "source", "type": 3, "value": "notes", "focused": True}
    carried: dict[str, Any] = {"id": "1", "name": "ask", "type": 1, "options": [typed]}
    opened = await finished(double, await begin(double, interaction(AUTOCOMPLETE, carried)))
    assert opened.response == {"choices": [{"name": "Notes on the guide", "value": "notes"}]}


async def test_twenty_questions_at_once_are_all_answered_once(double, connect):
    """Every question gets exactly one answer."""
    await connect()
    opened = await asyncio.gather(
        *(ask(double, f"Question {number}?", who={"person": str(600 + number)}) for number in range(20))
    )
    assert [each.writes for each in opened] == [1] * 20
    assert TEXT[:20] in texts_of(opened[0].message["components"])[2]
