"""When a signpost stands at a question, and when that is enough to refuse."""

import numpy as np
import pytest

from index.lexicon import Signpost
from index.signposts import Signposts, refuses

BAND = Signpost(
    "band", "near miss", ("council tax band", "can't pay"), "Ask the Valuation Office Agency.", unless=("referendum",)
)
ABROAD = Signpost("abroad", "other jurisdiction", ("Scotland", "A&E"), "Ask there.")
POSTS = Signposts((BAND, ABROAD), np.empty((0, 3), np.float32))


@pytest.mark.parametrize(
    "question",
    ["How do I appeal my COUNCIL TAX BAND?", "my  council   tax band is wrong", "council tax band, please", "I can’t pay"],
)
def test_a_pattern_is_met_in_any_case_spacing_and_apostrophe(question):
    """People type as they like."""
    assert POSTS.standing_at(question) is BAND


@pytest.mark.parametrize("question", ["council tax bands of the county", "Scotlands", "a council taxband", "A&Eish"])
def test_a_pattern_is_met_as_whole_words_only(question):
    """Part of a longer word is another word."""
    assert POSTS.standing_at(question) is None


def test_a_pattern_may_end_in_a_mark():
    """Marks at the edge of a pattern are part of it."""
    assert POSTS.standing_at("is there an A&E near me") is ABROAD


def test_unless_cancels_its_own_signpost_only():
    """The others are still looked at."""
    assert POSTS.standing_at("council tax band after a referendum") is None
    assert POSTS.standing_at("council tax band after a referendum in Scotland") is ABROAD


def test_the_first_signpost_in_the_order_of_the_file_wins():
    """Emergencies stand first in the file."""
    assert POSTS.standing_at("council tax band in Scotland") is BAND


@pytest.mark.parametrize("kind", ["near miss", "personal matter"])
def test_what_lies_close_is_refused_unless_the_search_is_all_but_certain(kind):
    """Its words also occur in questions that are answered."""
    post = Signpost("close", kind, ("x",), "Elsewhere.")
    assert refuses(post, 0.89)
    assert not refuses(post, 0.9)


@pytest.mark.parametrize("kind", ["emergency", "other jurisdiction", "off topic", "instruction"])
def test_all_others_are_refused_however_sure_the_search_is(kind):
    """A passage that shares their words is no help."""
    assert refuses(Signpost("far", kind, ("x",), "Elsewhere."), 1.0)


ASKED = (
    Signpost("band", "near miss", ("x",), "Ask the Valuation Office Agency.", asked=("is my band right", "who sets the band")),
    Signpost("bins", "personal matter", ("y",), "Ask the council.", asked=("my bin was not emptied",)),
)
NEAR = Signposts(ASKED, np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], np.float32))


def test_a_question_nearer_to_what_is_not_held_than_to_anything_held_is_sent_on():
    """The signpost is the one whose question is nearest."""
    assert NEAR.nearer(np.array([0, 0, 1], np.float32), 0.5) is ASKED[1]
    assert NEAR.nearer(np.array([0.8, 0.6, 0], np.float32), 0.5) is ASKED[0]


@pytest.mark.parametrize("nearness", [0.97, 1.0])
def test_what_is_held_and_about_as_near_wins(nearness):
    """A doubt is decided for the answer."""
    assert NEAR.nearer(np.array([0, 0, 1], np.float32), nearness) is None


def test_words_and_nearness_both_refuse():
    """By the words where a signpost stands there, else by the wordings."""
    vector = np.array([0, 0, 1], np.float32)
    assert NEAR.refusing("x", vector, 1.0, 0.4) is ASKED[0]
    assert NEAR.refusing("x", vector, 1.0, 0.95) is None
    assert NEAR.refusing("my bins", vector, 0.5, 0.9) is ASKED[1]


def test_a_question_far_from_everything_is_left_to_the_confidence():
    """Nothing is known about it."""
    assert NEAR.nearer(np.array([0, 1, 0], np.float32) / np.float32(2), 0.0) is None


def test_without_wordings_nothing_is_near():
    """A corpus need not have any."""
    assert POSTS.nearer(np.array([1, 0, 0], np.float32), 0.0) is None
