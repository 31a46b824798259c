"""Run the bot until it is told to stop, beside other things in the same event loop.

Comes in: a service, a token and options. Goes out: nothing, or the reason why it cannot run. Refuses to read settings.
"""

import asyncio
import logging
import time

import discord

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.asking import Asking
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.client import LocalismClient
from bot.discord_bot.looking_up import LookingUp
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import DEAD_AFTER, GatewayHealth
from bot.discord_bot.state.server_settings import ServerSettingsStore
from bot.discord_bot.texts import open_texts
from bot.errors import DiscordLoginError

log = logging.getLogger(__name__)

_FIRST_WAIT = 5.0  # seconds before Discord is tried again when it cannot be reached; doubled up to the longest
_LONGEST_WAIT = 300.0
_AUTHENTICATION_FAILED = 4004  # close code of the gateway
REFUSED_LOGIN = (
    "Discord refused the token. Copy it again from the Bot page of your application in the Discord developer portal, "
    "set LOCALISM_DISCORD_TOKEN to it, and start again."
)


async def run_bot(service: AnswerSource, token: str, options: BotOptions, health: GatewayHealth | None = None) -> None:
    """Serve Discord until cancelled; stops cleanly then.

    Args:
        service: answers the questions.
        token: of the bot account.
        options: what the operator chose.
        health: filled while the bot runs, for others to read.

    Raises:
        DiscordLoginError: Discord refused the token; it is not tried again.
    """
    _keep_texts_out_of_logs()
    # This bot never speaks; discord.py would warn that it cannot.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    health = health or GatewayHealth()
    wait = _FIRST_WAIT
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await _serve(service, token, options, health)
        except (OSError, TimeoutError, discord.GatewayNotFound, discord.DiscordServerError) as error:
            log.warning("Discord cannot be reached (%s); trying again in %.0f seconds", type(error).__name__, wait)
        if asyncio.get_running_loop().time() - started > _LONGEST_WAIT:
            wait = _FIRST_WAIT
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)


async def _serve(service: AnswerSource, token: str, options: BotOptions, health: GatewayHealth) -> None:
    texts = open_texts()
    looking_up = LookingUp(service, options)
    settings = ServerSettingsStore(options.state)
    client = LocalismClient(BotState(service, options, texts, health, Asking(looking_up, texts, health), settings))
    try:
        async with client:
            await _start(client, token, health)
    except discord.LoginFailure:
        raise DiscordLoginError(REFUSED_LOGIN) from None
    except discord.ConnectionClosed as error:
        if error.code == _AUTHENTICATION_FAILED:
            raise DiscordLoginError(REFUSED_LOGIN) from None
        raise
    finally:
        health.connected = False
        looking_up.close()
        settings.close()


async def _start(client: discord.Client, token: str, health: GatewayHealth) -> None:
    """Run ``client`` until it ends, or until Discord has been silent for so long that the connection must be dead.

    Raises:
        TimeoutError: nothing was heard.
    """
    serving = asyncio.create_task(client.start(token))
    silence = asyncio.create_task(_long_silence(health))
    try:
        await asyncio.wait({serving, silence}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            raise TimeoutError("nothing was heard")
        serving.result()
    finally:
        serving.cancel()
        silence.cancel()
        await asyncio.gather(serving, silence, return_exceptions=True)


async def _long_silence(health: GatewayHealth) -> None:
    """Return when nothing was heard from Discord for too long."""
    health.last_event = time.monotonic()
    while health.silence < DEAD_AFTER:  # noqa: ASYNC110  # silence is the lack of events: there is none to wait for
        await asyncio.sleep(DEAD_AFTER - health.silence)


def _keep_texts_out_of_logs() -> None:
    """Keep discord.py from logging whole events at DEBUG: they hold what people asked."""
    logger = logging.getLogger("discord")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
