"""A message ready to be sent: a card with its picture, and the text for who gets no card.

Comes in: what was found. Goes out: a Reply, the one type that those who make messages and those who send them share. Pure: nothing is
looked up or sent here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord

from bot.answering.answers import Answer, PassageInContext, Quote
from bot.discord_bot.cards.cards import (
    PICTURE_NAME,
    answer_card,
    context_card,
    more_card,
    passage_card,
)
from bot.discord_bot.cards.controls import Further
from bot.discord_bot.cards.plain import CONTENT_LIMIT, citable, plain_answer, plain_passage
from bot.discord_bot.cards.quote_text import alt_text
from bot.discord_bot.cards.rows import CardStyle, answer_rows
from bot.discord_bot.escaping import clip_escaped
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.tallies import Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    """A card with its picture, or plain text; ``fallback`` is sent where there is no card or Discord takes none.

    ``buttons`` belong to plain text that is meant to be plain; ``outcome`` is there where a question was answered; ``done`` is False
    where it says that what was wanted did not come about.
    """

    fallback: str
    view: discord.ui.LayoutView | None = None
    picture: bytes | None = None
    alt: str = ""
    buttons: discord.ui.View | None = None
    outcome: Outcome | None = None
    done: bool = True

    def files(self) -> list[discord.File]:
        """Return the files to upload; fresh ones at every call, because sending uses them up."""
        if self.picture is None or self.view is None:
            return []
        return [discord.File(BytesIO(self.picture), PICTURE_NAME, description=self.alt)]


def reply_of_answer(found: Answer, asked: Asked, style: CardStyle, picture: bytes | None, shared_by: int) -> Reply:
    """Return the reply to a question; ``shared_by`` is the id of the person who shows it to others, or 0."""
    plain, outcome = plain_answer(found, asked, style), Outcome(found.status.value)
    if asked.plain:
        return Reply(plain, buttons=_buttons(answer_rows(found, asked, style, shared_by)), outcome=outcome)
    if not found.quotes:
        return Reply(plain, answer_card(found, asked, style), outcome=outcome)
    view = answer_card(found, asked, style, picture is not None, shared_by)
    return Reply(plain, view, picture, alt_text(found.quotes[0], style.texts), outcome=outcome)


def _buttons(rows: Sequence[discord.ui.ActionRow[Any]]) -> discord.ui.View:
    """Return ``rows`` for a message that is no card."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in list(row.children):
            item.row = number
            view.add_item(item)
    return view


def reply_to_cite(found: PassageInContext, style: CardStyle) -> Reply:
    """Return a passage to be copied."""
    return Reply(citable(found.quote, style))


def reply_with_more(shown: Sequence[Quote], asked: Asked, following: Further | None, style: CardStyle) -> Reply:
    """Return further passages, at least one; ``following`` leads to those after them."""
    return Reply(plain_passage(shown[0], style.texts), more_card(shown, asked, following, style))


def reply_of_passage(found: PassageInContext, style: CardStyle, picture: bytes | None) -> Reply:
    """Return the card of one passage."""
    view = passage_card(found, style, picture is not None)
    return Reply(plain_passage(found.quote, style.texts), view, picture, alt_text(found.quote, style.texts))


def reply_of_context(found: PassageInContext, style: CardStyle) -> Reply:
    """Return what stands around a passage."""
    return Reply(plain_passage(found.quote, style.texts), context_card(found, style))


def reply_in_words(sentence: str) -> Reply:
    """Return a sentence, of a refusal, that was not written for Discord's Markdown."""
    return Reply(clip_escaped(sentence, CONTENT_LIMIT), outcome=Outcome.REFUSED, done=False)
