"""docs/discord.md says what is so."""

import re
from pathlib import Path

from discord import Permissions

import bot
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.server_settings import ServerSettings

PAGE = (Path(bot.__file__).parents[1] / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_invite_link_asks_for_the_permissions_that_are_named():
    """The number in the link is the sum of the permissions in the text."""
    named = Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        create_public_threads=True,
        attach_files=True,
        embed_links=True,
        read_message_history=True,
    )
    assert set(re.findall(r"permissions=(\d+)|`(\d{9,})`", PAGE)) == {(str(named.value), ""), ("", str(named.value))}


async def test_every_command_stands_on_the_page_and_no_other(double, connect):
    """What people read is what Discord shows them."""
    await connect()
    told = double.to("PUT", "/commands")[0].payload
    names = {f"/{command['name']}" for command in told if command.get("type", 1) == 1}
    assert set(re.findall(r"`(/[a-z]+(?: [a-z]+)?)", PAGE)) - {"/ask question", "/readyz"} == names


def test_the_first_settings_are_those_of_the_page():
    """The third column of the table."""
    rows = dict(re.findall(r"\| (\w+) \| [^|]+ \| ([^|]*) \|", PAGE))
    options, first = BotOptions(Path()), ServerSettings()
    assert rows["Pace"] == f"{options.person_per_minute} and {options.channel_per_minute}"
    assert (first.private, first.threads, first.plain, first.channels, first.sources) == (False, False, False, (), ())
    assert (first.role, first.log_channel) == (None, None)
    words = ("every channel", "everybody", "none", "none of these", "all")
    assert tuple(rows[name].strip() for name in ("Channels", "Role", "Log", "Answers", "Sources")) == words
