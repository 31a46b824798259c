"""What can be pressed under an answer: a row of buttons, a menu of what is wanted less often; and where a quote can be read.

Comes in: an Answer and what was asked. Goes out: rows, links. Pure. Refuses to know what a press does.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import discord
from discord.ui import ActionRow, Item

from bot.answering.answers import Answer, Quote
from bot.answering.links import original_link, reader_link
from bot.discord_bot.cards.controls import Action, Control, Further, Menu, SectionsMenu, in_markdown, link
from bot.discord_bot.state.asked import Asked, source_digest
from bot.discord_bot.texts import Texts

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]]+")
_ENDS = ".,;:!?’”'\""  # of a sentence in which an address stands
_MOST_POINTERS = 3


@dataclass(frozen=True, slots=True)
class CardStyle:
    """What every card needs beside its words."""

    texts: Texts
    public_url: str = ""  # of the reader page; without it there is no link to it


def answer_rows(answer: Answer, asked: Asked, style: CardStyle, shared_by: int = 0) -> list[ActionRow[Any]]:
    """Return what can be pressed under an answer, a card or not: a row of buttons, and a menu of what is wanted less often."""
    if not answer.quotes:
        pointers = filter(None, (link(name, url) for name, url in pointers_in(answer.signpost)))
        row = ActionRow(_further(asked, style.texts), *pointers)
        return [row, ActionRow(_sections(answer, style.texts))] if answer.sections else [row]
    quote = answer.quotes[0]
    leading = [button for key, url in places(quote, style)[:1] if (button := link(style.texts.say(key), url))]
    return [
        ActionRow(*_buttons(quote, asked, style.texts, shared_by), *leading),
        ActionRow(_menu(quote, asked, style.texts)),
    ]


def second_link(quote: Quote, style: CardStyle) -> str:
    """Return the link that has no button, as Markdown; empty where there is none."""
    return "".join(in_markdown(style.texts.say(key), url) for key, url in places(quote, style)[1:])


def pointers_in(signpost: str) -> list[tuple[str, str]]:
    """Return the addresses that a signpost names, each with the name of its site."""
    found = [address.rstrip(_ENDS) for address in _ADDRESS.findall(signpost)]
    sites = ((urlsplit(address).netloc.removeprefix("www."), address) for address in dict.fromkeys(found))
    return [(site, address) for site, address in sites if site][:_MOST_POINTERS]


def places(quote: Quote, style: CardStyle) -> list[tuple[str, str]]:
    """Return where the quote can be read: on our page, and in its source, as far as Discord takes the address."""
    reader = reader_link(style.public_url, quote.id) if style.public_url else ""
    known = (("button.reader", reader), ("button.original", original_link(quote.citation, quote.text)))
    return [(key, url) for key, url in known if link(key, url)]


def _buttons(quote: Quote, asked: Asked, texts: Texts, shared_by: int) -> list[Item[Any]]:
    judged = ((Action.HELPFUL, "button.helpful"), (Action.UNHELPFUL, "button.unhelpful"))
    own = asked.private and not shared_by
    return [
        Control(Action.CONTEXT, quote.id, texts.say("button.context")),
        _share(asked, texts) if own else Control(Action.CITE, quote.id, texts.say("button.cite")),
        *(Control(action, quote.id, texts.say(key)) for action, key in judged),
    ]


def _menu(quote: Quote, asked: Asked, texts: Texts) -> Menu:
    offered = (
        (Action.MORE, "button.more", True),
        (Action.FURTHER, "button.further", True),
        (Action.CITE, "button.cite", asked.private),
        (Action.SOLVED, "button.solved", asked.in_post),
        (Action.WRONG_PAGE, "button.wrong_page", quote.citation.page is not None),
    )
    lines = [(action, texts.say(key)) for action, key, wanted in offered if wanted]
    return Menu(source_digest(asked.source), quote.id, texts.say("button.menu"), lines)


def _sections(answer: Answer, texts: Texts) -> SectionsMenu:
    sections = [(section.passage, section.heading, section.title) for section in answer.sections]
    return SectionsMenu(texts.say("button.sections"), sections)


def more_control(which: Further, texts: Texts) -> Control:
    """Return the button that shows further passages."""
    return Control(Action.MORE, which.argument(), texts.say("button.more"))


def _further(asked: Asked, texts: Texts) -> Control:
    return Control(Action.FURTHER, source_digest(asked.source), texts.say("button.further"))


def _share(asked: Asked, texts: Texts) -> Control:
    argument = f"{asked.asker}:{source_digest(asked.source)}"
    return Control(Action.SHARE, argument, texts.say("button.share"), discord.ButtonStyle.primary)
