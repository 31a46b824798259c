"""Cooldowns, what was dealt with, and the question in a message."""

from types import SimpleNamespace

import limits.storage.memory
import pytest

from bot.discord_bot import bot_state
from bot.discord_bot.bot_state import Once, Pace
from bot.discord_bot.state.asked import question_in


@pytest.fixture
def clock(monkeypatch):
    """The clock that questions are counted by, standing still until a test sets it."""
    made = SimpleNamespace(now=600_000.0)
    for module in (limits.storage.memory, bot_state):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: made.now))
    return made


def test_questions_are_counted_in_a_sliding_minute(clock):
    """Two a minute: the third waits until the first is a minute old, and a refused one does not count."""
    counted, begun = Pace(), clock.now
    waits = []
    for second in (0.0, 10.0, 20.0, 59.0, 60.5, 61.0, 70.5):
        clock.now = begun + second
        waits.append(counted.wait("a", 2))
    assert waits == [0.0, 0.0, 40.0, 1.0, 0.0, 9.0, 0.0]
    assert counted.wait("b", 2) == 0.0


def test_a_persons_questions_count_together_where_servers_have_limits_of_their_own(clock):
    """Who has asked three times where five are allowed has used up a limit of two elsewhere."""
    counted = Pace()
    assert [counted.wait("a", 5) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert counted.wait("a", 2) == 60.0
    assert counted.wait("a", 5) == 0.0


def test_what_was_dealt_with_is_forgotten_oldest_first(monkeypatch):
    """Memory is bounded."""
    monkeypatch.setattr(bot_state, "_MOST_REMEMBERED", 3)
    once = Once()
    assert [once.first(number) for number in (1, 2, 3, 4, 2, 1)] == [True, True, True, True, False, True]


def test_nobody_is_known_a_minute_after_the_last_question(monkeypatch, clock):
    """However many ask in the course of a year, memory holds those of this minute."""
    monkeypatch.setattr(bot_state, "_MOST_REMEMBERED", 3)
    counted = Pace()
    for number in range(20):
        clock.now += 61.0
        assert counted.wait(number, 1) == 0.0
        counted._asked.timer.join()  # the library tidies up on a thread of its own
    assert len([events for events in counted._asked.events.values() if events]) == 1


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
