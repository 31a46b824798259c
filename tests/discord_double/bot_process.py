"""``python -m tests.discord_double.bot_process ADDRESS STATE``: a bot in a process of its own, connected to a double.

Comes in: where the double listens, and the address of the PostgreSQL that bots share. Goes out: nothing. Refuses to end by itself.
"""

import asyncio
import sys
from typing import cast

import discord
import yarl
from pydantic import SecretStr

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.gateway.runner import run_bot
from bot.discord_bot.options import BotOptions
from bot.runtime.logs import start_logging
from tests.bot.discord_bot.fakes import FakeService
from tests.discord_double.server import GOOD

if __name__ == "__main__":
    discord.http.Route.BASE = f"http://{sys.argv[1]}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{sys.argv[1]}/")
    start_logging("INFO")
    asyncio.run(run_bot(cast(AnswerSource, FakeService()), GOOD, BotOptions(SecretStr(sys.argv[2]))))
