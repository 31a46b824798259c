"""Point discord.py at the double, and a bot of ours connected to it; all is put back at the end.

Comes in: a service and options. Goes out: a running bot. Refuses to keep discord.py pointed at the double.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord
import yarl

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.gateway.runner import run_bot
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import GatewayHealth
from bot.errors import DiscordLoginError
from tests.discord_double.server import GOOD, DiscordDouble
from tests.waiting import PATIENCE


@asynccontextmanager
async def running_double() -> AsyncIterator[DiscordDouble]:
    """Yield a double that discord.py takes for Discord."""
    server = DiscordDouble()
    await server.start()
    usual = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = f"http://{server.address}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway.url)
    try:
        yield server
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = usual
        await server.stop()


async def connect_bot(
    double: DiscordDouble, service: AnswerSource, options: BotOptions, health: GatewayHealth | None = None
) -> "asyncio.Task[None]":
    """Start the bot and return its task once it is connected.

    Raises:
        DiscordLoginError: the bot ended before that.
    """
    task = asyncio.create_task(run_bot(service, GOOD, options, health))
    connected = asyncio.create_task(double.gateway.connected.wait())
    await asyncio.wait({task, connected}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
    connected.cancel()
    if task.done():
        task.result()
    return task


async def stop_bot(task: "asyncio.Task[None]") -> None:
    """Stop a bot, however it ended."""
    task.cancel()
    with suppress(asyncio.CancelledError, DiscordLoginError):
        await task
