"""What the moderators of a server read in the channel that they chose for it: counts of a day, and errors. Never a question or a name.

Comes in: what came of a question, what went wrong. Goes out: a line in that channel. Refuses to write of a fault twice in an hour.
"""

import logging
import time

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.sending import NOT_DELIVERED, in_short
from bot.discord_bot.state.tallies import Day, Outcome

log = logging.getLogger(__name__)

_SECONDS_AN_HOUR = 3600


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
