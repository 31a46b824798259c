"""All commands of the bot, and what happens when one of them fails.

Comes in: a client and its desk. Goes out: a command tree. Refuses to know what the commands do.
"""

import logging
from typing import Any

import discord
from discord import app_commands
from typing_extensions import override

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.commands.ask import add_ask, add_find
from bot.discord_bot.commands.settings import add_settings
from bot.discord_bot.commands.sources import add_define, add_help, add_passage, add_sources
from bot.discord_bot.sending import finish, say

log = logging.getLogger(__name__)


class LocalismTree(app_commands.CommandTree[Any]):
    """The commands; usable on servers, in direct messages and wherever a person has installed the bot for themselves."""

    def __init__(self, client: discord.Client, desk: BotState) -> None:
        """Make the commands of ``client``, served by ``desk``."""
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self._desk = desk
        for add in (add_ask, add_find, add_sources, add_passage, add_define, add_help, add_settings):
            add(self, desk)

    @override
    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Let every interaction through once, should Discord send it again after a lost connection."""
        return self._desk.once.first(interaction.id)

    @override
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Say that something went wrong; the log has the reason, never the question."""
        self._desk.health.failed += 1
        log.error("A command failed", exc_info=error)
        sentence = self._desk.texts_for(interaction.guild_id).say("reply.failed")
        if interaction.type is discord.InteractionType.autocomplete:
            return
        if interaction.response.is_done():
            await finish(interaction, Reply(sentence))
        else:
            await say(interaction, sentence)
