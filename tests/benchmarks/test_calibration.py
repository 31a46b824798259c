"""Calibration against values worked out by hand."""

import pytest

from benchmarks.calibration import Judged, bins_of, calibration_error, evened, risk_coverage


def test_bins_hold_equal_mass_whatever_the_confidences_are():
    """Four questions in two bins: two and two, though three of them are nearly as sure."""
    judged = [Judged(sure, right, True) for sure, right in ((0.9, True), (0.1, False), (0.91, False), (0.92, True))]
    bins = bins_of(judged, 2)
    found = [value for one in bins for value in (one.confidence, one.right, one.mass)]
    assert found == pytest.approx([0.5, 0.5, 0.5, 0.915, 0.5, 0.5])
    assert calibration_error(judged, 2) == pytest.approx(0.5 * 0 + 0.5 * 0.415)


def test_questions_with_and_without_an_answer_count_as_much_when_evened():
    """One question with an answer weighs as much as three without."""
    judged = [Judged(0.5, True, True), *[Judged(0.5, False, False)] * 3]
    assert [one.weight for one in evened(judged)] == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    assert calibration_error(judged) == pytest.approx(0.25)
    assert calibration_error(evened(judged), 1) == pytest.approx(0)


def test_risk_is_counted_over_the_surest():
    """The surest is right, the next is wrong, the last is right: 0, a half, a third."""
    curve = risk_coverage([Judged(0.2, True, True), Judged(0.9, True, True), Judged(0.5, False, False)])
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3])
    assert curve.coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert curve.confidence.tolist() == [0.9, 0.5, 0.2]
