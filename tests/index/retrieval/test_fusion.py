"""Joining features is plain arithmetic."""

from dataclasses import fields

import numpy as np
import pytest

from index.retrieval.fusion import TOTAL_WEIGHT, WEIGHTS, Features, contributions, stretched

NAMES = [field.name for field in fields(Features)]


def test_every_view_has_a_weight_and_every_weight_a_view():
    """None is forgotten."""
    assert set(WEIGHTS) == set(NAMES)


def test_a_share_is_the_view_by_its_weight_and_all_ones_make_one():
    """The score of a passage that is perfect in every feature is 1."""
    features = Features(**{name: np.array([1.0, 0.5], np.float32) for name in NAMES})
    given = contributions(features)
    assert given["words"][1] == pytest.approx(WEIGHTS["words"] * 0.5 / TOTAL_WEIGHT)
    assert sum(given.values()) == pytest.approx([1.0, 0.5])


def test_stretching_keeps_the_order_and_fills_the_range():
    """Least becomes 0, greatest 1; equal scores say nothing."""
    np.testing.assert_allclose(stretched(np.array([2, 4, 3], np.float32)), [0, 1, 0.5])
    np.testing.assert_allclose(stretched(np.array([2, 2], np.float32)), [0, 0])
    assert stretched(np.empty(0, np.float32)).size == 0
