"""Fixtures: the double, and a bot of ours connected to it through the real discord.py client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import GatewayHealth
from tests.bot.discord_bot.fakes import FakeService
from tests.discord_double.running import connect_bot, running_double, stop_bot
from tests.discord_double.server import DiscordDouble

Connect = Callable[..., Awaitable["asyncio.Task[None]"]]


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    """A running double that discord.py takes for Discord; at the end it must have had nothing to complain about."""
    async with running_double() as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def service() -> FakeService:
    """An answer service that says what the test wants."""
    return FakeService()


@pytest.fixture
def health() -> GatewayHealth:
    """The counters of the bot."""
    return GatewayHealth()


@pytest.fixture
async def connect(
    double: DiscordDouble, service: FakeService, health: GatewayHealth, tmp_path: Path
) -> AsyncIterator[Connect]:
    """A function that starts the bot and returns its task once it is connected; all are stopped at the end."""
    running: list[asyncio.Task[None]] = []

    async def start(**changes: object) -> "asyncio.Task[None]":
        options = replace(BotOptions(tmp_path), **changes)  # type: ignore[arg-type]  # a test names its fields
        # Discord takes of a source what the fake has: answers, passages, documents.
        running.append(await connect_bot(double, cast(AnswerSource, service), options, health))
        return running[-1]

    yield start
    for task in running:
        await stop_bot(task)
