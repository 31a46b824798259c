"""Mentions, direct messages, replies and threads, written in the double."""

import pytest

from bot.answering.answers import Status
from index.lexicon import Lexicon
from tests.bot.discord_bot.fakes import TEXT, FakeService
from tests.discord_double.asks import answer_to, answers_to, ask, find_guidance, said, set_up, settled, shown_words, write
from tests.discord_double.people import ASKER, BOT, CHANNEL, DIRECT, EVERYONE, GUILD, OTHER_CHANNEL, OWNER, user
from tests.discord_double.server import Call, DiscordDouble
from tests.discord_double.shapes import EPHEMERAL

MENTION = f"<@{BOT}>"
SEND_MESSAGES, ATTACH_FILES, CREATE_THREADS = 1 << 11, 1 << 15, 1 << 35


async def mention(double: DiscordDouble, question: str, **how: object) -> Call:
    """Mention the bot with a question and return its reply."""
    return await answer_to(double, await write(double, f"{MENTION} {question}", mentions=(BOT,), **how))


async def silence(double: DiscordDouble, service: FakeService) -> None:
    """Assert that nothing was asked and nothing was posted."""
    await settled(double)
    assert service.asked == []
    assert double.to("POST", "/messages") == []


async def test_a_mention_is_answered_with_a_reply_that_pings_nobody(double, connect, service):
    """The mention itself is no part of the question."""
    await connect()
    call = await mention(double, "who keeps the list?")
    assert service.asked == [("who keeps the list?", 3, None, ())]
    assert "> **1\\. The council" in said(call)
    assert call.payload["allowed_mentions"] == {"parse": []}


async def test_a_direct_message_is_answered(double, connect, service):
    """No mention is needed where nobody else is."""
    await connect()
    await answer_to(double, await write(double, "who keeps the list?", channel=DIRECT, guild_id=None))
    assert service.asked == [("who keeps the list?", 3, None, ())]


async def test_a_reply_to_an_answer_is_a_follow_up(double, connect, service):
    """The questions before come from the answer that is replied to, oldest first."""
    await connect()
    first = await mention(double, "who keeps the list?")
    shown = list(double.rest.messages.values())[-1]
    assert first.status == 200
    reply = {"type": 19, "message_reference": {"message_id": shown["id"], "channel_id": CHANNEL}, "referenced_message": shown}
    await answer_to(double, await write(double, "and for how long?", mentions=(BOT,), **reply))
    assert service.asked[-1] == ("and for how long?", 3, None, ("who keeps the list?",))


async def test_a_reply_to_a_plain_answer_is_a_follow_up_too(double, connect, service):
    """Plain text carries its question in its first line."""
    await connect()
    await set_up(double, "answers", "plain")
    await mention(double, "who *keeps* the list?")
    shown = list(double.rest.messages.values())[-1]
    reply = {"type": 19, "message_reference": {"message_id": shown["id"], "channel_id": CHANNEL}, "referenced_message": shown}
    await answer_to(double, await write(double, "and for how long?", mentions=(BOT,), **reply))
    assert service.asked[-1] == ("and for how long?", 3, None, ("who *keeps* the list?",))


async def test_a_message_in_a_thread_follows_the_last_answer_there(double, connect, service):
    """Mentioned in its thread, the bot reads its own last answer there for the question before."""
    await connect()
    await set_up(double, "answers", "threads")
    written = await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    thread = written["id"]
    await double.until(lambda: len(double.to("POST", f"/channels/{thread}/messages")) == 2)
    assert double.to("POST", f"/messages/{thread}/threads")
    assert "mention me or reply" in said(double.to("POST", f"/channels/{thread}/messages")[1])
    await answer_to(double, await write(double, f"{MENTION} and for how long?", mentions=(BOT,), channel=thread))
    assert service.asked[-1] == ("and for how long?", 3, None, ("who keeps the list?",))


async def test_the_menu_of_a_message_asks_with_its_words_privately(double, connect, service):
    """Another person's words are searched for, and only who used the menu sees what was found."""
    await connect()
    found = await find_guidance(double, "How do we *list* a pub?")
    assert service.asked == [("How do we *list* a pub?", 3, None, ())]
    assert found.message["flags"] & EPHEMERAL
    empty = await find_guidance(double, "")
    assert empty.message["content"] == "There are no words in that message to look for."


@pytest.mark.parametrize(
    "how",
    [
        {"author": user("900", bot=True), "mentions": (BOT,)},
        {"webhook_id": "55", "mentions": (BOT,)},
        {"type": 6, "mentions": (BOT,)},
        {"author": user(BOT, bot=True), "mentions": (BOT,)},
        {},
    ],
    ids=["bot", "webhook", "system message", "itself", "no mention"],
)
async def test_others_than_people_who_mention_it_are_ignored(double, connect, service, how):
    """Bots, webhooks, Discord's own messages and talk among people get no answer."""
    await connect()
    await write(double, f"{MENTION} who keeps the list?", **how)
    await silence(double, service)


async def test_a_message_that_comes_twice_is_answered_once(double, connect, service):
    """Discord may send an event again after a lost connection."""
    await connect()
    written = await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await answer_to(double, written)
    await double.gateway.dispatch("MESSAGE_CREATE", written)
    await settled(double)
    assert len(service.asked) == len(answers_to(double, written)) == 1


async def test_an_empty_mention_is_told_how_to_ask(double, connect, service):
    """No question, no search."""
    await connect()
    assert said(await mention(double, "")) == "Mention me together with a question."
    assert service.asked == []


async def test_an_empty_mention_is_given_an_example_of_the_corpus(double, connect, service):
    """The first that is short and written as a sentence, with its Markdown shown as it is."""
    await connect(lexicon=lambda: Lexicon(suggestions=("who locks up", "Who keeps the *list*?", "Who else?")))
    assert said(await mention(double, "")).endswith("for example: “Who keeps the \\*list\\*?”")


async def test_a_picture_alone_is_told_that_there_are_no_words(double, connect, service):
    """An attachment without words cannot be searched for."""
    await connect()
    picture = {
        "id": "1",
        "filename": "a.png",
        "size": 1,
        "url": "https://x.invalid/a.png",
        "proxy_url": "https://x.invalid/a.png",
    }
    assert "no words" in said(await mention(double, "", attachments=[picture]))
    assert service.asked == []


async def test_four_thousand_characters_are_refused_with_the_limit(double, connect):
    """The sentence of the answer service is shown as it stands."""
    await connect()
    assert "at most 2,000" in said(await mention(double, "why " * 1000))


async def test_of_many_questions_the_first_is_answered_and_that_is_said(double, connect, service):
    """One search serves one question."""
    await connect()
    await mention(double, "Who keeps the list? Who may ask? Who pays? Who decides? Who reviews?")
    assert service.asked == [("Who keeps the list?", 3, None, ())]
    await double.until(lambda: any("first question only" in said(call) for call in double.to("POST", "/messages")))


async def test_it_is_silent_in_channels_that_the_manager_left_out(double, connect, service):
    """Once channels are chosen, mentions elsewhere get no answer."""
    await connect()
    await set_up(double, "channels", OTHER_CHANNEL)
    await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await silence(double, service)
    await mention(double, "who keeps the list?", channel=OTHER_CHANNEL)
    assert len(service.asked) == 1


async def test_where_it_may_not_speak_it_is_silent_and_tells_the_owner_once(double, connect, service):
    """The letter names the permission; a second question that day brings no second letter."""
    lacks = {"id": GUILD, "type": 0, "allow": "0", "deny": str(SEND_MESSAGES)}
    double.gateway.guild["channels"][0]["permission_overwrites"] = [lacks]
    await connect()
    for _ in range(2):
        await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await double.until(lambda: double.to("POST", f"/channels/{DIRECT}/messages"))
    await settled(double)
    letters = double.to("POST", f"/channels/{DIRECT}/messages")
    assert len(letters) == 1
    assert "Send Messages" in said(letters[0])
    assert double.to("POST", "/users/@me/channels")[0].payload == {"recipient_id": int(OWNER)}
    assert service.asked == []


async def test_permission_taken_away_halfway_is_told_to_the_owner(double, connect):
    """The answer was ready, and Discord refuses it: silence in the channel, a letter to the owner."""
    double.rest.silent_channels[CHANNEL] = 50013
    await connect()
    await write(double, f"{MENTION} who keeps the list?", mentions=(BOT,))
    await double.until(lambda: double.to("POST", f"/channels/{DIRECT}/messages"))
    assert "Send Messages" in said(double.to("POST", f"/channels/{DIRECT}/messages")[0])


async def test_without_attach_files_the_answer_has_no_picture(double, connect):
    """The words come in any case."""
    lacks = {"id": GUILD, "type": 0, "allow": "0", "deny": str(ATTACH_FILES)}
    double.gateway.guild["channels"][0]["permission_overwrites"] = [lacks]
    await connect(picture=lambda quote: b"png")
    call = await mention(double, "who keeps the list?")
    assert "> **1\\. The council" in said(call)
    assert call.files == {}


async def test_without_the_right_to_make_threads_it_replies(double, connect):
    """A thread is wanted but cannot be made: a reply, and a letter to the owner."""
    await connect()
    await set_up(double, "answers", "threads")
    double.fail("POST", "/threads", 403, body={"message": "Missing Permissions", "code": 50013})
    await mention(double, "who keeps the list?")
    await double.until(lambda: double.to("POST", f"/channels/{DIRECT}/messages"))
    assert "Create Public Threads" in said(double.to("POST", f"/channels/{DIRECT}/messages")[0])


async def test_a_person_in_a_hurry_gets_one_friendly_note(double, connect, service):
    """The first question over the limit gets a note, the next ones silence."""
    await connect(person_per_minute=1)
    await mention(double, "who keeps the list?")
    assert "You can ask again in" in said(await mention(double, "and who else?"))
    third = await write(double, f"{MENTION} and now?", mentions=(BOT,))
    await settled(double)
    assert answers_to(double, third) == []
    assert len(service.asked) == 1


async def test_a_busy_channel_is_slowed_down_too(double, connect):
    """Different people, one channel: the note points to direct messages."""
    await connect(channel_per_minute=1)
    await ask(double, "Who keeps the list?", who={"person": ASKER})
    slowed = await ask(double, "Who keeps the list?", who={"person": "777"})
    assert "direct message" in slowed.message["content"]


async def test_not_found_is_short_kind_and_says_what_to_try(double, connect, service):
    """No quote; the nearest sections by name."""
    service.status = Status.NOT_FOUND
    await connect()
    words = shown_words(await ask(double, "Who fixes potholes?"))
    assert "Nothing found that answers this" in words
    assert r"- Who mends \[roads\]?" in words
    assert TEXT[:20] not in words
    assert len(words) < 900


def test_the_usual_permissions_hold_what_the_bot_needs():
    """The double grants everything unless a test takes something away."""
    assert all(int(EVERYONE) & each for each in (SEND_MESSAGES, ATTACH_FILES, CREATE_THREADS))
