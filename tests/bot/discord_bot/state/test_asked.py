"""A question travels in the card and comes back as it was."""

from types import SimpleNamespace

import pytest

from bot.discord_bot.state.asked import EARLIER_COMPONENTS, QUESTION_COMPONENT, earlier_line, question_line, questions_in


def text(number: int, content: str) -> SimpleNamespace:
    """Return a component as discord.py hands it over."""
    return SimpleNamespace(id=number, content=content)


@pytest.mark.parametrize(
    "question", ["What if *they* say _no_?", "A `pub` & 2 > 1", "**bold** ||spoiler||", "@everyone #all :cat:"]
)
def test_what_people_typed_comes_back_as_it_was(question):
    """Markdown in it is escaped on the way out and read back on the way in."""
    carried = [text(QUESTION_COMPONENT, question_line(question)), text(EARLIER_COMPONENTS[0], earlier_line("and before?"))]
    assert questions_in(carried) == ("and before?", question)


def test_line_breaks_become_one_line():
    """A card has one line for it."""
    assert questions_in([text(QUESTION_COMPONENT, question_line("one\n\ntwo"))]) == ("one two",)


def test_a_message_without_a_question_carries_none():
    """Whoever wrote it."""
    assert questions_in([text(7, "**a bold line**")]) == ()
