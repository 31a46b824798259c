"""Cooldowns, what was dealt with, and the question in a message."""

import pytest

from bot.discord_bot.questions import question_in
from bot.discord_bot.state import pace
from bot.discord_bot.state.pace import Once, Pace


def test_questions_are_counted_in_a_sliding_minute():
    """Two a minute: the third waits until the first is a minute old, and a refused one does not count."""
    now = 0.0
    counted = Pace(lambda: now)
    waits = []
    for now in (0.0, 10.0, 20.0, 59.0, 60.0, 61.0, 70.0):  # noqa: B007  # the clock reads it
        waits.append(counted.wait("a", 2))
    assert waits == [0.0, 0.0, 40.0, 1.0, 0.0, 9.0, 0.0]
    assert counted.wait("b", 2) == 0.0


def test_memory_is_bounded(monkeypatch):
    """The oldest are forgotten first."""
    monkeypatch.setattr(pace, "_MOST_REMEMBERED", 3)
    once, counted = Once(), Pace(lambda: 0.0)
    assert [once.first(number) for number in (1, 2, 3, 4, 2, 1)] == [True, True, True, True, False, True]
    assert [counted.wait(number, 1) for number in (1, 2, 3, 4, 1)] == [0.0] * 5


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<@9000> who keeps the list?", ("who keeps the list?", False)),
        ("<@!9000>\n  who\tkeeps <#200> <a:wave:1> it?", ("who keeps it?", False)),
        ("who? what? when?", ("who? what? when?", False)),
        ("who? what? when? why?", ("who?", True)),
        ("<@9000>", ("", False)),
        ("is 3 < 4 > 2?", ("is 3 < 4 > 2?", False)),
    ],
)
def test_the_question_is_found_in_a_message(content, found):
    """Mentions, channels and emoji are no part of it; of a whole list the first is taken."""
    assert question_in(content) == found
