"""Figures against values worked out by hand."""

import math

import pytest

from index.evaluation.calibration import auroc, calibration_error
from index.evaluation.labelled_set import hit, ndcg, reciprocal_rank


def test_ndcg_of_a_perfect_ranking_is_one_and_falls_with_the_rank():
    """The gain at rank 2 is divided by log2(3)."""
    assert ndcg(["a", "b"], {"a": 1, "b": 1}) == pytest.approx(1)
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["x"], {"a": 1}) == 0


def test_hit_and_reciprocal_rank_look_only_as_deep_as_asked():
    """Beyond the depth nothing counts."""
    assert hit(["x", "a"], {"a": 1}, 1) == 0
    assert hit(["x", "a"], {"a": 1}, 2) == 1
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}, depth=2) == 0


def test_auroc_counts_ties_half():
    """All pairs counted by hand: 3 of 4 and two halves."""
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert auroc([1.0], [1.0]) == 0.5


def test_calibration_error_is_the_gap_between_saying_and_being_right():
    """Confidence .75 and right half of the time is .25 off; right three times of four is not off."""
    assert calibration_error([0.75, 0.75], [True, False]) == pytest.approx(0.25)
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
