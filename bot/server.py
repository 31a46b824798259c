"""Run page, API and Discord bot in one process and one event loop.

Comes in: the folder of the builds and the settings. Goes out: a server that runs until it is told to stop.
Refuses to know how questions are answered and shown.
"""

import asyncio
import logging
from pathlib import Path

import uvicorn

from bot.answers import AnswerService
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from bot.http.serving import server_config
from bot.settings import Settings
from index.build import open_live_build

log = logging.getLogger(__name__)


def serve(builds: Path, host: str, port: int, settings: Settings) -> int:
    """Serve the live build of ``builds`` until stopped; returns the exit code.

    Raises:
        BuildError: there is no build that can be used.
    """
    service = AnswerService(open_live_build(builds))
    asyncio.run(_serve(service, host, port, settings))
    return 0


async def _serve(service: AnswerService, host: str, port: int, settings: Settings) -> None:
    options = http_options(settings)
    app = create_app(service, options)
    server = uvicorn.Server(server_config(app, host, port, options, listed(settings.trusted_proxies)))
    await server.serve()


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
