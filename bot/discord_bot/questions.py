"""Find the question in a message that people wrote.

Comes in: the text of a message. Goes out: the question, and whether there were more. Refuses to judge it: the answer service does.
"""

import re

from bot.discord_bot.escaping import one_line

MOST_QUESTION_MARKS = 3  # more than that is a list of questions, of which one search can serve only the first
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w+:)\d+>")


def question_in(content: str) -> tuple[str, bool]:
    """Return the question in ``content``, without mentions of people, channels and emoji, and whether others were left out."""
    words = one_line(_MENTION.sub(" ", content))
    if words.count("?") <= MOST_QUESTION_MARKS:
        return words, False
    return words[: words.index("?") + 1], True
