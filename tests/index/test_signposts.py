"""When a signpost stands at a question, and when that is enough to refuse."""

import pytest

from index.lexicon import Signpost
from index.signposts import matching_signpost, refuses

BAND = Signpost(
    "band", "near miss", ("council tax band", "can't pay"), "Ask the Valuation Office Agency.", unless=("referendum",)
)
ABROAD = Signpost("abroad", "other jurisdiction", ("Scotland", "A&E"), "Ask there.")
POSTS = (BAND, ABROAD)


@pytest.mark.parametrize(
    "question",
    ["How do I appeal my COUNCIL TAX BAND?", "my  council   tax band is wrong", "council tax band, please", "I can’t pay"],
)
def test_a_pattern_is_met_in_any_case_spacing_and_apostrophe(question):
    """People type as they like."""
    assert matching_signpost(question, POSTS) is BAND


@pytest.mark.parametrize("question", ["council tax bands of the county", "Scotlands", "a council taxband", "A&Eish"])
def test_a_pattern_is_met_as_whole_words_only(question):
    """Part of a longer word is another word."""
    assert matching_signpost(question, POSTS) is None


def test_a_pattern_may_end_in_a_mark():
    """Marks at the edge of a pattern are part of it."""
    assert matching_signpost("is there an A&E near me", POSTS) is ABROAD


def test_unless_cancels_its_own_signpost_only():
    """The others are still looked at."""
    assert matching_signpost("council tax band after a referendum", POSTS) is None
    assert matching_signpost("council tax band after a referendum in Scotland", POSTS) is ABROAD


def test_the_first_signpost_in_the_order_of_the_file_wins():
    """Emergencies stand first in the file."""
    assert matching_signpost("council tax band in Scotland", POSTS) is BAND


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
