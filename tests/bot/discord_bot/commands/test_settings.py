"""``/settings`` for the managers of a server, and what follows from them."""

import asyncio
import sqlite3
from typing import Any

from bot.discord_bot.state.server_settings import ServerSettings, ServerSettingsStore
from bot.state.databases.opening import open_store
from tests.discord_double.asks import ask, shown_words, use_group, write
from tests.discord_double.people import CHANNEL, GUILD, OTHER_CHANNEL
from tests.discord_double.shapes import COMPONENTS_V2, EPHEMERAL


async def test_who_may_not_manage_the_server_changes_nothing(double, connect, tmp_path):
    """Discord hides the command; it is checked again all the same."""
    await connect()
    refused = await use_group(double, "private", who={"permissions": 0}, on=True)
    assert refused.message["content"].startswith("Only people who may manage the server")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL


async def test_every_setting_is_shown_and_kept(double, connect, tmp_path):
    """After a restart all choices are still there."""
    task = await connect()
    chosen: list[tuple[str, dict[str, Any]]] = [
        ("channel", {"channel": CHANNEL, "answer": True}),
        ("channel", {"channel": OTHER_CHANNEL, "answer": True}),
        ("channel", {"channel": CHANNEL, "answer": False}),
        ("private", {"on": True}),
        ("replies", {"style": "thread"}),
        ("format", {"form": "text"}),
        ("cooldown", {"person": 7, "channel": 70}),
        ("source", {"source": "notes", "use": True}),
    ]
    *_, shown = [await use_group(double, name, **options) for name, options in chosen]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert shown.message["content"].splitlines() == [
        "**Settings of this server**",
        f"Answers mentions in: <#{OTHER_CHANNEL}>",
        "Answers to `/ask` are private by default: yes",
        "Answers mentions with: a thread",
        "Form of answers: plain text",
        "Questions a minute: 7 a person, 70 a channel",
        "Sources: notes",
        "Language: en",
        "I have all the permissions that I need in this channel.",
    ]
    kept = ServerSettings((int(OTHER_CHANNEL),), True, True, True, 7, 70, ("notes",), "en")
    assert ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)) == kept


async def test_the_missing_permissions_of_a_channel_are_named(double, connect):
    """A manager looks at the settings where something does not work."""
    attach_files = 1 << 15
    overwrite = {"id": GUILD, "type": 0, "allow": "0", "deny": str(attach_files)}
    double.gateway.guild["channels"][0]["permission_overwrites"] = [overwrite]
    await connect()
    shown = await use_group(double, "show")
    assert "In this channel I lack: Attach Files" in shown.message["content"]


async def test_private_by_default_can_be_overruled_for_one_question(double, connect):
    """The server's choice is a default, not a rule."""
    await connect()
    await use_group(double, "private", on=True)
    assert (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL
    assert not (await ask(double, "Who keeps the list?", private=False)).message["flags"] & EPHEMERAL


async def test_plain_text_is_a_choice_of_the_server_and_of_the_person(double, connect):
    """A server answers in plain text, a person asks for a card all the same."""
    await connect()
    await use_group(double, "format", form="text")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & COMPONENTS_V2
    assert (await ask(double, "Who keeps the list?", plain=False)).message["flags"] & COMPONENTS_V2


async def test_only_the_chosen_sources_are_looked_in(double, connect, service):
    """The choice goes to the answer service; another source cannot be named."""
    await connect()
    await use_group(double, "source", source="notes", use=True)
    await ask(double, "Who keeps the list?")
    assert service.among == [("notes",)]
    refused = await ask(double, "Who keeps the list?", source="guide")
    assert refused.message["content"].startswith("That source is not among the ones")


async def test_a_source_that_does_not_exist_cannot_be_chosen(double, connect):
    """A typing error is answered, not kept."""
    await connect()
    refused = await use_group(double, "source", source="nonsense", use=True)
    assert refused.message["content"].startswith("That source is not among the ones")


async def test_reset_goes_back_to_the_first_day(double, connect, tmp_path):
    """One command undoes all choices."""
    await connect()
    await use_group(double, "private", on=True)
    await use_group(double, "reset")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL


async def test_a_server_that_removes_the_bot_is_forgotten(double, connect, tmp_path):
    """Nothing is kept about servers that no longer use it."""
    await connect()
    await use_group(double, "private", on=True)
    await double.gateway.dispatch("GUILD_DELETE", {"id": GUILD})
    # Work is done in the order it comes, on one thread: when this answer is there, the settings are gone.
    await ask(double, "Who keeps the list?", who={"guild_id": None})
    assert not ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)).private


def test_settings_of_an_older_version_are_read(tmp_path):
    """Fields that are missing take their first value, fields that are gone are left out."""
    store = ServerSettingsStore(open_store(tmp_path))
    store.save(1, ServerSettings(private=True))
    with sqlite3.connect(tmp_path / "discord_settings.sqlite") as connection:
        connection.execute("""UPDATE servers SET settings = '{"private": true, "gone": 1}'""")
    assert ServerSettingsStore(open_store(tmp_path)).of(1) == ServerSettings(private=True)


async def test_direct_messages_have_the_settings_of_the_first_day(double, connect):
    """There is no server whose manager could choose."""
    await connect()
    await write(double, "who keeps the list?", channel="300", guild_id=None)
    assert "The council" in shown_words(await ask(double, "Who keeps the list?", who={"guild_id": None}))
