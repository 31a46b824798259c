"""From signals to a probability and a status."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.abstention.confidence import LIGHT, NOTHING_KNOWN, PLAIN, PLAIN_THOROUGH, THOROUGH, Signals, calibration_of
from index.abstention.decision import Status, Thresholds

NAMES = [field.name for field in fields(Signals)]
AGAINST = {"near_miss", "elsewhere"}
probability = THOROUGH.probability
LOW = Signals(**dict.fromkeys(NAMES, 0.0))
MIDDLE = Signals(**dict.fromkeys(NAMES, 0.5))


@given(st.lists(st.floats(-5, 5), min_size=len(NAMES), max_size=len(NAMES)))
def test_it_is_a_probability_whatever_the_signals(values):
    """Signals out of their range are held to it."""
    found = probability(Signals(*values))
    assert 0 < found < 1
    assert found == probability(Signals(*(9 * value if abs(value) > 3 else value for value in values)))


@pytest.mark.parametrize("reader", [THOROUGH, LIGHT, PLAIN])
@pytest.mark.parametrize("name", NAMES)
def test_each_signal_speaks_for_the_answer_or_against_it(name, reader):
    """What was found speaks for it; words that belong elsewhere speak against it."""
    more, middle = reader.probability(replace(MIDDLE, **{name: 0.9})), reader.probability(MIDDLE)
    assert more < middle if name in AGAINST else more >= middle


def test_each_reader_has_its_own_weights():
    """Any other model is taken for the one whose vectors are as long."""
    assert calibration_of(384, {}, adapted=True) is LIGHT
    assert calibration_of(768, {}, adapted=True) is THOROUGH
    assert calibration_of(384, {}, adapted=False) is PLAIN
    assert calibration_of(768, {}, adapted=False) is PLAIN_THOROUGH


def test_what_a_build_was_fitted_to_comes_before_what_ships():
    """Unless it was fitted to other signals than there are."""
    kept = {"bias": -1.0, "weights": dict.fromkeys(NAMES, 0.5)}
    assert calibration_of(384, kept, adapted=True).weights == kept["weights"]
    assert calibration_of(384, {"bias": -1.0, "weights": {"other": 1.0}}, adapted=True) is LIGHT


def test_a_question_nearer_to_what_is_not_held_is_no_answer():
    """However well its words are covered."""
    good = Signals(key=0.8, covered=0.9, margin_to_second=0.5, margin_to_tenth=1.0, rarest=0.8, scope_margin=0.08)
    assert Thresholds().status(probability(good)) is Status.ANSWERED
    assert Thresholds().status(probability(replace(good, scope_margin=-0.15, near_miss=1.0))) is Status.NOT_FOUND


def test_nothing_known_of_what_is_not_held_speaks_neither_for_nor_against():
    """A corpus without signposts is judged by what was found alone."""
    assert probability(replace(MIDDLE, scope_margin=-0.1)) < probability(replace(MIDDLE, scope_margin=NOTHING_KNOWN))
    assert probability(replace(MIDDLE, scope_margin=NOTHING_KNOWN)) < probability(replace(MIDDLE, scope_margin=0.08))


def test_nothing_found_is_not_an_answer():
    """All signals at zero are far below the threshold."""
    assert Thresholds().status(probability(LOW)) is Status.NOT_FOUND


def test_the_bands_meet_at_their_thresholds():
    """A confidence at a threshold belongs to the better band."""
    thresholds = Thresholds(answered=0.6, uncertain=0.3)
    assert [thresholds.status(value) for value in (0.29, 0.3, 0.59, 0.6)] == [
        Status.NOT_FOUND,
        Status.UNCERTAIN,
        Status.UNCERTAIN,
        Status.ANSWERED,
    ]
