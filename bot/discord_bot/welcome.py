"""The letter to the person who added the bot to a server: how to ask, and what can be chosen.

Comes in: a server that the bot has joined. Goes out: one direct message. Refuses to write to anyone else.
"""

import logging

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.escaping import escape
from bot.discord_bot.sending import NOT_DELIVERED, in_short

log = logging.getLogger(__name__)

_LOOKED_THROUGH = 10  # entries of the audit log: other bots may have come at the same time


async def welcome(guild: discord.Guild, state: BotState, client: discord.Client) -> None:
    """Write to who added the bot to ``guild``, or to its owner where that cannot be known."""
    if not state.once.first(("welcome", guild.id)):
        return
    reader = await _who_added(guild, client) or guild.owner_id
    if reader is None:
        return
    try:
        letter = await client.create_dm(discord.Object(reader))
        await letter.send(state.texts_for(guild.id).say("welcome.letter", server=escape(guild.name)).strip())
    except NOT_DELIVERED as error:
        log.info("Nobody of server %s could be welcomed (%s)", guild.id, in_short(error))


async def _who_added(guild: discord.Guild, client: discord.Client) -> int | None:
    """Return the id of who added the bot, as the audit log says; None where the bot may not read that."""
    try:
        async for entry in guild.audit_logs(limit=_LOOKED_THROUGH, action=discord.AuditLogAction.bot_add):
            if client.user is not None and getattr(entry.target, "id", None) == client.user.id:
                return entry.user_id
    except NOT_DELIVERED as error:
        log.debug("The audit log of server %s cannot be read (%s)", guild.id, in_short(error))
    return None
