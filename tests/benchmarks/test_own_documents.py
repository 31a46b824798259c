"""Questions to guides for which nothing was prepared."""

import re
from collections import Counter

import pytest

from benchmarks.own_documents import QUESTIONS, document_of
from benchmarks.own_questions import Came, OwnQuestion, Place, read_own_questions, row_of
from index.abstention.decision import Status

PLACE = Place("a.pdf", frozenset({2, 3}), (re.compile("three years", re.IGNORECASE), re.compile("reapply")))
HELD = OwnQuestion("held", "plain", "how long", (PLACE,))
ABSENT = OwnQuestion("absent", "off topic", "roses", ())


@pytest.mark.parametrize(
    ("page", "text", "is_right"),
    [
        (2, "Within Three Years, or reapply.", True),
        (3, "reapply after three years", True),
        (4, "reapply after three years", False),  # another page, where it may be said of something else
        (2, "after three years", False),  # one pattern is not enough
    ],
)
def test_a_passage_is_right_on_a_named_page_where_every_pattern_is_found(page, text, is_right):
    """Pages and patterns both, in any case."""
    assert PLACE.holds(page, text) is is_right


def test_a_row_counts_what_is_shown_apart_from_what_is_found():
    """Four questions with an answer and two without, each with another ending."""
    came = [
        Came(HELD, Status.ANSWERED, 0.9, 1, 1),
        Came(HELD, Status.UNCERTAIN, 0.5, 3, 3),
        Came(HELD, Status.NOT_FOUND, 0.1, None, 1),
        Came(HELD, Status.ANSWERED, 0.8, None, None),
        Came(ABSENT, Status.NOT_FOUND, 0.0, None, None),
        Came(ABSENT, Status.ANSWERED, 0.8, None, None),
    ]
    assert row_of("all", came) == "| all | 4 | 25% | 50% | 75% | 25% | 25% | 2 | 50% | 50% |"
    assert row_of("off topic", came[4:]) == "| off topic | 0 | - | - | - | - | - | 2 | 50% | 50% |"
    assert [one.is_right for one in came] == [True, False, False, False, True, False]


def test_there_are_sixty_questions_and_twelve_that_are_not_answered():
    """Half of the sixty are worded far from the text; ids are told apart; every answer names a page and a pattern."""
    questions = read_own_questions(QUESTIONS)
    assert Counter(bool(one.places) for one in questions) == {True: 60, False: 12}
    assert sum(one.style == "far" for one in questions) >= 29
    assert len({one.id for one in questions}) == 72
    assert all(place.pages and place.must for one in questions for place in one.places)


def test_a_document_is_called_by_the_name_of_its_file():
    """An id holds small letters, digits and single hyphens, and is not longer than a catalogue takes."""
    assert document_of("scanned_100Tips.pdf") == "scanned-100tips"
    assert document_of("a__b--c (2nd).pdf") == "a-b-c-2nd"
    assert len(document_of(f"{'long-' * 40}.pdf")) <= 60
