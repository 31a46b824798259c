"""The Discord client: what it listens to, its commands, and who serves them, over as many connections as Discord recommends.

Comes in: events of the gateway; a token. Goes out: calls of the functions that serve them; a client. Refuses to answer, word or draw
anything. One connection does for most bots, several for one on thousands of servers.
"""

import asyncio
import logging
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from typing_extensions import override

from bot.discord_bot import messages, presses
from bot.discord_bot.allowed import of_interaction
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.controls import Control, Menu, Press, SectionsMenu, is_known
from bot.discord_bot.cards.settings_card import SettingsMenu
from bot.discord_bot.commands.ask import add_ask, add_find
from bot.discord_bot.commands.naming import CatalogueTranslator, sync_if_changed
from bot.discord_bot.commands.settings import add_settings
from bot.discord_bot.commands.sources import add_define, add_help, add_passage, add_sources
from bot.discord_bot.letters import welcome
from bot.discord_bot.replying import say, say_in_any_case

log = logging.getLogger(__name__)

_KNOWN = (Control, Menu, SectionsMenu, SettingsMenu)
_REFUSED = 401


class LocalismTree(app_commands.CommandTree[Any]):
    """The commands; usable on servers, in direct messages and wherever a person has installed the bot for themselves."""

    def __init__(self, client: discord.Client, state: BotState) -> None:
        """Make the commands of ``client``, served by ``state``."""
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.state = state
        for add in (add_ask, add_find, add_sources, add_passage, add_define, add_help, add_settings):
            add(self, state)
        # What explains and what mends is there everywhere and for everybody.
        self._free = {state.english.say(key) for key in ("command.help.name", "command.privacy.name", "settings.name")}

    @override
    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Let every interaction through once, should Discord send it again, and commands where the server wants them."""
        if not self.state.once.first(interaction.id):
            return False
        given: Any = interaction.data or {}
        if interaction.type is discord.InteractionType.autocomplete or given.get("name") in self._free:
            return True
        refused = of_interaction(self.state, interaction)
        if refused:
            await say(interaction, refused)
        return not refused

    @override
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Say that something went wrong; the log has the reason, never the question."""
        self.state.health.failed += 1
        log.error("A command failed", exc_info=error)
        sentence = self.state.texts_for(interaction.guild_id).say("reply.failed")
        if interaction.type is discord.InteractionType.autocomplete:
            return
        await say_in_any_case(interaction, sentence)


class LocalismClient(discord.Client):
    """Serves one bot account."""

    def __init__(self, state: BotState) -> None:
        """Serve with ``state``."""
        super().__init__(
            # None of these needs an approval: words come with commands, mentions and direct messages.
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # no message is kept in memory
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            enable_debug_events=True,  # the only way to hear heartbeats, by which a dead connection is told from a quiet one
        )
        self.state = state
        self.came = asyncio.Event()  # set when it is known which servers there are
        self.tree = LocalismTree(self, state)
        self.add_dynamic_items(*_KNOWN)

    @override
    async def setup_hook(self) -> None:
        """Tell Discord about the commands where they changed; called once, after login."""
        await self.tree.set_translator(CatalogueTranslator(self.state.texts))
        if self.application_id is not None:
            await sync_if_changed(self.tree, self.state.facts, self.state.asking.found_in.answering, self.application_id)

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what a button says, once."""
        if not self.state.once.first(interaction.id):
            return
        try:
            await presses.press(interaction, self.state, press)
        except Exception:
            # discord.py would log the button with its custom id, which may name a person.
            log.exception("A button failed")
            self.state.health.failed += 1

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that speaks to us."""
        await messages.receive(message, self.state, self)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Serve forms, and buttons that no longer exist; discord.py itself brings commands and buttons where they belong."""
        given: Any = interaction.data or {}
        custom_id = str(given.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit and custom_id.startswith(presses.FORM):
            if self.state.once.first(interaction.id):
                await presses.submit(interaction, self.state, custom_id)
        elif interaction.type is discord.InteractionType.component and not is_known(custom_id, _KNOWN):
            await presses.explain_old(interaction, self.state)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Write to who added the bot."""
        await welcome(guild, self.state, self)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget the settings of a server that the bot was removed from."""
        self.state.tallies.forget(guild.id)
        await self.state.asking.found_in.answering.run(self.state.settings.forget, guild.id)

    def sockets(self) -> list[DiscordWebSocket]:
        """Return the connections to the gateway: one, or none yet."""
        socket = getattr(self, "ws", None)  # None before the first connection, whatever its annotation says
        return [] if socket is None else [socket]

    async def on_ready(self) -> None:
        """Note that it is known which servers there are."""
        self.came.set()

    async def on_connect(self) -> None:
        """Note that the gateway took us."""
        self.state.health.connects += 1
        self.state.health.connected = True

    async def on_resumed(self) -> None:
        """Note that the gateway took us back where we were."""
        self.state.health.resumes += 1
        self.state.health.connected = True

    async def on_disconnect(self) -> None:
        """Note that the connection is gone; discord.py makes it again."""
        self.state.health.disconnects += 1
        self.state.health.connected = False

    async def on_socket_raw_receive(self, _: str) -> None:
        """Note that Discord was heard: an event, or the answer to a heartbeat."""
        self.state.health.heard(self.latency)


class ShardedClient(LocalismClient, discord.AutoShardedClient):
    """Serves a bot account on so many servers that Discord wants several connections for them."""

    def __init__(self, state: BotState) -> None:
        """Serve with ``state``."""
        super().__init__(state)
        self._away: set[int] = set()  # shards that lost their connection

    @override
    def sockets(self) -> list[DiscordWebSocket]:
        """Return the connections to the gateway, one for each shard that has one."""
        return [self._get_websocket(shard_id=shard) for shard in self.shards]

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that the gateway took a shard."""
        self._away.discard(shard_id)
        self.state.health.connected = not self._away

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that the gateway took a shard back where it was."""
        await self.on_shard_connect(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that the connection of a shard is gone; discord.py makes it again."""
        self._away.add(shard_id)
        self.state.health.connected = False


def client_for(state: BotState, shards: int) -> LocalismClient:
    """Return a client that serves with ``state`` over as many connections as Discord wants."""
    return LocalismClient(state) if shards == 1 else ShardedClient(state)


async def recommended_shards(token: str) -> int:
    """Ask Discord how many connections the bot of ``token`` should have.

    Raises:
        discord.LoginFailure: Discord refused the token.
        OSError: Discord cannot be reached.
    """
    headers = {
        "Authorization": f"Bot {token}",
        "User-Agent": f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})",
    }
    address = f"{discord.http.Route.BASE}/gateway/bot"
    try:
        async with aiohttp.ClientSession() as asking, asking.get(address, headers=headers) as told:
            if told.status == _REFUSED:
                raise discord.LoginFailure("Improper token has been passed.")
            told.raise_for_status()
            return int((await told.json())["shards"])
    except (aiohttp.ClientError, KeyError, ValueError) as error:
        raise OSError("Discord did not say how many connections it wants") from error
