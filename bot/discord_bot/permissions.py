"""What the bot may do: in a channel, with the letter to the person who can change it; and on its servers, asked without connecting.

Comes in: a channel, or a token. Goes out: the permissions that are missing, and at most one direct message a day about them;
sentences for a person, without the names of servers. Refuses to answer questions, and to show the token.
"""

import asyncio
import logging
import time
from collections import Counter
from typing import TypeAlias

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.escaping import escape
from bot.discord_bot.texts import Texts

log = logging.getLogger(__name__)

# What permissions are computed for; a voice or stage channel has a chat of its own.
ServerChannel: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
_SECONDS_A_DAY = 86_400
_TO_SPEAK = ("view_channel", "send_messages")
_TO_SPEAK_IN_THREADS = ("view_channel", "send_messages_in_threads")
_TO_SPEAK_WELL = ("attach_files", "embed_links", "read_message_history")
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


def missing_to_speak(channel: ServerChannel) -> list[str]:
    """Return the permissions without which nothing can be said in ``channel``."""
    return _missing(channel, _TO_SPEAK_IN_THREADS if isinstance(channel, discord.Thread) else _TO_SPEAK)


def missing_at_all(channel: ServerChannel, threads: bool) -> list[str]:
    """Return the permissions that the bot lacks in ``channel``, those included without which it speaks less well."""
    wanted = _TO_SPEAK_WELL + (("create_public_threads", "send_messages_in_threads") if threads else ())
    return missing_to_speak(channel) + _missing(channel, wanted)


def may_attach(channel: ServerChannel) -> bool:
    """Tell whether a picture can be sent in ``channel``."""
    return not _missing(channel, ("attach_files",))


def in_words(names: list[str], texts: Texts) -> str:
    """Return permissions as Discord's own settings call them."""
    return ", ".join(texts.say(f"permission.{name}") for name in dict.fromkeys(names))


async def tell_manager(channel: ServerChannel, missing: list[str], state: BotState, client: discord.Client) -> None:
    """Write to the owner of the server which permission is missing; at most once a day for each channel and permission."""
    day = int(time.time() // _SECONDS_A_DAY)
    owner = channel.guild.owner_id
    if owner is None or not state.once.first((channel.id, tuple(missing), day)):
        return
    texts = state.texts_for(channel.guild.id)
    notice = texts.say(
        "permission.notice", channel=channel.mention, server=escape(channel.guild.name), permissions=in_words(missing, texts)
    )
    try:
        recipient = await client.create_dm(discord.Object(owner))
        await recipient.send(notice)
    except discord.HTTPException as error:
        log.info("The owner of server %s takes no direct messages (code %s)", channel.guild.id, error.code)


def _missing(channel: ServerChannel, wanted: tuple[str, ...]) -> list[str]:
    granted = channel.permissions_for(channel.guild.me)
    return [name for name in wanted if not getattr(granted, name)]


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
