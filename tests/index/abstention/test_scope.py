"""When a signpost stands at a question, and what lies nearest of what is not held."""

import faiss
import numpy as np
import pytest

from index.abstention.scope import Signposts
from index.dense.faiss_reader import Vectors
from index.lexicon import Signpost

BAND = Signpost(
    "band", "near miss", ("council tax band", "can't pay"), "Ask the Valuation Office Agency.", unless=("referendum",)
)
ABROAD = Signpost("abroad", "other jurisdiction", ("Scotland", "A&E"), "Ask there.")


def paraphrases(vectors):
    """Return an index of ``vectors``, each of length 3."""
    index = faiss.IndexFlatIP(3)
    index.add(np.array(vectors, np.float32).reshape(-1, 3))
    return Vectors(index)


POSTS = Signposts((BAND, ABROAD), paraphrases([]))


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


ASKED = (
    Signpost("band", "near miss", ("x",), "Ask the Valuation Office Agency.", asked=("is my band right", "who sets the band")),
    Signpost("bins", "personal matter", ("y",), "Ask the council.", asked=("my bin was not emptied",)),
)
NEAR = Signposts(ASKED, paraphrases([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]]))


def test_what_lies_nearest_of_all_that_is_not_held_is_named():
    """By the nearest paraphrase; the mean of the nearest three says how near all of that lies."""
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
