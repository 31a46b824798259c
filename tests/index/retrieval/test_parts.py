"""Several questions in one are told apart; a clause that belongs to what stands before it is not cut off."""

import pytest

from index.retrieval.questions import LONGEST_IN_PARTS, parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who mends it, how long does it take and can they say no?",
            ("Who mends it", "how long does it take", "can they say no"),
        ),
        ("How long does it take? And who pays?", ("How long does it take", "who pays")),
        ("The swing is broken. Who mends it? Can we close it ourselves?", ("Who mends it", "Can we close it ourselves")),
        ("who decides and how do we object?", ("who decides", "how do we object")),
        ("when is it, where is it, who is there, what is said", ("when is it", "where is it", "who is there")),
    ],
)
def test_several_questions_are_told_apart(question, parts):
    """Three at most."""
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "the club, which owns the field, wants to sell it. what can we do?",
        "can we use the pool, when the club is away",
        "what happens if we lose and the club sells it anyway",
        "is it true that we have six weeks and that the owner can say no",
        "what is the difference between a swing and a slide",
        "do we need a coach and a physio",
        "what should be in the letter",
        "",
        "?? and ??",
        "who pays and how do we ask " + "x" * LONGEST_IN_PARTS,
    ],
)
def test_one_question_stays_one(question):
    """Also a story with one question in it, and one that is too long to be seen several times."""
    assert parts_of(question) == ()
