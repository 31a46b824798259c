"""Run the bot until it is told to stop, beside other things in the same event loop.

Comes in: a service, a token, and options or the settings that they are made of. Goes out: nothing, or the reason why it cannot run.
Refuses to read the environment. Imported only where a token is set: discord.py takes 17 MB and a tenth of a second.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress

import discord

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.bot_state import opened_state
from bot.discord_bot.gateway.catching_up import missed, serve_missed, sessions_of
from bot.discord_bot.gateway.client import LocalismClient, client_for, recommended_shards
from bot.discord_bot.gateway.taking_over import Holding, Sessions
from bot.discord_bot.options import BotOptions, bot_options
from bot.discord_bot.state.health import DEAD_AFTER, GatewayHealth
from bot.errors import DiscordLoginError, StoreFault
from bot.settings import Settings
from bot.state.databases.opening import open_store
from bot.state.facts import Facts
from bot.state.machines import Leases

log = logging.getLogger(__name__)

_FIRST_WAIT = 5.0  # seconds before Discord is tried again when it cannot be reached; doubled up to the longest
_LONGEST_WAIT = 300.0
_AUTHENTICATION_FAILED = 4004  # close code of the gateway
_COMING_BACK = 4000  # close code after which Discord keeps the session for whoever resumes it
REFUSED_LOGIN = (
    "Discord refused the token. Copy it again from the Bot page of your application in the Discord developer portal, "
    "set LOCALISM_DISCORD_TOKEN to it, and start again."
)


async def run_bot(service: AnswerSource, token: str, options: BotOptions, health: GatewayHealth | None = None) -> None:
    """Serve Discord until cancelled; stops cleanly then.

    Where other machines share what is kept, only one of all processes is connected; the others wait to take over.

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
    store = open_store(options.state)
    facts = Facts(store)
    bot = _Bot(service, token, options, health, facts, shared=store.shared)
    try:
        if store.shared:
            await Holding(Leases(store), health, bot.note_sessions).run(bot.keep_serving)
        else:
            await bot.keep_serving()
    finally:
        facts.close()


def bot_of(service: AnswerSource, token: str, settings: Settings, health: GatewayHealth) -> Coroutine[None, None, None]:
    """Return the bot: it runs until it is cancelled, and tells ``health`` how its connection is."""
    return run_bot(service, token, bot_options(service, settings), health)


class _Bot:
    """Connects again and again, with a new client each time."""

    def __init__(
        self, service: AnswerSource, token: str, options: BotOptions, health: GatewayHealth, facts: Facts, shared: bool
    ) -> None:
        self._service = service
        self._token = token
        self._options = options
        self._health = health
        self._facts = facts
        self._sessions = Sessions(facts) if shared else None
        self._client: LocalismClient | None = None

    def note_sessions(self) -> None:
        """Keep where the connection stands, for whoever takes over; blocking."""
        if self._sessions is not None and self._client is not None:
            self._sessions.note(sessions_of(self._client))

    async def keep_serving(self) -> None:
        """Serve until cancelled, whatever becomes of the connection.

        Raises:
            DiscordLoginError: Discord refused the token.
        """
        wait = _FIRST_WAIT
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except StoreFault as error:
                log.warning("%s Discord is served when it does; trying again in %.0f seconds", error, wait)
            except (OSError, TimeoutError, discord.GatewayNotFound, discord.DiscordServerError) as error:
                log.warning("Discord cannot be reached (%s); trying again in %.0f seconds", type(error).__name__, wait)
            if asyncio.get_running_loop().time() - started > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _serve(self) -> None:
        try:
            async with opened_state(self._service, self._options, self._health, self._facts) as state:
                await self._connect(client_for(state, await recommended_shards(self._token)))
        except discord.LoginFailure:
            raise DiscordLoginError(REFUSED_LOGIN) from None
        except discord.ConnectionClosed as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise DiscordLoginError(REFUSED_LOGIN) from None
            raise
        finally:
            self._health.connected = False

    async def _connect(self, client: LocalismClient) -> None:
        catching_up = asyncio.create_task(self._catch_up(client)) if self._sessions is not None else None
        try:
            async with client:
                try:
                    await _start(client, self._token, self._health)
                finally:
                    self._client = None
                    if catching_up is not None:
                        await _leave(client)
        finally:
            if catching_up is not None:
                catching_up.cancel()
                await asyncio.gather(catching_up, return_exceptions=True)

    async def _catch_up(self, client: LocalismClient) -> None:
        """Serve what came while nobody was connected, once ``client`` is; from then on its own sessions are kept."""
        if self._sessions is None:
            return
        before = await client.state.asking.found_in.answering.run(self._sessions.kept)
        await client.came.wait()
        self._sessions.begin()
        self._client = client
        if before:
            await serve_missed(client, await missed(self._token, before))


async def _leave(client: LocalismClient) -> None:
    """Close the connection so that whoever is next can fetch what comes in between."""
    for socket in client.sockets():
        with suppress(Exception):  # whatever state it is in: it is closed in any case
            await socket.close(_COMING_BACK)


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
