"""One process of the server: page and API, and in one of them the Discord bot, in one event loop.

Comes in: what to serve, and sockets to serve it on. Goes out: nothing; it runs until it is told to stop. Refuses to know how
questions are answered and shown, and how many processes there are.

Memory that is not used is given back to the system now and then. What a question needs is freed when it is answered, but glibc
keeps some of it: after a thousand questions a server holds 12 of 113 MB for nothing, and giving them back takes 1.4 ms (``python -m
benchmarks.given_back``). Done every two seconds, and a process that does nothing is left asleep. Other systems' C libraries have no
such call, and nothing is done there.
"""

import asyncio
import ctypes
import gc
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import uvicorn
from threadpoolctl import threadpool_limits
from typing_extensions import override

from bot.answering.answer_source import LiveAnswers
from bot.discord_bot.state.health import GatewayHealth
from bot.http.admin.uploads import posting_of, with_keeping
from bot.http.admission.admission import door
from bot.http.app import create_app, server_config
from bot.http.options import KeepingOptions, http_options, listed
from bot.http.templates import Templates
from bot.runtime.supervisor import SharedHealth
from bot.settings import Settings
from index.engines.opening import opened_engine

EVERY_SECONDS = 2.0
WORTH_SECONDS = 0.1  # of processor time since the last time: less has left nothing behind
_Lasting = Coroutine[None, None, None]


async def keep_giving_back() -> None:
    """Give back what is free every few seconds, where something was done, until cancelled."""
    trim, worked = trimming(), 0.0
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if trim is not None and time.process_time() - worked > WORTH_SECONDS:
            await asyncio.to_thread(trim, 0)
            worked = time.process_time()


def trimming() -> Callable[[int], int] | None:
    """Return glibc's ``malloc_trim``, or None where the C library has no such call."""
    try:
        return ctypes.CDLL(None).malloc_trim  # found by name in whatever is loaded
    except (AttributeError, OSError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Work:
    """What a process of the server does."""

    builds: Path
    settings: Settings
    shared_health: SharedHealth

    def run(self, sockets: Sequence[socket], with_bot: bool, on_ready: Callable[[], None]) -> None:
        """Serve the live build, and each that follows it, on ``sockets`` until told to stop.

        Args:
            sockets: bound.
            with_bot: whether the Discord bot runs in this process; where it is not, its health is read off the shared one.
            on_ready: called when questions are answered.

        Raises:
            BuildError: there is no build that can be used.
            DiscordLoginError: Discord refused the token.
        """
        # The arithmetic of one question is small: a second BLAS thread doubles its cost in waiting, most on a busy machine.
        with opened_engine(self.settings.engine) as engine, threadpool_limits(1, user_api="blas"):
            service = LiveAnswers(self.builds, engine=engine)
            service.start()
            try:
                asyncio.run(self._serve(service, sockets, with_bot, on_ready))
            finally:
                service.stop()

    async def _serve(
        self, service: LiveAnswers, sockets: Sequence[socket], with_bot: bool, on_ready: Callable[[], None]
    ) -> None:
        settings = self.settings
        health = GatewayHealth() if settings.discord_token else None
        options = http_options(settings)
        keeping = KeepingOptions(options.admin_token, self.builds, settings.corpus, state=settings.state)
        admission = door(options, self.builds)
        serving = create_app(service, options, health, admission)
        if settings.mcp:
            from bot.runtime.mcp_choices import mount_mcp

            mount_mcp(serving)
        app = with_keeping(serving, Templates(options), keeping, admission)
        host, port = sockets[0].getsockname()[:2]
        server = _Server(server_config(app, host, port, options, listed(settings.trusted_proxies)), on_ready)
        beside = [keep_giving_back(), *posting_of(app), *self._discord(service, health, with_bot)]
        await _until_one_ends(server, sockets, beside)

    def _discord(self, service: LiveAnswers, health: GatewayHealth | None, with_bot: bool) -> list[_Lasting]:
        """Return what has to do with Discord in this process."""
        if health is None or self.settings.discord_token is None:
            return []
        if not with_bot:
            return [self.shared_health.keep_reading(health)]
        from bot.discord_bot.gateway.runner import bot_of

        token = self.settings.discord_token.get_secret_value()
        return [bot_of(service, token, self.settings, health), self.shared_health.keep_posting(health)]


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready, and which ends as a function does when a signal has stopped it.

    uvicorn raises the signal again once it has stopped serving; the bot would be cut off in the middle of its farewell.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @override
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        # What was loaded stays. Python's search for objects that hold each other in circles goes through 100,000 of them otherwise,
        # while one question in a hundred waits 40 ms for it; a build holds nothing in circles and goes when another follows it.
        gc.freeze()
        if self.started:
            self._on_ready()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def _until_one_ends(server: _Server, sockets: Sequence[socket], beside: Sequence[_Lasting]) -> None:
    """Run all; when the server is told to stop the others are stopped too, and a bot that cannot run stops the server."""
    serving = asyncio.create_task(server.serve(list(sockets)))
    others = [asyncio.create_task(other) for other in beside]
    await asyncio.wait({serving, *others}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    for other in others:
        other.cancel()
    for end in await asyncio.gather(serving, *others, return_exceptions=True):
        if isinstance(end, Exception):
            raise end
