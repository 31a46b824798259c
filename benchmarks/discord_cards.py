"""Ten thousand answers that make trouble, as cards and as plain text: limits kept, no ping, the quote character for character.

    python -m benchmarks.discord_cards [--answers 10000] [--seed 1]

Long quotes, emoji, Markdown, right to left, zero width, links, @everyone, code fences: tests/bot/discord_bot/nasty.py. Each card is
checked against Discord's limits, and its quote is read back with an independent reading of Discord's Markdown.
"""

import argparse
import time

from bot.discord_bot.texts import open_texts
from tests.bot.discord_bot.generated import check_all
from tests.bot.discord_bot.nasty import chance_of


def main() -> int:
    """Make and check the cards; the first that is wrong ends the run with its seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    texts, started, messages = open_texts()["en"], time.perf_counter(), 0
    for number in range(given.answers):
        try:
            messages += check_all(chance_of(given.seed * 1_000_003 + number), texts)
        except AssertionError:
            print(f"answer {number} of seed {given.seed} is wrong")
            raise
    print(f"{given.answers:,} answers, {messages:,} messages checked in {time.perf_counter() - started:.0f} s: none wrong")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
