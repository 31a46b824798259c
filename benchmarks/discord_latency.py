"""How long people in Discord wait: twenty questions at once, many times, against the local double of Discord.

    python -m benchmarks.discord_latency [--index DIR] [--rounds 25] [--at-once 20] [QUESTION ...]

Search, query encoder and pictures of pages are the real ones, from the live build of DIR. The double runs in the same process and
event loop, so its own work is part of every figure. First response: from the interaction being sent to "thinking …" arriving at the
double; full answer: to the card, with its picture where the page has one.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.answering.answer_service import AnswerService
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import GatewayHealth
from bot.pictures.page_pictures import PagePictures
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from tests.discord_double.asks import COMMAND, begin, finished
from tests.discord_double.people import command, interaction
from tests.discord_double.rest import Open
from tests.discord_double.running import connect_bot, running_double, stop_bot
from tests.discord_double.server import DiscordDouble

FIRST_LIMIT, FULL_LIMIT = 0.5, 1.5  # seconds at p99
QUESTIONS = (
    "How do we list a pub as an asset of community value?",
    "What is the community right to challenge?",
    "Who decides on a neighbourhood plan?",
    "How long is the moratorium when a listed building is sold?",
    "Can a parish council take over a library?",
    "What can the council refuse an expression of interest for?",
    "What happens at a neighbourhood planning referendum?",
    "Who can nominate land in our village?",
    "Is the general power of competence open to parish councils?",
    "How does a living wage campaign start?",
)


async def measure(index: Path, rounds: int, at_once: int, questions: Sequence[str]) -> int:
    """Ask, print the table, and return 0 where both limits are kept."""
    build = open_live_build(index)
    service, pictures = AnswerService(build), PagePictures(build)
    opened: list[Open] = []
    health = GatewayHealth()
    with tempfile.TemporaryDirectory() as state:
        options = BotOptions(
            Path(state),
            picture=lambda quote: pictures.of_passage(quote.id),
            person_per_minute=10_000,
            channel_per_minute=100_000,
        )
        async with running_double() as double:
            task = await connect_bot(double, service, options, health)
            await _ask(double, questions[:1])  # the first question opens what is opened once
            begun = time.process_time()
            for round_number in range(rounds):
                # A number that comes once only: no answer is remembered.
                asked = [f"{questions[(round_number + n) % len(questions)]} {round_number} {n}" for n in range(at_once)]
                opened += await _ask(double, asked)
            seconds = time.process_time() - begun
            await stop_bot(task)
            complaints = double.complaints
    print(f"{1000 * seconds / len(opened):.0f} ms of processor time a question; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"answered {health.answered}, not found {health.not_found}, failed {health.failed}, refused {health.refused}")
    return _report(build.id, opened, complaints) or int(health.failed + health.refused > 0)


async def _ask(double: DiscordDouble, questions: Sequence[str]) -> list[Open]:
    opened = []
    for number, question in enumerate(questions):
        payload = interaction(COMMAND, command("ask", question=question), person=str(10_000 + number))
        opened.append(await begin(double, payload))
    return [await finished(double, each, 30) for each in opened]


def _report(build: str, opened: list[Open], complaints: list[str]) -> int:
    first = np.array([each.acknowledged_at - each.sent_at for each in opened if each.acknowledged_at])
    full = np.array([each.answered_at - each.sent_at for each in opened if each.answered_at])
    pictured = sum(bool(each.files) for each in opened)
    print(
        f"build {build}: {len(opened)} questions, {pictured} with a picture, {len(complaints)} payloads that Discord would refuse"
    )
    print(f"{'milliseconds':<16}{'median':>8}{'p90':>8}{'p99':>8}{'worst':>8}")
    for name, seconds in (("first response", first), ("full answer", full)):
        parts = [*np.percentile(seconds, (50, 90, 99)), seconds.max()]
        print(f"{name:<16}" + "".join(f"{1000 * part:8.0f}" for part in parts))
    kept = np.percentile(first, 99) < FIRST_LIMIT and np.percentile(full, 99) < FULL_LIMIT and not complaints
    return 0 if kept else 1


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of the builds")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("questions", nargs="*", default=QUESTIONS, help="asked by turns; use ones that the build answers")
    given = parser.parse_args()
    started = time.perf_counter()
    code = asyncio.run(measure(given.index, given.rounds, given.at_once, given.questions))
    print(f"{time.perf_counter() - started:.0f} s, limits {'kept' if code == 0 else 'NOT kept'}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
