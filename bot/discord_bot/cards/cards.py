"""An Answer as a card: Components V2, within Discord's limits, its text escaped, its answering sentences bold.

Comes in: an Answer and what was asked. Goes out: a LayoutView. Pure: nothing is sent, read or remembered here.
Limits: 4,000 characters over all text of a message, 40 components, 5 buttons a row.
"""

from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import ActionRow, Container, Item, LayoutView, MediaGallery, Section, Separator, TextDisplay

from bot.answering.answers import Answer, NearSection, PassageInContext, Quote, Status
from bot.answering.links import reader_link
from bot.answering.wording import SEVERAL, mended_told, parts_told
from bot.discord_bot.cards.controls import Action, Control, Further, in_markdown, link
from bot.discord_bot.cards.excerpt import excerpt
from bot.discord_bot.cards.quote_text import alt_text, heading_of, quote_markdown, source_of
from bot.discord_bot.cards.rows import CardStyle, answer_rows, more_control, places, second_link
from bot.discord_bot.escaping import clip_escaped, length, one_line
from bot.discord_bot.state.asked import (
    EARLIER_COMPONENTS,
    QUESTION_COMPONENT,
    Asked,
    earlier_line,
    question_line,
)
from bot.discord_bot.texts import Texts
from index.lexicon import Term

TEXT_LIMIT = 4000
_SAFE_TEXT = TEXT_LIMIT - 20  # a margin for the joints between the parts
DEFINITION_LIMIT = 500  # UTF-16 code units, each of these
_SIGNPOST_LIMIT = 400
_PART_LIMIT = 100
_TITLE_LIMIT = 120
_CONTEXT_LEAD = 900  # characters of the page shown before a passage
PICTURE_NAME = "page.png"
_COLOURS = {Status.ANSWERED: 0x1D70B8, Status.UNCERTAIN: 0xB58840, Status.NOT_FOUND: 0x6F777B}


def answer_card(answer: Answer, asked: Asked, style: CardStyle, pictured: bool = False, shared_by: int = 0) -> LayoutView:
    """Return the card of ``answer``.

    Args:
        answer: what came of the question.
        asked: the question as it was asked.
        style: texts and public address.
        pictured: the message carries the picture of the page as ``page.png``.
        shared_by: the Discord id of the person who shares a private answer, 0 for none.
    """
    head = _head(answer, asked, style.texts, shared_by)
    colour = _COLOURS[answer.status]
    rows = answer_rows(answer, asked, style, shared_by)
    if not answer.quotes:
        return _view(Container(*head, _text(not_found_text(answer, style)), *rows, accent_colour=colour))
    quote = answer.quotes[0]
    picture = [_picture(quote, style.texts)] if pictured else []
    beside = [_text(f"-# {line}") for line in filter(None, [second_link(quote, style)])]
    body = _text(quote_markdown(quote, style.texts, _SAFE_TEXT - _length(head) - _length(beside)))
    return _view(Container(*head, body, *beside, *picture, *rows, accent_colour=colour))


def more_card(quotes: Sequence[Quote], asked: Asked, following: Further | None, style: CardStyle) -> LayoutView:
    """Return the card of further passages; ``following`` says which come next, None when there are no more."""
    head = _question_texts(asked)
    budget = (_SAFE_TEXT - _length(head)) // max(1, len(quotes))
    parts: list[Item[Any]] = list(head)
    for quote in quotes:
        context = Control(Action.CONTEXT, quote.id, style.texts.say("button.context"))
        parts.extend((Separator(), Section(_text(quote_markdown(quote, style.texts, budget)), accessory=context)))
    if following is not None:
        parts.append(ActionRow(more_control(following, style.texts)))
    return _view(Container(*parts))


def passage_card(found: PassageInContext, style: CardStyle, pictured: bool = False) -> LayoutView:
    """Return the card of one passage: its words, its page, its neighbours to turn to."""
    body = _text(quote_markdown(found.quote, style.texts, _SAFE_TEXT))
    picture = [_picture(found.quote, style.texts)] if pictured else []
    return _view(Container(body, *picture, *_links(found.quote, style), *_turns(found, style.texts)))


def context_card(found: PassageInContext, style: CardStyle) -> LayoutView:
    """Return the card of a passage with what stands around it on its page, the passage itself in bold."""
    heading, source = heading_of(found.quote.citation), source_of(found.quote, style.texts)
    budget = _SAFE_TEXT - length(heading) - length(source)
    around = excerpt(found.page.text, [(found.start, found.end)], budget, lead=_CONTEXT_LEAD)
    body = _text(f"{heading}\n{around.markdown()}\n{source}")
    return _view(Container(body, *_links(found.quote, style), *_turns(found, style.texts)))


def note_card(title: str, body: str, links: Sequence[tuple[str, str]] = ()) -> LayoutView:
    """Return a card of our own words, already Markdown: help, privacy, lists; ``links`` are labels and addresses."""
    buttons = [button for label, url in links if (button := link(label, url))]
    rows = [ActionRow(*buttons)] if buttons else []
    return _view(Container(TextDisplay(f"### {title}"), TextDisplay(body), *rows))


def _view(container: Container[Any]) -> LayoutView:
    view = LayoutView(timeout=None)
    view.add_item(container)
    return view


def _text(markdown: str) -> TextDisplay[Any]:
    return TextDisplay(markdown)


def _head(answer: Answer, asked: Asked, texts: Texts, shared_by: int) -> list[TextDisplay[Any]]:
    """Return what stands above the quote: the question, who shares it, what its word means, how far to trust the answer."""
    head = _question_texts(asked)
    if shared_by:
        head.append(_text(f"-# {texts.say('card.shared_by', person=f'<@{shared_by}>')}"))
    if answer.mended:
        head.append(_text(mended_text(answer)))
    if answer.definition is not None:
        head.append(_text(definition_text(answer.definition, texts)))
    if answer.quotes:
        head.append(_text(verdict_text(answer, texts)))
    if answer.signpost and answer.quotes:
        head.append(_text(pointer_text(answer)))
    if answer.parts:
        head.append(_text(parts_text(answer)))
    return head


def verdict_text(answer: Answer, texts: Texts) -> str:
    """Return in one line how far to trust the answer: in small letters where it is sure, in bold where it is not."""
    headline = texts.headline(answer.status)
    return f"**{headline}.**" if answer.status is Status.UNCERTAIN else f"-# {headline}."


def _question_texts(asked: Asked) -> list[TextDisplay[Any]]:
    earlier = zip(EARLIER_COMPONENTS, asked.earlier[-len(EARLIER_COMPONENTS) :], strict=False)
    texts: list[TextDisplay[Any]] = [TextDisplay(earlier_line(question), id=number) for number, question in earlier]
    return [*texts, TextDisplay(question_line(asked.question), id=QUESTION_COMPONENT)]


def not_found_text(answer: Answer, style: CardStyle) -> str:
    """Return the refusal: short, kind, and what to try; a signpost where one is known, and the nearest sections by name."""
    texts = style.texts
    lines = [f"{texts.headline(answer.status)}. {texts.explanation(answer.status)}"]
    if answer.signpost:
        lines.append(clip_escaped(answer.signpost, _SIGNPOST_LIMIT))
    if answer.sections:
        lines += [texts.say("not_found.nearest"), *(f"- {_section(section, style.public_url)}" for section in answer.sections)]
        lines.append(texts.say("not_found.try"))
    lines.extend(f"- {line}" for line in texts.what_to_try())
    lines.append(texts.say("not_found.sources"))
    return "\n".join(lines)


def _section(section: NearSection, public: str) -> str:
    """Return a section by name, as a link to our page for it where there is one."""
    name = clip_escaped(one_line(section.heading or section.title), _TITLE_LIMIT)
    linked = in_markdown(name, reader_link(public, section.passage)) if public else ""
    return linked or name


def pointer_text(answer: Answer) -> str:
    """Return where to go on beside what is shown, in small letters."""
    return f"-# {clip_escaped(one_line(answer.signpost), _SIGNPOST_LIMIT)}"


def mended_text(answer: Answer) -> str:
    """Return which words were read otherwise than they were typed, in small letters."""
    return f"-# {clip_escaped(one_line(mended_told(answer)), _PART_LIMIT)}"


def parts_text(answer: Answer) -> str:
    """Return what became of each of several questions asked at once, in small letters."""
    told = (f"-# {clip_escaped(one_line(question), _PART_LIMIT)}: {became}" for question, became in parts_told(answer))
    return "\n".join([f"-# {SEVERAL}", *told])


def definition_text(term: Term, texts: Texts, most: int = DEFINITION_LIMIT) -> str:
    """Return what a word means, in at most ``most`` UTF-16 code units, where the question asks for that."""
    said = clip_escaped(one_line(term.definition), most)
    return texts.say("card.definition", term=clip_escaped(one_line(term.term), 100), definition=said)


def _picture(quote: Quote, texts: Texts) -> MediaGallery[Any]:
    described = discord.MediaGalleryItem(f"attachment://{PICTURE_NAME}", description=alt_text(quote, texts))
    return MediaGallery(described)


def _links(quote: Quote, style: CardStyle) -> list[ActionRow[Any]]:
    buttons = [button for key, url in places(quote, style) if (button := link(style.texts.say(key), url))]
    return [ActionRow(*buttons)] if buttons else []


def _turns(found: PassageInContext, texts: Texts) -> list[ActionRow[Any]]:
    places = ((found.before, "button.previous"), (found.after, "button.next"))
    buttons = [Control(Action.TURN, near, texts.say(key)) for near, key in places if near]
    return [ActionRow(*buttons)] if buttons else []


def _length(parts: Sequence[TextDisplay[Any]]) -> int:
    return sum(length(part.content) for part in parts)
