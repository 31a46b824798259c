"""What the bot may do in a channel, and the letter to the person who can change it.

Comes in: a channel. Goes out: the permissions that are missing, and at most one direct message a day about them.
Refuses to answer questions.
"""

import logging
import time
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
