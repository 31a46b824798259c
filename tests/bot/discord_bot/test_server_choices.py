"""What the managers of a server chose holds everywhere: channels, a role, the moderators' log; posts of forums; the welcome."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.discord_bot.state import tallies
from bot.discord_bot.state.server_settings import ServerSettings, ServerSettingsStore
from bot.discord_bot.state.tallies import Outcome, Tallies
from bot.state.databases.opening import open_store
from tests.bot.discord_bot.fakes import TEXT
from tests.discord_double import forums
from tests.discord_double.asks import answer_to, ask, choose, said, settled, shown_words, use, write
from tests.discord_double.people import ASKER, BOT, CHANNEL, GUILD, OTHER_CHANNEL, OWNER, message
from tests.discord_double.shapes import EPHEMERAL

LOG = "260"
FEW = str(1 << 10 | 1 << 11 | 1 << 16 | 1 << 38 | 1 << 15)  # view, send, read the history, send in threads, attach


def choose_for_server(folder, **settings: Any):
    """Keep the settings of the server, as its managers would have chosen them."""
    store = ServerSettingsStore(open_store(folder))
    store.save(int(GUILD), ServerSettings(**settings))
    store.close()


def posted_in(double, channel):
    """Return what the bot wrote into a channel."""
    return [call.payload.get("content") for call in double.to("POST", f"/channels/{channel}/messages")]


async def test_commands_are_answered_in_the_chosen_channels_only(double, connect, tmp_path, service):
    """Elsewhere a sentence for the person alone names the channels; what explains and mends is there everywhere."""
    choose_for_server(tmp_path, channels=(int(CHANNEL),))
    await connect()
    refused = await ask(double, "Who keeps the list?", who={"channel": OTHER_CHANNEL})
    assert refused.message["content"] == f"On this server I answer in <#{CHANNEL}> only."
    assert refused.message["flags"] & EPHEMERAL
    assert (await use(double, "sources", who={"channel": OTHER_CHANNEL})).message["content"] == refused.message["content"]
    assert service.asked == []
    assert "How to ask" in shown_words(await use(double, "help", who={"channel": OTHER_CHANNEL}))
    assert TEXT[:20] in shown_words(await ask(double, "Who keeps the list?"))
    assert TEXT[:20] in shown_words(await ask(double, "Who keeps the list?", who={"guild_id": None}))


@pytest.mark.parametrize(
    ("roles", "permissions", "answered"), [((), FEW, False), ((forums.ROLE,), FEW, True), ((), "32", True)]
)
async def test_a_role_decides_who_may_ask(double, connect, tmp_path, roles, permissions, answered):
    """By command and by mention alike; who may manage the server needs no role."""
    choose_for_server(tmp_path, role=int(forums.ROLE))
    double.gateway.guild["roles"].append(forums.role())
    double.gateway.guild["roles"][0]["permissions"] = str(int(permissions) | int(FEW))
    await connect()
    told = shown_words(await ask(double, "Who keeps the list?", who={"roles": roles}))
    assert (TEXT[:20] in told) is answered
    assert (f"with the role <@&{forums.ROLE}> only" in told) is not answered
    member = message()["member"] | {"roles": list(roles)}
    written = await write(double, f"<@{BOT}> Who keeps the list?", mentions=(BOT,), member=member)
    assert (TEXT[:20] in said(await answer_to(double, written))) is answered


@pytest.mark.parametrize("question", ["", "   ", "?!", "x" * 3000])
async def test_what_cannot_be_asked_is_answered_privately(double, connect, service, question):
    """Nobody else has to read that a question was empty."""
    await connect()
    refused = await ask(double, question)
    assert refused.message["flags"] & EPHEMERAL
    assert "question" in refused.message["content"]
    assert service.asked == []


async def test_the_moderators_read_counts_and_errors_and_never_a_question(double, connect, tmp_path, service, monkeypatch):
    """The first question of a day brings the counts of the last one; a fault is told at once, and once in an hour."""
    day = [date(2026, 1, 2)]

    class Clock:
        @staticmethod
        def now(_: object) -> datetime:
            return datetime(*day[0].timetuple()[:3], 12, tzinfo=UTC)

    monkeypatch.setattr(tallies, "datetime", Clock)
    choose_for_server(tmp_path, log_channel=int(LOG))
    await connect()
    await ask(double, "Who keeps the secretlist?")
    await ask(double, "")
    service.error = RuntimeError("secretlist")
    await ask(double, "Who keeps the secretlist?")
    await ask(double, "Who keeps the secretlist again?")
    await settled(double)
    service.error, day[0] = None, date(2026, 1, 3)
    await ask(double, "Who keeps the secretlist?")
    await double.until(lambda: len(posted_in(double, LOG)) == 2)
    assert posted_in(double, LOG) == [
        "A question could not be answered because something went wrong on my side. The operator's log has the reason.",
        "2026-01-02: 4 questions: 1 answered, 0 uncertain, 0 not found, 1 refused, 2 failed.",
    ]


def test_a_day_is_told_once_and_a_server_can_be_forgotten():
    """With the first question after it; a server that left is counted from nothing."""
    day = [date(2026, 1, 2)]
    counted = Tallies(lambda: day[0])
    assert counted.count(1, Outcome.ANSWERED) is None
    day[0] = date(2026, 1, 5)
    over = counted.count(1, Outcome.FAILED)
    assert over is not None
    assert (over.day, over.counts) == (date(2026, 1, 2), {Outcome.ANSWERED: 1})
    assert counted.count(1, Outcome.ANSWERED) is None
    counted.forget(1)
    day[0] = date(2026, 1, 6)
    assert counted.count(1, Outcome.ANSWERED) is None
    assert counted.count(None, Outcome.ANSWERED) is None


async def opened_post(double, *tags: str, content=f"<@{BOT}>"):
    """Write a post that mentions the bot, and wait until the bot has dealt with it."""
    double.gateway.guild["channels"].append(forums.forum(*tags))
    double.gateway.guild["threads"].append(forums.post())
    await double.gateway.dispatch("GUILD_CREATE", double.gateway.guild)
    await write(double, content, channel=forums.POST, mentions=(BOT,), id=forums.POST)
    await settled(double)


async def test_a_post_that_mentions_the_bot_is_answered_in_its_thread(double, connect, service):
    """Where the post says no more than the mention, its title is the question."""
    await connect()
    await opened_post(double)
    assert service.asked == [("Who keeps the list?", 3, None, ())]
    assert double.to("POST", f"/channels/{forums.POST}/messages")
    assert double.to("POST", "/threads") == []


async def test_a_post_is_marked_as_solved_by_who_wrote_it(double, connect):
    """With the forum's own tag; another person cannot."""
    await connect()
    await opened_post(double, "Solved", "Other", content=f"<@{BOT}> Who keeps the list?")
    shown = list(double.rest.messages.values())[-1]
    refused = await choose_in_post(double, shown, "777")
    assert refused.message["content"].startswith("Only the person who wrote this post")
    done = await choose_in_post(double, shown, ASKER)
    assert done.message["content"] == "Marked as “Solved”."
    assert double.rest.post_changes == [{"applied_tags": [forums.SOLVED_TAG]}]


async def test_a_post_of_a_forum_without_such_a_tag_is_closed(double, connect):
    """And where the bot may not do that, it says what it lacks."""
    await connect()
    await opened_post(double, "Other", content=f"<@{BOT}> Who keeps the list?")
    shown = list(double.rest.messages.values())[-1]
    assert (await choose_in_post(double, shown, ASKER)).message["content"].startswith("This forum has no tag")
    assert double.rest.post_changes == [{"archived": True}]
    double.rest.silent_channels[forums.POST] = 50013
    assert "Manage Threads" in (await choose_in_post(double, shown, ASKER)).message["content"]


async def choose_in_post(double, shown, person):
    """Choose "Mark as solved" under ``shown`` as ``person``, who may do nothing special."""
    return await choose(double, shown, "Mark as solved", person=person, channel=forums.POST, permissions=int(FEW))


@pytest.mark.parametrize(("added_by", "reader"), [("555", "555"), ("", OWNER)])
async def test_who_added_the_bot_is_welcomed_once(double, connect, added_by, reader):
    """As the audit log says; the owner, where the bot may not read that."""
    await connect()
    # What comes before discord.py calls itself ready it takes for a server that it was on already.
    await asyncio.gather(*(task for task in asyncio.all_tasks() if "_delay_ready" in str(task.get_coro())))
    double.rest.added_by = added_by
    there = forums.joined(double.gateway.guild, "101")
    await double.gateway.dispatch("GUILD_CREATE", there)
    await double.until(lambda: double.to("POST", "/channels/300/messages"))
    await double.gateway.dispatch("GUILD_CREATE", there)
    await ask(double, "Who keeps the list?")
    (letter,) = double.to("POST", "/channels/300/messages")
    (opened,) = double.to("POST", "/users/@me/channels")
    assert letter.payload["content"].startswith("Thank you for adding me to A campaign.")
    assert opened.payload == {"recipient_id": int(reader)} or opened.payload == {"recipient_id": reader}
