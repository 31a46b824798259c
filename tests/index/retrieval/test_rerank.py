"""Joining features is plain arithmetic; and which sentences are marked."""

from dataclasses import fields, replace

import numpy as np
import pytest

from index.records import Passage
from index.retrieval.candidates import stretched
from index.retrieval.rerank import (
    ADAPTED_LIGHT_WEIGHTS,
    ADAPTED_WEIGHTS,
    PLAIN_WEIGHTS,
    Features,
    answering_sentences,
    contributions,
)

NAMES = [field.name for field in fields(Features)]


def test_every_view_has_a_weight_and_every_weight_a_view():
    """None is forgotten."""
    assert set(PLAIN_WEIGHTS) == set(ADAPTED_WEIGHTS) == set(ADAPTED_LIGHT_WEIGHTS) == set(NAMES)


def test_a_share_is_the_view_by_its_weight_and_all_ones_make_one():
    """The score of a passage that is perfect in every feature is 1."""
    features = Features(**{name: np.array([1.0, 0.5], np.float32) for name in NAMES})
    for weights in (PLAIN_WEIGHTS, ADAPTED_WEIGHTS, ADAPTED_LIGHT_WEIGHTS):
        given = contributions(features, weights)
        assert given["words"][1] == pytest.approx(weights["words"] * 0.5 / sum(weights.values()))
        assert sum(given.values()) == pytest.approx([1.0, 0.5])


def test_stretching_keeps_the_order_and_fills_the_range():
    """Least becomes 0, greatest 1; equal scores say nothing."""
    np.testing.assert_allclose(stretched(np.array([2, 4, 3], np.float32)), [0, 1, 0.5])
    np.testing.assert_allclose(stretched(np.array([2, 2], np.float32)), [0, 0])
    assert stretched(np.empty(0, np.float32)).size == 0


TEXT = "You need: A group. It has 21 members at least. Weather does not matter here."
SPANS = ((0, 9), (10, 18), (19, 46), (47, 76))


def passage():
    """Four sentences, the first a lead-in."""
    return Passage("0" * 16, "d", 1, 0, len(TEXT), TEXT, (), SPANS)


def marked(*matches: float):
    """The marked texts."""
    return [TEXT[start:end] for start, end in answering_sentences(passage(), matches)]


def test_the_nearest_sentence_is_marked():
    """One clear winner stands alone."""
    assert marked(0.1, 0.2, 0.9, 0.3) == ["It has 21 members at least."]


def test_a_second_sentence_nearly_as_near_is_marked_too_in_reading_order():
    """Two halves of an answer."""
    assert marked(0.1, 0.2, 0.85, 0.9) == ["It has 21 members at least.", "Weather does not matter here."]


def test_a_lead_in_brings_the_sentence_after_it():
    """A line that ends with a colon says nothing by itself."""
    assert marked(0.9, 0.2, 0.3, 0.1) == ["You need:", "A group."]


def test_a_sentence_that_only_leads_on_is_marked_only_where_there_is_no_other():
    """However near its words come: it says where more stands, and nothing of it."""
    text = "Groups of people may nominate. Full detail of who may nominate: see the briefing."
    leads_on = Passage("0" * 16, "d", 1, 0, len(text), text, (), ((0, 31), (31, len(text))))
    assert answering_sentences(leads_on, (0.5, 0.9)) == ((0, 31),)
    assert answering_sentences(replace(leads_on, sentences=((31, len(text)),)), (0.9,)) == ((31, len(text)),)


def test_without_matches_the_first_sentence_stands():
    """A passage whose tokens were cut still shows where to begin."""
    assert marked() == ["You need:"]
