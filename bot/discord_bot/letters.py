"""What the people who look after a server are told: who added the bot, how to ask; its moderators, counts of a day, and errors.

Comes in: a server that the bot has joined; what came of a question, what went wrong. Goes out: one direct message; a line in the
channel that moderators chose for it, never with a question or a name. Refuses to write to anyone else, and of a fault twice in an
hour.
"""

import logging
import time

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.escaping import escape
from bot.discord_bot.replying import NOT_DELIVERED, in_short
from bot.discord_bot.state.tallies import Day, Outcome

log = logging.getLogger(__name__)

_SECONDS_AN_HOUR = 3600
_LOOKED_THROUGH = 10  # entries of the audit log: other bots may have come at the same time


async def note(state: BotState, client: discord.Client, server: int | None, outcome: Outcome) -> None:
    """Count what came of a question; the first question of a day brings the counts of the day before, a fault a line of its own."""
    over = state.tallies.count(server, outcome)
    if over is not None:
        await _write(state, client, server, _counts(state, server, over))
    if outcome is Outcome.FAILED:
        await fault(state, client, server, "failed")


async def fault(state: BotState, client: discord.Client, server: int | None, what: str, **values: object) -> None:
    """Tell the moderators of ``server`` what went wrong: ``what`` is the end of a key of the texts."""
    hour = int(time.time() // _SECONDS_AN_HOUR)
    if server is None or not state.settings.of(server).log_channel:
        return
    if state.once.first(("log", server, what, tuple(values.values()), hour)):
        await _write(state, client, server, state.texts_for(server).say(f"log.{what}", **values))


def _counts(state: BotState, server: int | None, over: Day) -> str:
    counts = {outcome.value: over.counts[outcome] for outcome in Outcome}
    questions = over.counts.total()
    return state.texts_for(server).say("log.counts", day=over.day.isoformat(), questions=questions, **counts)


async def _write(state: BotState, client: discord.Client, server: int | None, line: str) -> None:
    chosen = state.settings.of(server).log_channel
    if not chosen:
        return
    try:
        await client.get_partial_messageable(chosen, guild_id=server).send(line, suppress_embeds=True)
    except NOT_DELIVERED as error:
        log.warning("The log of server %s could not be written (%s)", server, in_short(error))


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
