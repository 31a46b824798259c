"""An Answer as plain text: for notifications, screen readers, and whenever Discord does not take a card.

Comes in: an Answer. Goes out: Markdown of at most 2,000 characters. Refuses to know components.
"""

from bot.answering.answers import Answer, Quote, Status
from bot.discord_bot.cards.cards import definition_text, not_found_text, pointer_text
from bot.discord_bot.cards.quote_text import plain_quote
from bot.discord_bot.escaping import clip_escaped, length, one_line
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.texts import Texts

CONTENT_LIMIT = 2000
_QUESTION_LIMIT = 300  # UTF-16 code units, both of these
_DEFINITION_LIMIT = 240


def plain_answer(answer: Answer, asked: Asked, texts: Texts) -> str:
    """Return ``answer`` as one message: the question, the words quoted, where they stand."""
    lines = [f"**{clip_escaped(one_line(asked.question), _QUESTION_LIMIT)}**"]
    if answer.definition is not None:
        lines.append(definition_text(answer.definition, texts, _DEFINITION_LIMIT))
    if not answer.quotes:
        return "\n".join([*lines, not_found_text(answer, texts)])
    if answer.status is Status.UNCERTAIN:
        lines.append(f"{texts.headline(answer.status)}. {texts.explanation(answer.status)}")
    if answer.signpost:
        lines.append(pointer_text(answer))
    used = sum(length(line) + 1 for line in lines)
    return "\n".join([*lines, plain_quote(answer.quotes[0], texts, CONTENT_LIMIT - used)])


def plain_passage(quote: Quote, texts: Texts) -> str:
    """Return one passage as plain text."""
    return plain_quote(quote, texts, CONTENT_LIMIT)
