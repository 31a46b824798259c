"""What the golden questions say about two builds, worked out by hand."""

import pytest

from index.abstention.decision import Status
from index.evaluation.golden import GoldenQuestion, Place
from index.evaluation.golden_run import Outcome
from ingest.regression_gate.comparison import Direction, comparison_of

RIGHT, WRONG = Place("guide", "How long?"), Place("notes", "Who?")


def outcome(status: Status, rank: int | None = None, *, answerable: bool = True, name: str = "q", found=(RIGHT,)) -> Outcome:
    """What a build said of a question."""
    question = GoldenQuestion(name, f"{name}?", (RIGHT,) if answerable else (), held_back=False)
    return Outcome(question, 0.5, status, tuple(found), rank, "")


def compared(before: Outcome, after: Outcome, lost=()):
    """Compare two builds by one question."""
    return comparison_of("old", "new", [before], [after], lost)


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        (outcome(Status.ANSWERED, 1), 1.0),
        (outcome(Status.UNCERTAIN, 1), 0.75),
        (outcome(Status.ANSWERED, 2), 0.5),
        (outcome(Status.ANSWERED, None), 0.0),
        (outcome(Status.NOT_FOUND, 1), 0.0),
        (outcome(Status.NOT_FOUND, answerable=False), 1.0),
        (outcome(Status.UNCERTAIN, answerable=False), 0.5),
        (outcome(Status.ANSWERED, answerable=False), 0.0),
    ],
)
def test_an_answer_is_graded_by_what_it_says_where_and_how_surely(said, grade):
    """A refusal is right where nothing answers the question, and wrong where something does."""
    assert compared(said, said).score_before == grade


def test_what_changed_is_told_the_worst_first():
    """Another first passage of the same grade is a change and no more; what is equal is left out."""
    pairs = [
        (outcome(Status.ANSWERED, 1, name="same"), outcome(Status.ANSWERED, 1, name="same")),
        (outcome(Status.ANSWERED, None, name="other"), outcome(Status.ANSWERED, None, name="other", found=(WRONG,))),
        (outcome(Status.ANSWERED, 2, name="better"), outcome(Status.ANSWERED, 1, name="better")),
        (outcome(Status.ANSWERED, 1, name="worse"), outcome(Status.ANSWERED, 2, name="worse")),
        (outcome(Status.ANSWERED, 1, name="lost"), outcome(Status.NOT_FOUND, name="lost")),
    ]
    found = comparison_of("old", "new", [one for one, _ in pairs], [two for _, two in pairs], [])
    assert [(change.question, change.direction) for change in found.changes] == [
        ("lost", Direction.WORSENED),
        ("worse", Direction.WORSENED),
        ("better", Direction.IMPROVED),
        ("other", Direction.CHANGED),
    ]
    assert [found.score_before, found.score_after] == pytest.approx([3.5 / 5, 2.5 / 5])
    assert (found.count(Direction.WORSENED), found.count(Direction.CHANGED)) == (2, 1)
    assert found.changes[0].after.first == "", "where nothing is shown nothing stands first"


def test_a_build_passes_within_the_tolerance_and_never_with_a_document_lost():
    """However well it answers."""
    worse = compared(outcome(Status.ANSWERED, 1), outcome(Status.UNCERTAIN, 1))
    assert (worse.passes(0.25), worse.passes(0.2)) == (True, False)
    better = compared(outcome(Status.NOT_FOUND), outcome(Status.ANSWERED, 1), lost=["guide"])
    assert not better.passes(1.0)


def test_without_questions_nothing_speaks_against_a_build():
    """A corpus need not have any."""
    found = comparison_of("old", "new", [], [], [])
    assert (found.score_before, found.score_after, found.passes(0.0)) == (1.0, 1.0, True)


def test_the_json_says_all_that_the_page_shows():
    """Rounded, with words for directions and states."""
    found = compared(outcome(Status.ANSWERED, 1), outcome(Status.ANSWERED, None, found=(WRONG,)), lost=["guide"]).json()
    assert found == {
        "old": "old",
        "new": "new",
        "questions": 1,
        "score_before": 1.0,
        "score_after": 0.0,
        "improved": 0,
        "worsened": 1,
        "changed": 0,
        "lost": ["guide"],
        "changes": [
            {
                "question": "q",
                "text": "q?",
                "direction": "worsened",
                "before": {"status": "answered", "confidence": 0.5, "first": "guide: How long?", "grade": 1.0},
                "after": {"status": "answered", "confidence": 0.5, "first": "notes: Who?", "grade": 0.0},
            }
        ],
    }
