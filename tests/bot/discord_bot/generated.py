"""Random answers, and what must be true of every card made of them."""

import random
from dataclasses import replace
from typing import Any

from discord.ui import ActionRow, LayoutView

from bot.answering.answers import Answer, NearSection, PassageInContext, Quote, Status
from bot.answering.citations import PageReference
from bot.discord_bot.cards.cards import answer_card, context_card, more_card, passage_card
from bot.discord_bot.cards.controls import Further
from bot.discord_bot.cards.plain import citable, plain_answer
from bot.discord_bot.cards.rows import CardStyle, answer_rows
from bot.discord_bot.escaping import one_line
from bot.discord_bot.state.asked import Asked, questions_in
from bot.discord_bot.texts import Texts
from index.lexicon import Term
from index.records import Kind, Page, Reading
from tests.bot.discord_bot.fakes import citation
from tests.bot.discord_bot.markdown import block_quote, shown
from tests.bot.discord_bot.nasty import nasty_text, spans
from tests.discord_double.shapes import COMPONENTS_V2, TEXT, message_complaints, walk

NO_PING = {"parse": [], "replied_user": False}


def random_quote(chance: random.Random, number: int) -> Quote:
    """Return a quote whose every text makes trouble."""
    text = nasty_text(chance)
    where = citation(
        title=nasty_text(chance, 400),
        text=nasty_text(chance, 1500),
        notice=chance.choice(("", nasty_text(chance, 500))),
        page=chance.choice((None, PageReference(14, "12"), PageReference(3, nasty_text(chance, 60)))),
        url=chance.choice(("", "https://example.org/guide.pdf", "javascript:alert(1)", "https://example.org/" + "a" * 600)),
        kind=chance.choice(list(Kind)),
        reading=chance.choice(list(Reading)),
    )
    also = tuple(replace(where, text=nasty_text(chance, 900)) for _ in range(chance.choice((0, 0, 1, 3))))
    return Quote(f"{number:016x}", text, spans(chance, len(text)), 0.5, where, {}, also_in=also)


def random_answer(chance: random.Random) -> tuple[Answer, Asked]:
    """Return an answer and the question for it."""
    status = chance.choice(list(Status))
    quotes = () if status is Status.NOT_FOUND else tuple(random_quote(chance, number) for number in range(3))
    near = tuple(
        NearSection(f"{number:016x}", nasty_text(chance, 400), nasty_text(chance, 400))
        for number in range(chance.randint(0, 3))
    )
    asked = Asked(
        nasty_text(chance, 2000),
        earlier=tuple(nasty_text(chance, 2000) for _ in range(chance.randint(0, 3))),
        source=chance.choice((None, "guide")),
        private=chance.random() < 0.5,
        asker=2**63,
    )
    term = chance.choice((None, Term(nasty_text(chance, 200), nasty_text(chance, 2000))))
    pointer = nasty_text(chance, 900)
    mended = tuple((nasty_text(chance, 60), nasty_text(chance, 60)) for _ in range(chance.choice((0, 0, 1, 5))))
    answer = Answer(
        asked.question, status, 0.5, quotes, "build", sections=near, signpost=pointer, definition=term, mended=mended
    )
    return answer, asked


def check_all(chance: random.Random, texts: Texts) -> int:
    """Make every kind of card of one random answer and check each; return how many were checked."""
    answer, asked = random_answer(chance)
    style = CardStyle(texts, "https://ask.example.org")
    pictured = chance.random() < 0.5
    check_card(answer_card(answer, asked, style, pictured), pictured)
    check_question(answer_card(answer, asked, style), asked)
    content = plain_answer(answer, asked, style)
    plain = {"content": content, "allowed_mentions": NO_PING, "components": _rows(answer_rows(answer, asked, style))}
    assert message_complaints(plain, {}) == []
    if not answer.quotes:
        return 2
    check_verbatim(answer_card(answer, asked, style), answer.quotes[:1])
    check_quote(content, answer.quotes[0])
    assert message_complaints({"content": citable(answer.quotes[0], style), "allowed_mentions": NO_PING}, {}) == []
    check_card(more_card(answer.quotes, asked, Further(3, "-", "a" * 16), style))
    check_verbatim(more_card(answer.quotes, asked, Further(3, "-", "a" * 16), style), answer.quotes)
    around = _in_page(answer.quotes[0])
    check_card(passage_card(around, style, pictured), pictured)
    check_card(context_card(around, style))
    context = block_quote(_texts(context_card(around, style))[0])
    assert shown(context)[0] in around.page.text
    return 6


def check_card(view: LayoutView, pictured: bool = False) -> None:
    """Assert that Discord takes the card and that nobody is pinged by it."""
    attachments = [{"id": 0, "filename": "page.png"}] if pictured else []
    payload = {
        "components": view.to_components(),
        "flags": COMPONENTS_V2,
        "allowed_mentions": NO_PING,
        "attachments": attachments,
    }
    assert message_complaints(payload, {}) == []


def check_question(view: LayoutView, asked: Asked) -> None:
    """Assert that the card gives the question back as it was asked, as far as it has room for it."""
    *_, carried = questions_in(view.children)
    wanted = one_line(asked.question)
    assert carried == wanted or (carried.endswith("…") and wanted.startswith(carried[:-1]))


def check_verbatim(view: LayoutView, quotes: tuple[Quote, ...]) -> None:
    """Assert that the card shows each quote, or a part of it, character for character, and nothing of it as Markdown."""
    bodies = [text for text in _texts(view) if "\n> " in text]
    assert len(bodies) == len(quotes)
    for body, quote in zip(bodies, quotes, strict=True):
        check_quote(body, quote)


def check_quote(markdown: str, quote: Quote) -> None:
    """Assert that the block quote in ``markdown`` shows the quote or one contiguous part of it, with only its highlights bold."""
    words, bold = shown(block_quote(markdown))
    assert words
    assert words in quote.text
    if "> […]" not in markdown:
        assert words == quote.text
    marked = "".join(quote.text[start:end] for start, end in quote.highlights)
    assert set(bold) <= set(marked)
    if "> […]" not in markdown:
        assert bold.replace(" ", "") == "".join(line.strip() for line in _lines(quote)).replace(" ", "")


def _lines(quote: Quote) -> list[str]:
    joined: list[list[int]] = []
    for start, end in quote.highlights:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [line for start, end in joined for line in quote.text[start:end].split("\n")]


def _in_page(quote: Quote) -> PassageInContext:
    before = "Before that. " * 200
    page = Page(14, f"{before}{quote.text} After it. " * 1, "12")
    return PassageInContext(
        replace(quote, highlights=()), page, len(before), len(before) + len(quote.text), "b" * 16, "c" * 16
    )


def _texts(view: LayoutView) -> list[str]:
    return [each["content"] for each in walk(view.to_components()) if each["type"] == TEXT]


def _rows(rows: list[ActionRow[Any]]) -> list[dict[str, Any]]:
    return [row.to_component_dict() for row in rows]
