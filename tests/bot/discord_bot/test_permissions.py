"""What Discord lets the bot do, asked of the double: which permissions are missing, a token that is refused, nobody there."""

import asyncio

import discord
import pytest

from bot.discord_bot import permissions
from bot.discord_bot.permissions import WANTED, checked_permissions, missing
from tests.discord_double.running import running_double
from tests.discord_double.server import GOOD


def asked(token, *granted: discord.Permissions):
    """Ask a double on which the bot is on one server for each of ``granted``, as the command does, from another thread."""

    async def ask():
        async with running_double() as double:
            double.rest.granted = [permissions.value for permissions in granted]
            return await asyncio.to_thread(checked_permissions, token)

    return asyncio.run(ask())


def test_what_is_missing_is_counted_over_the_servers_and_none_is_named():
    """An administrator may do everything."""
    well = discord.Permissions(**dict.fromkeys(WANTED, True))
    dumb = discord.Permissions(view_channel=True)
    said = asked(GOOD, well, dumb, discord.Permissions(administrator=True))
    assert said[0] == "Discord takes the token; the bot is on 3 servers"
    assert "lacks “send messages” on 1 of them" in said
    assert len(said) == len(WANTED)
    assert missing(well) == []


def test_a_refused_token_is_said_and_not_shown():
    """With where to find the right one."""
    (said,) = asked("wrong.token")
    assert said.startswith("Discord refuses the token")
    assert "wrong" not in said


@pytest.mark.parametrize("error", [OSError("no route"), TimeoutError(), discord.DiscordException("it is down")])
def test_where_discord_cannot_be_reached_the_rest_is_told_all_the_same(monkeypatch, error):
    """A server without a way out, or Discord's own trouble."""

    async def fails(token):
        raise error

    monkeypatch.setattr(permissions, "_checked", fails)
    assert checked_permissions(GOOD) == ["Discord could not be asked from here; the token is set"]
