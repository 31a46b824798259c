"""What a person typed, ready to be searched for, or the sentence that says why it cannot be.

Comes in: a question, or the earlier ones of a conversation. Goes out: text without control characters and surplus space. Refuses to
read what it means.
"""

import unicodedata
from collections.abc import Sequence

from bot.answering.limits import MOST_CHARACTERS
from index.errors import QuestionError


def check_question(question: str) -> str:
    """Return ``question`` without control characters and surplus space.

    Raises:
        QuestionError: nothing is left, nothing in it can be searched for, or it is too long.
    """
    if len(question) > MOST_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters; at most {MOST_CHARACTERS:,} can be searched for. "
            "Ask it in a sentence or two."
        )
    asked = _cleaned(question)
    if not asked:
        raise QuestionError("The question is empty. Type a question in plain words.")
    if not any(letter.isalnum() for letter in asked):
        raise QuestionError("There are no words in the question. Type a question in plain words.")
    return asked


def _cleaned(question: str) -> str:
    # "Cc" control, "Cf" format (bidi marks, zero width), "Cs" lone surrogates: never meant by a person who asks.
    # None of them is printable, and that is told of a whole text at once.
    if not question.isprintable():
        question = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in question)
    return " ".join(question.split())


def last_earlier(context: Sequence[str]) -> tuple[str, ...]:
    """Return the last of the earlier questions, the only one that a question leans on, as it may be searched for; or none."""
    return tuple(filter(None, (_cleaned(question[:MOST_CHARACTERS]) for question in context[-1:])))
