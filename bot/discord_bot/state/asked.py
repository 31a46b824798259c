"""What was asked, and how the question travels in the card itself, so that nothing about it is kept anywhere else.

Comes in: a question with its choices, or a message, of people or of ours. Goes out: the same question. Refuses to judge and to
answer it.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.discord_bot.escaping import clip_escaped, one_line, unescape
from index.records import Document

# Ids of the text components that carry the question; they come back with the message on every press and reply.
QUESTION_COMPONENT = 101
EARLIER_COMPONENTS = (102, 103)
QUESTION_LIMIT = 1000  # UTF-16 code units of Markdown
EARLIER_LIMIT = 200
_EARLIER_MARK = "-# ↳ "
_NO_SOURCE = "-"
MOST_QUESTION_MARKS = 3  # more than that is a list of questions, of which one search can serve only the first
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w+:)\d+>")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how it is to be answered."""

    question: str
    earlier: tuple[str, ...] = ()  # the questions before it, oldest first
    source: str | None = None  # id of the only document to look in
    among: tuple[str, ...] = ()  # ids of the documents that the server uses; empty means all
    private: bool = False
    plain: bool = False
    pictured: bool = True  # the picture of the page may be sent
    in_post: bool = False  # asked in a post of a forum, which can be marked as solved
    language: str = "en"
    server: int | None = None  # Discord id; None for direct messages
    asker: int = 0  # Discord id; used to check who presses a button, never stored or logged


def question_line(question: str) -> str:
    """Return the question as the bold first line of a card."""
    return f"**{clip_escaped(one_line(question), QUESTION_LIMIT)}**"


def earlier_line(question: str) -> str:
    """Return an earlier question in small print."""
    return f"{_EARLIER_MARK}{clip_escaped(one_line(question), EARLIER_LIMIT)}"


def questions_in(components: Iterable[Any]) -> tuple[str, ...]:
    """Return the questions that a card of ours carries, oldest first; empty when it carries none.

    ``components`` are discord.py's components of a received message.
    """
    found = dict(_texts(components))
    if QUESTION_COMPONENT not in found:
        return ()
    earlier = [found[number].removeprefix(_EARLIER_MARK) for number in EARLIER_COMPONENTS if number in found]
    asked = found[QUESTION_COMPONENT].removeprefix("**").removesuffix("**")
    return tuple(unescape(line) for line in (*earlier, asked))


def question_in_text(content: str) -> tuple[str, ...]:
    """Return the question that a plain-text answer of ours carries in bold as its first line; empty when it carries none."""
    first = content.partition("\n")[0]
    if len(first) > 4 and first.startswith("**") and first.endswith("**"):
        return (unescape(first[2:-2]),)
    return ()


def source_digest(source: str | None) -> str:
    """Return a short sign for a document id: ids have any length, custom ids have a hundred characters."""
    return hashlib.sha256(source.encode()).hexdigest()[:12] if source else _NO_SOURCE


def source_of_digest(digest: str, documents: Iterable[Document]) -> str | None:
    """Return the document id that ``digest`` stands for.

    Raises:
        LookupError: no document has it any more.
    """
    if digest == _NO_SOURCE:
        return None
    for document in documents:
        if source_digest(document.id) == digest:
            return document.id
    raise LookupError(digest)


def _texts(components: Iterable[Any]) -> Iterable[tuple[int, str]]:
    for component in components:
        if getattr(component, "content", None) is not None and component.id is not None:
            yield component.id, component.content
        yield from _texts(getattr(component, "children", ()))


def question_in(content: str) -> tuple[str, bool]:
    """Return the question in ``content``, without mentions of people, channels and emoji, and whether others were left out."""
    words = one_line(_MENTION.sub(" ", content))
    if words.count("?") <= MOST_QUESTION_MARKS:
        return words, False
    return words[: words.index("?") + 1], True
