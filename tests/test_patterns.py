"""No pattern takes more than a moment for a text of any length: a search that goes back for each letter would take minutes here.

The texts are so long that one look at each letter takes milliseconds and a look at the rest for each letter takes minutes; between the
two lies the bound, in processor time of this process alone, so that a busy machine changes nothing.
"""

import time
from collections.abc import Callable

import pytest

from bot.answering.guidance import Definitions
from bot.discord_bot.escaping import escape, unescape
from bot.discord_bot.state.asked import question_in
from index.lexicon import Term
from index.retrieval import questions
from index.text import language
from index.text.analysis import words_of
from index.text.atoms import split_sentences

LENGTH = 50_000
SECONDS = 0.5  # the dearest takes a third of it
PIECES = (
    "a",
    "A",
    "A&",
    "A ",
    " ",
    "\n",
    ".",
    "…",
    "'",
    "a'",
    "1,",
    "s.",
    "s. ",
    "?",
    "? ",
    '"',
    "“",
    "<a:",
    "<@1",
    ":",
    "\\",
    "-",
    "9",
    "\n9",
)
ENDS = ("", "!x")

PATTERNS: dict[str, Callable[[str], object]] = {
    "words and sections": words_of,
    "acronyms": lambda text: questions._acronyms(f"{text}z"),
    "phrases": questions._PHRASE.findall,
    "going on": language.GOES_ON.search,
    "pointing back": language.POINTS_BACK.search,
    "definitions": lambda text: Definitions([Term("ACV", "")]).asked_for(f"what is {text}"),
    "sentences": split_sentences,
    "Markdown": lambda text: unescape(escape(text)),
    "mentions": question_in,
}


def spent_on(look, text):
    """Seconds of the processor that looking at a text takes."""
    started = time.process_time()
    look(text)
    return time.process_time() - started


@pytest.mark.parametrize("name", PATTERNS)
def test_twice_the_text_is_not_four_times_the_work(name):
    """Every piece repeated, with every end after it."""
    look = PATTERNS[name]
    for piece in PIECES:
        for end in ENDS:
            text = piece * (LENGTH // len(piece)) + end
            # Again where it took too long: a search of the whole process for garbage may fall into it.
            assert any(spent_on(look, text) < SECONDS for _ in range(3)), (piece, end)
