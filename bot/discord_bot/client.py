"""The Discord client: what it listens to, and who serves it.

Comes in: events of the gateway. Goes out: calls of the functions that serve them. Refuses to answer, word or draw anything.
"""

import logging
from typing import Any

import discord
from typing_extensions import override

from bot.discord_bot import messages, presses
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.controls import Control, Press
from bot.discord_bot.commands.naming import CatalogueTranslator
from bot.discord_bot.commands.sync import sync_if_changed
from bot.discord_bot.commands.tree import LocalismTree

log = logging.getLogger(__name__)


class LocalismClient(discord.Client):
    """Serves one bot account."""

    def __init__(self, desk: BotState) -> None:
        """Serve with ``desk``."""
        super().__init__(
            # None of these needs an approval: words come with commands, mentions and direct messages.
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # no message is kept in memory
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            enable_debug_events=True,  # the only way to hear heartbeats, by which a dead connection is told from a quiet one
        )
        self.desk = desk
        self.tree = LocalismTree(self, desk)
        self.add_dynamic_items(Control)

    @override
    async def setup_hook(self) -> None:
        """Tell Discord about the commands where they changed; called once, after login."""
        await self.tree.set_translator(CatalogueTranslator(self.desk.texts))
        if self.application_id is not None:
            await sync_if_changed(self.tree, self.desk.options.state, self.application_id)

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what a button says, once."""
        if not self.desk.once.first(interaction.id):
            return
        try:
            await presses.press(interaction, self.desk, press)
        except Exception:
            # discord.py would log the button with its custom id, which may name a person.
            log.exception("A button failed")
            self.desk.health.failed += 1

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that speaks to us."""
        await messages.receive(message, self.desk, self)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Serve forms, and buttons that no longer exist; discord.py itself brings commands and buttons where they belong."""
        given: Any = interaction.data or {}
        custom_id = str(given.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit and custom_id.startswith(presses.FORM):
            if self.desk.once.first(interaction.id):
                await presses.submit(interaction, self.desk, custom_id)
        elif interaction.type is discord.InteractionType.component and not Control.knows(custom_id):
            await presses.explain_old(interaction, self.desk)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget the settings of a server that the bot was removed from."""
        await self.desk.asking.answering.run(self.desk.settings.forget, guild.id)

    async def on_connect(self) -> None:
        """Note that the gateway took us."""
        self.desk.health.connects += 1
        self.desk.health.connected = True

    async def on_resumed(self) -> None:
        """Note that the gateway took us back where we were."""
        self.desk.health.resumes += 1
        self.desk.health.connected = True

    async def on_disconnect(self) -> None:
        """Note that the connection is gone; discord.py makes it again."""
        self.desk.health.disconnects += 1
        self.desk.health.connected = False

    async def on_socket_raw_receive(self, _: str) -> None:
        """Note that Discord was heard: an event, or the answer to a heartbeat."""
        self.desk.health.heard(self.latency)
