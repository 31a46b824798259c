"""Tell what a person wants who wrote this: an answer, or something that no passage can give.

Comes in: a question as a person typed it. Goes out: its Kind. Refuses to search. The patterns are English and stand in
``index.text.language``.

What is told here is narrow on purpose: "help me word an objection" is a question that sections answer, "write our objection" is not.
"""

import re
from enum import Enum

from index.text.language import GREETING, LIVE_FACT, REQUEST

_MOST_READ = 400  # characters: what is wanted is said at the beginning


class Kind(Enum):
    """What somebody wants."""

    QUESTION = "question"
    GREETING = "greeting"  # hello, thanks, help, and nothing else
    REQUEST = "request"  # to write, to send, to do something
    LIVE_FACT = "live fact"  # what only a register or a calendar of today says
    OTHER_LANGUAGE = "other language"


def kind_of(question: str) -> Kind:
    """Return what is wanted by ``question``, which is in English."""
    asked = " ".join(re.sub(r"[^\w\s/-]", " ", question[:_MOST_READ].casefold().replace("'", "").replace("’", "")).split())
    if GREETING.fullmatch(asked):
        return Kind.GREETING
    if REQUEST.search(asked):
        return Kind.REQUEST
    return Kind.LIVE_FACT if LIVE_FACT.search(asked) else Kind.QUESTION
