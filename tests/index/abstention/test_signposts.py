"""When a signpost stands at a question, and when that is enough to refuse."""

from dataclasses import replace

import faiss
import numpy as np
import pytest

from index.abstention.signposts import OutOfScope, Signposts, refuses
from index.dense.faiss_reader import Vectors
from index.lexicon import Signpost

BAND = Signpost(
    "band", "near miss", ("council tax band", "can't pay"), "Ask the Valuation Office Agency.", unless=("referendum",)
)
ABROAD = Signpost("abroad", "other jurisdiction", ("Scotland", "A&E"), "Ask there.")


def wordings(vectors):
    """Return an index of ``vectors``, each of length 3."""
    index = faiss.IndexFlatIP(3)
    index.add(np.array(vectors, np.float32).reshape(-1, 3))
    return Vectors(index)


POSTS = Signposts((BAND, ABROAD), wordings([]))


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
def test_what_lies_close_is_refused_unless_it_is_clearly_held(kind):
    """By a search that is all but certain, or by lying much nearer to it: its words also occur in questions that are answered."""
    post = Signpost("close", kind, ("x",), "Elsewhere.")
    assert refuses(post, 0.89)
    assert not refuses(post, 0.9)
    assert not refuses(post, 0.5, inside=0.15)


@pytest.mark.parametrize("kind", ["emergency", "other jurisdiction", "off topic", "instruction"])
def test_all_others_are_refused_however_sure_the_search_is(kind):
    """A passage that shares their words is no help."""
    assert refuses(Signpost("far", kind, ("x",), "Elsewhere."), 1.0, inside=0.5)


ASKED = (
    Signpost("band", "near miss", ("x",), "Ask the Valuation Office Agency.", asked=("is my band right", "who sets the band")),
    Signpost("bins", "personal matter", ("y",), "Ask the council.", asked=("my bin was not emptied",)),
)
NEAR = Signposts(ASKED, wordings([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]]))
BINS = OutOfScope(ASKED[1], cosine=0.8, around=0.5, agreed=True)


def test_what_lies_nearest_of_all_that_is_not_held_is_named():
    """By the nearest wording; the mean of the nearest three says how near all of that lies."""
    nearest = NEAR.nearest(np.array([0.8, 0.6, 0], np.float32))
    assert nearest is not None
    assert nearest.signpost is ASKED[0]
    assert (nearest.cosine, nearest.around) == pytest.approx((1.0, 0.6))
    assert nearest.agreed
    bins = NEAR.nearest(np.array([0, 0, 1], np.float32))
    assert bins is not None
    assert not bins.agreed


def test_a_corpus_need_not_say_what_it_does_not_hold():
    """Nothing is near then."""
    assert POSTS.nearest(np.array([1, 0, 0], np.float32)) is None
    assert POSTS.refusing("x", None, 0.5, 0.5) is None


def test_a_question_clearly_nearer_to_what_is_not_held_than_to_anything_held_is_sent_on():
    """The signpost is the one whose question is nearest; a small difference is decided for the answer."""
    assert NEAR.refusing("my bins", BINS, 0.7, 0.5) is ASKED[1]
    assert NEAR.refusing("my bins", BINS, 0.78, 0.5) is None


@pytest.mark.parametrize(("kind", "refused"), [("near miss", False), ("personal matter", False), ("emergency", True)])
def test_nearness_gives_way_to_a_sure_search_unless_the_matter_is_far_off(kind, refused):
    """What was found shares more with the question than its subject; who is in danger is sent on all the same."""
    out_of_scope = OutOfScope(Signpost("close", kind, ("z",), "Elsewhere."), cosine=0.8, around=0.5, agreed=True)
    assert (NEAR.refusing("my bins", out_of_scope, 0.6, 0.6) is not None) is refused


def test_where_nothing_is_shown_any_nearer_wording_says_where_to_go():
    """There it takes no answer away."""
    assert NEAR.refusing("my bins", BINS, 0.78, 0.1) is ASKED[1]
    assert NEAR.refusing("my bins", BINS, 0.82, 0.1) is None


def test_a_lone_wording_sends_nobody_to_an_office():
    """Unless it is clearly nearer than anything held."""
    lone = replace(BINS, agreed=False)
    assert NEAR.refusing("my bins", lone, 0.78, 0.1) is None
    assert NEAR.refusing("my bins", lone, 0.7, 0.1) is ASKED[1]


def test_words_refuse_before_nearness():
    """Unless the search is all but certain of what it found."""
    assert NEAR.refusing("x", BINS, 0.9, 0.4) is ASKED[0]
    assert NEAR.refusing("x", BINS, 0.9, 0.95) is None


def test_a_question_far_from_everything_is_left_to_the_confidence():
    """Nothing is known about it."""
    assert NEAR.refusing("my bins", OutOfScope(ASKED[1], cosine=0.4, around=0.3, agreed=True), 0.0, 0.1) is None
