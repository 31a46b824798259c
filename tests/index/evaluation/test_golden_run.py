"""What an evaluation on golden questions counts; the search itself is tested elsewhere."""

from dataclasses import replace

from index.abstention.decision import Status
from index.evaluation.golden import GoldenQuestion, Place
from index.evaluation.golden_run import GoldenReport, Outcome, Tally, failed, grouped, tally

PLACE = Place("briefing", "How long?")
ASKED = GoldenQuestion("a", "how long", (PLACE,), held_back=False, kind="N")
NOWHERE = GoldenQuestion("b", "what weather", (), held_back=False, why="off topic")


def _outcome(question: GoldenQuestion, rank: int | None, status: Status) -> Outcome:
    return Outcome(question, 0.5, status, (), rank, "")


RIGHT = _outcome(ASKED, 1, Status.ANSWERED)
THIRD = _outcome(ASKED, 3, Status.UNCERTAIN)
LOST = _outcome(ASKED, 1, Status.NOT_FOUND)
MISSED = _outcome(ASKED, None, Status.ANSWERED)
KEPT = _outcome(NOWHERE, None, Status.NOT_FOUND)
FOOLED = _outcome(NOWHERE, None, Status.UNCERTAIN)


def test_a_tally_keeps_finding_and_refusing_apart():
    """The right passage counts as found even where the search was not sure of it."""
    assert tally([RIGHT, THIRD, LOST, MISSED, KEPT, FOOLED]) == Tally(
        answerable=4, first=2, in_three=3, refused_wrongly=1, refusable=2, refused=1
    )


def test_failures_are_what_a_person_would_see_as_wrong():
    """Another passage first, a refusal that should not be, an answer that should not be."""
    outcomes = (RIGHT, THIRD, LOST, MISSED, KEPT, FOOLED)
    assert [outcome for outcome in outcomes if failed(outcome)] == [THIRD, LOST, MISSED, FOOLED]


def test_a_question_counts_in_each_of_its_groups_once():
    """Two sections of one document are one document."""
    both = replace(ASKED, answers=(PLACE, Place("briefing", "Who?"), Place("notes", "Why?")))
    groups = grouped([replace(RIGHT, question=both)], lambda outcome: [place.document for place in outcome.question.answers])
    assert {name: group.answerable for name, group in groups.items()} == {"briefing": 1, "notes": 1}


def test_the_report_lists_failures_in_the_order_of_the_file():
    """So that they are found in it."""
    report = GoldenReport("build", tally([THIRD, RIGHT, FOOLED]), {}, {}, {}, (THIRD, RIGHT, FOOLED))
    assert report.failures == [THIRD, FOOLED]
