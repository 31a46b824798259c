"""``/settings`` for the managers of a server, and what follows from them."""

import asyncio
import sqlite3
from dataclasses import replace

from bot.discord_bot.state.server_settings import ServerSettings, ServerSettingsStore
from bot.state.databases.opening import open_store
from tests.bot.discord_bot.fakes import DOCUMENTS
from tests.discord_double.asks import ask, choose_values, press, set_up, shown_words, use, write
from tests.discord_double.people import CHANNEL, GUILD, OTHER_CHANNEL
from tests.discord_double.shapes import COMPONENTS_V2, EPHEMERAL, MENUS, walk


async def test_who_may_not_manage_the_server_changes_nothing(double, connect, tmp_path):
    """Discord hides the command; it is checked again all the same, at the command and at every menu."""
    await connect()
    refused = await use(double, "settings", who={"permissions": 0})
    assert refused.message["content"].startswith("Only people who may manage the server")
    refused = await set_up(double, "answers", "private", permissions=0)
    assert refused.message["content"].startswith("Only people who may manage the server")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL


def chosen_in(shown):
    """Return what each menu of the settings shows as chosen."""
    menus = [each for each in walk(shown["components"]) if each["type"] in MENUS]
    return {
        each["custom_id"].split(":")[2]: [one["value"] for one in each.get("options", ()) if one.get("default")]
        + [str(one["id"]) for one in each.get("default_values", ())]
        for each in menus
    }


async def test_every_setting_is_shown_in_one_message_and_kept(double, connect, tmp_path):
    """Each choice changes the same message, which shows it; after a restart all are still there."""
    task = await connect()
    first = (await use(double, "settings")).message
    assert first["flags"] & EPHEMERAL
    nothing = {"channels": [], "role": [], "log": [], "answers": [], "pace": ["10/60"], "sources": []}
    assert chosen_in(first) == nothing
    wanted: dict[str, list[str]] = {
        "channels": [OTHER_CHANNEL, CHANNEL],
        "role": ["400"],
        "log": [CHANNEL],
        "answers": ["private", "threads", "plain"],
        "pace": ["20/120"],
        "sources": ["notes"],
    }
    changed = [await set_up(double, what, *values) for what, values in wanted.items()]
    assert [each.kind for each in changed] == [6] * len(wanted)
    assert chosen_in(changed[0].message) == {**nothing, "channels": wanted["channels"]}
    assert chosen_in(changed[-1].message) == wanted
    assert "I have all the permissions that I need" in shown_words(changed[-1])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    channels = (int(OTHER_CHANNEL), int(CHANNEL))
    kept = ServerSettings(channels, True, True, True, 20, 120, ("notes",), "en", 400, int(CHANNEL))
    assert ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)) == kept


async def test_more_sources_than_a_menu_holds_come_in_pages(double, connect, service, tmp_path):
    """What is chosen on one page stays when another is changed."""
    service.documents = [replace(DOCUMENTS[0], id=f"d{number}", title=f"Title {number}") for number in range(60)]
    await connect()
    shown = (await set_up(double, "sources", "d1", "d2")).message
    shown = (await press(double, shown, "Sources, page 2 of 3")).message
    menu = next(each for each in walk(shown["components"]) if each.get("custom_id") == "l1:choose:sources:1")
    assert [each["value"] for each in menu["options"]] == [f"d{number}" for number in range(25, 50)]
    await choose_values(double, shown, menu, ["d30"])
    assert ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)).sources == ("d1", "d2", "d30")
    await set_up(double, "sources")
    assert ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)).sources == ("d30",)


async def test_the_missing_permissions_of_a_channel_are_named(double, connect):
    """A manager looks at the settings where something does not work."""
    attach_files = 1 << 15
    overwrite = {"id": GUILD, "type": 0, "allow": "0", "deny": str(attach_files)}
    double.gateway.guild["channels"][0]["permission_overwrites"] = [overwrite]
    await connect()
    shown = await use(double, "settings")
    assert "In this channel I lack: Attach Files" in shown_words(shown)


async def test_private_by_default_can_be_overruled_for_one_question(double, connect):
    """The server's choice is a default, not a rule."""
    await connect()
    await set_up(double, "answers", "private")
    assert (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL
    assert not (await ask(double, "Who keeps the list?", private=False)).message["flags"] & EPHEMERAL


async def test_plain_text_is_a_choice_of_the_server_and_of_the_person(double, connect):
    """A server answers in plain text, a person asks for a card all the same."""
    await connect()
    await set_up(double, "answers", "plain")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & COMPONENTS_V2
    assert (await ask(double, "Who keeps the list?", plain=False)).message["flags"] & COMPONENTS_V2


async def test_only_the_chosen_sources_are_looked_in(double, connect, service):
    """The choice goes to the answer service; another source cannot be named."""
    await connect()
    await set_up(double, "sources", "notes")
    await ask(double, "Who keeps the list?")
    assert service.among == [("notes",)]
    refused = await ask(double, "Who keeps the list?", source="guide")
    assert refused.message["content"].startswith("That source is not among the ones")


async def test_a_source_that_does_not_exist_cannot_be_chosen(double, connect, tmp_path):
    """A menu that is older than the build may still offer it."""
    await connect()
    await set_up(double, "sources", "nonsense")
    assert ServerSettingsStore(open_store(tmp_path)).of(int(GUILD)).sources == ()


async def test_reset_goes_back_to_the_first_day(double, connect, tmp_path):
    """One button undoes all choices."""
    await connect()
    await set_up(double, "answers", "private")
    await press(double, (await use(double, "settings")).message, "Back to the first day")
    assert not (await ask(double, "Who keeps the list?")).message["flags"] & EPHEMERAL


async def test_a_server_that_removes_the_bot_is_forgotten(double, connect, tmp_path):
    """Nothing is kept about servers that no longer use it."""
    await connect()
    await set_up(double, "answers", "private")
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
