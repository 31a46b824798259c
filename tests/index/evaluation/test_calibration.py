"""A calibration follows what is known where much is known, and stays where it began where little is."""

from dataclasses import fields, replace

import numpy as np
import pytest

from index.abstention.confidence import THOROUGH, Calibration, Signals
from index.evaluation.calibration import LEAST_QUESTIONS, Known, fitted, reliability, teaches

MIDDLE = Signals(key=0.6, covered=0.6, margin_to_second=0.3, margin_to_tenth=0.8, rarest=0.6, scope_margin=0.0)
TRUTH = Calibration(-3.0, {field.name: 0.0 for field in fields(Signals)} | {"key": 6.0, "near_miss": -2.0})


def drawn(count: int, seed: int = 0) -> list[Known]:
    """Return questions whose answers are as right as ``TRUTH`` says."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        signals = replace(MIDDLE, key=float(random.random()), near_miss=float(random.random() < 0.3))
        rows.append(Known(signals, bool(random.random() < TRUTH.probability(signals))))
    return rows


def test_with_many_questions_it_says_what_is_so():
    """Whatever it began from."""
    calibration = fitted(drawn(40_000), THOROUGH)
    for key, near_miss in ((0.2, 0.0), (0.5, 1.0), (0.8, 0.0)):
        signals = replace(MIDDLE, key=key, near_miss=near_miss)
        assert calibration.probability(signals) == pytest.approx(TRUTH.probability(signals), abs=0.05)
    assert reliability(calibration, drawn(4000, seed=1))["expected_calibration_error"] < 0.03


def test_with_few_questions_it_stays_near_where_it_began():
    """Ten do not overthrow what thousands showed."""
    few = drawn(10)
    trusted, doubted = fitted(few, THOROUGH, trust=1000.0), fitted(few, THOROUGH, trust=0.1)
    assert trusted.weights["key"] == pytest.approx(THOROUGH.weights["key"], abs=0.1)
    assert abs(doubted.weights["key"] - THOROUGH.weights["key"]) > abs(trusted.weights["key"] - THOROUGH.weights["key"])


def test_a_signal_that_never_varies_keeps_its_weight():
    """Nothing is known of it here."""
    calibration = fitted(drawn(500), THOROUGH)
    assert calibration.weights["scope_margin"] == pytest.approx(THOROUGH.weights["scope_margin"], abs=1e-3)


def test_it_is_fitted_only_to_enough_questions_of_both_kinds():
    """All right or all wrong says nothing of what tells them apart."""
    rows = drawn(LEAST_QUESTIONS)
    assert teaches(rows)
    assert not teaches(rows[1:])
    assert not teaches([row._replace(right=True) for row in rows])


def test_reliability_leaves_out_what_cannot_be_said():
    """Without a wrong one, nothing can be told apart."""
    told = reliability(TRUTH, [Known(MIDDLE, right=True)])
    assert told == {"questions": 1.0, "expected_calibration_error": pytest.approx(1 - TRUTH.probability(MIDDLE))}
