"""What people see in Discord for five questions: each answer as a card and as plain text.

    python -m benchmarks.discord_show [--index DIR] [--json] [QUESTION ...]

With --json the card is printed as Discord gets it, else as its words and buttons.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from bot.answering.answer_service import AnswerService
from bot.discord_bot.cards.cards import answer_card
from bot.discord_bot.cards.plain import plain_answer
from bot.discord_bot.cards.rows import CardStyle
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.texts import open_texts
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build
from tests.discord_double.shapes import BUTTON, SELECT, TEXT, walk

QUESTIONS = (
    "How do we list a pub as an asset of community value?",
    "How long is the moratorium when a listed building is sold?",
    "Who decides on a neighbourhood plan?",
    "What is the power cube?",
    "How do I renew my passport?",
)


def main() -> int:
    """Print the answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS, help="folder of the builds")
    parser.add_argument("--json", action="store_true", help="print cards as JSON")
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    given = parser.parse_args()
    service, texts = AnswerService(open_live_build(given.index)), open_texts()["en"]
    for question in given.questions:
        answer, asked = service.answer(question), Asked(question)
        card = answer_card(answer, asked, CardStyle(texts, "https://ask.example.org"))
        components = card.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it without types
        print(f"\n===== {question} [{answer.status.value}, {answer.confidence}]\n----- card")
        if given.json:
            print(json.dumps(components, ensure_ascii=False, indent=1))
        else:
            print(
                "\n".join(
                    each.get("content") or f"[{each.get('label') or _offered(each)}]"
                    for each in walk(components)
                    if each["type"] in (TEXT, BUTTON, SELECT)
                )
            )
        print(f"----- plain text\n{plain_answer(answer, asked, CardStyle(texts, 'https://ask.example.org'))}")
    return 0


def _offered(menu: dict[str, Any]) -> str:
    return f"{menu['placeholder']} {' | '.join(option['label'] for option in menu['options'])}"


if __name__ == "__main__":
    raise SystemExit(main())
