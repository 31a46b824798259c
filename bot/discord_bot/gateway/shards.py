"""As many connections as Discord recommends: one for most bots, several for one on thousands of servers.

Comes in: a token, and what a client serves with. Goes out: a client. Refuses to know what it serves.
"""

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from typing_extensions import override

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.gateway.client import LocalismClient

_REFUSED = 401


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
