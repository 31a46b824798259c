"""A hundred lost connections: is every question answered, and none twice?

    python -m benchmarks.discord_resumes [--times 100]

Each time the connection to the double is broken (by turns with RECONNECT, a close code, and a dead socket), a command and a mention
are sent while nobody is connected, and the real discord.py client resumes.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import cast

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import GatewayHealth
from tests.bot.discord_bot.fakes import FakeService
from tests.discord_double.asks import COMMAND, answer_to, answers_to, begin, finished, write
from tests.discord_double.people import BOT, command, interaction, user
from tests.discord_double.running import connect_bot, running_double, stop_bot
from tests.discord_double.server import DiscordDouble


async def measure(times: int) -> int:
    """Break the connection, ask, and count the answers."""
    health, service = GatewayHealth(), FakeService()
    with tempfile.TemporaryDirectory() as state:
        async with running_double() as double:
            task = await connect_bot(
                double, cast("AnswerSource", service), BotOptions(Path(state), channel_per_minute=100_000), health
            )
            started = time.perf_counter()
            counts = [await _break_and_ask(double, number) for number in range(times)]
            seconds = time.perf_counter() - started
            await stop_bot(task)
    answers = [count for pair in counts for count in pair]
    print(
        f"{times} lost connections in {seconds:.1f} s: {double.gateway.resumes} resumes, {len(double.gateway.identifies)} login"
    )
    print(
        f"{len(answers)} questions: {answers.count(1)} answered once, {answers.count(0)} not answered, "
        f"{sum(count > 1 for count in answers)} answered twice, {len(service.asked)} searches"
    )
    return 0 if set(answers) == {1} and len(service.asked) == len(answers) else 1


async def _break_and_ask(double: DiscordDouble, number: int) -> tuple[int, int]:
    """Return how often the command and the mention were answered."""
    ways = (double.gateway.ask_to_reconnect, double.gateway.drop, double.gateway.vanish)
    await ways[number % len(ways)]()
    payload = interaction(COMMAND, command("ask", question=f"Question {number}?"), person=str(20_000 + number))
    opened = await begin(double, payload)
    mention = await write(double, f"<@{BOT}> mention {number}?", mentions=(BOT,), author=user(str(30_000 + number)))
    await asyncio.wait_for(double.gateway.connected.wait(), 30)
    await finished(double, opened, 30)
    await answer_to(double, mention, 30)
    return opened.writes + len(opened.followups), len(answers_to(double, mention))


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    return asyncio.run(measure(parser.parse_args().times))


if __name__ == "__main__":
    raise SystemExit(main())
