"""Run page, API and Discord bot in one process and one event loop.

Comes in: the folder of the builds and the settings. Goes out: a server that runs until it is told to stop.
Refuses to know how questions are answered and shown.
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path

import uvicorn
from threadpoolctl import threadpool_limits

from bot.answers import Quote
from bot.discord_bot.health import GatewayHealth
from bot.discord_bot.options import BotOptions
from bot.discord_bot.runner import run_bot
from bot.feedback import FeedbackStore
from bot.http.app import create_app
from bot.http.keeping import KeepingOptions
from bot.http.options import HttpOptions, Rate
from bot.http.serving import server_config
from bot.http.templates import Templates
from bot.http.uploads import with_keeping
from bot.live_answers import LiveAnswers
from bot.page_pictures import PagePictures
from bot.settings import Settings

# The bot must remember which commands Discord knows and what servers chose, even where the operator names no folder.
DEFAULT_STATE = Path(__file__).resolve().parent.parent / "state"


def serve(builds: Path, host: str, port: int, settings: Settings) -> int:
    """Serve the live build of ``builds``, and each that follows it, until stopped; returns the exit code.

    Raises:
        BuildError: there is no build that can be used.
        DiscordLoginError: Discord refused the token.
    """
    service = LiveAnswers(builds)
    service.start()
    try:
        # The arithmetic of one question is small: a second BLAS thread doubles its cost in waiting, most of all on a busy machine.
        with threadpool_limits(1, user_api="blas"):
            asyncio.run(_serve(service, builds, host, port, settings))
    finally:
        service.stop()
    return 0


async def _serve(service: LiveAnswers, builds: Path, host: str, port: int, settings: Settings) -> None:
    health = GatewayHealth() if settings.discord_token else None
    options = http_options(settings)
    keeping = KeepingOptions(token=options.admin_token, builds=builds, corpus=settings.corpus)
    app = with_keeping(create_app(service, options, health), Templates(options), keeping)
    server = uvicorn.Server(server_config(app, host, port, options, listed(settings.trusted_proxies)))
    if health is None or settings.discord_token is None:
        await server.serve()
        return
    token = settings.discord_token.get_secret_value()
    await _until_one_ends(server, run_bot(service, token, bot_options(service, settings), health))


async def _until_one_ends(server: uvicorn.Server, bot: Coroutine[None, None, None]) -> None:
    """Run both; when the server is told to stop the bot is stopped too, and a bot that cannot run stops the server."""
    serving, talking = asyncio.create_task(server.serve()), asyncio.create_task(bot)
    await asyncio.wait({serving, talking}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    talking.cancel()
    ends = await asyncio.gather(serving, talking, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


def bot_options(service: LiveAnswers, settings: Settings) -> BotOptions:
    """Return what the settings say about the Discord bot."""
    state = settings.state or DEFAULT_STATE

    def picture(quote: Quote) -> bytes:
        return PagePictures(service.build).of_passage(quote.id)

    return BotOptions(
        state=state,
        public_url=f"{settings.public_url.rstrip('/')}{settings.base_path}",
        picture=picture,
        vote=FeedbackStore(state).add if settings.state else None,
        lexicon=lambda: service.build.lexicon,
    )


def http_options(settings: Settings) -> HttpOptions:
    """Return what the settings say about the HTTP surface."""
    return HttpOptions(
        public_url=settings.public_url.rstrip("/"),
        base_path=settings.base_path,
        allowed_origins=listed(settings.allowed_origins),
        admin_token=settings.admin_token.get_secret_value() if settings.admin_token else "",
        state=settings.state,
        keep_questions_days=settings.keep_questions_days,
        asking=Rate(settings.questions_per_minute, 60.0),
    )


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a setting that are parted by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
