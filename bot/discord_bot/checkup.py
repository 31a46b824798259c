"""What Discord lets the bot do, asked once and without connecting as the bot does.

Comes in: a token. Goes out: sentences for a person, without the names of servers. Refuses to show the token.
"""

import asyncio
from collections import Counter

import discord

WANTED = (
    "view_channel",
    "send_messages",
    "attach_files",
    "embed_links",
    "read_message_history",
    "create_public_threads",
    "send_messages_in_threads",
)
_SECONDS = 15.0


def checked_permissions(token: str) -> list[str]:
    """Return what Discord says of the bot with this token: on how many servers it is, and what it lacks there."""
    try:
        return asyncio.run(asyncio.wait_for(_checked(token), _SECONDS))
    except discord.LoginFailure:
        return ["Discord refuses the token: take the one of the developer portal, page Bot, and set LOCALISM_DISCORD_TOKEN"]
    except (discord.DiscordException, OSError, TimeoutError):
        return ["Discord could not be asked from here; the token is set"]


async def _checked(token: str) -> list[str]:
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        servers = await client.http.get_guilds(200)
    lacking = Counter(name for server in servers for name in missing(discord.Permissions(int(server["permissions"]))))
    lines = [f"Discord takes the token; the bot is on {len(servers)} server{'' if len(servers) == 1 else 's'}"]
    return lines + [f"lacks “{name.replace('_', ' ')}” on {count} of them" for name, count in lacking.items()]


def missing(granted: discord.Permissions) -> list[str]:
    """Return which of the permissions that the bot needs are not granted on a server as a whole; channels may differ."""
    return [] if granted.administrator else [name for name in WANTED if not getattr(granted, name)]
