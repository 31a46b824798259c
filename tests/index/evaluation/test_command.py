"""The options and the JSON of ``localism-index evaluate --golden``; what is counted is tested in test_golden_evaluation.py."""

import json
from pathlib import Path

import pytest

from index.abstention.decision import Status
from index.errors import BenchmarkSetError
from index.evaluation.command import json_of, questions_of_part, row_of, share
from index.evaluation.golden import GoldenQuestion, Place
from index.evaluation.golden_run import GoldenReport, Outcome, tally

QUESTIONS = """
[[question]]
id = "a"
text = "how long"
verdict = "answer"
held_back = false
answers = [{ document = "briefing", section = "How long?" }]

[[question]]
id = "b"
text = "what weather"
verdict = "refuse"
held_back = true
"""
LOST = Outcome(
    GoldenQuestion("a", "how long", (Place("briefing", "How long?"),), held_back=False),
    0.123456,
    Status.NOT_FOUND,
    (Place("notes", "Who?"),),
    None,
    "",
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with one question in each part."""
    (tmp_path / "questions.toml").write_text(QUESTIONS)
    return tmp_path


@pytest.mark.parametrize(("part", "ids"), [("tuned", ["a"]), ("held-back", ["b"]), ("all", ["a", "b"])])
def test_a_part_holds_its_own_questions(corpus, part, ids):
    """The held-back part is never mixed in by accident."""
    assert [question.id for question in questions_of_part(corpus, part)] == ids


def test_a_corpus_without_questions_is_named(tmp_path):
    """An empty report would look like a good one."""
    with pytest.raises(BenchmarkSetError, match="holds no questions"):
        questions_of_part(tmp_path, "all")


def test_failures_are_listed_only_where_asked_for():
    """So that nobody sees held-back questions by mistake."""
    report = GoldenReport("build", tally([LOST]), {}, {}, {}, (LOST,))
    assert "failures" not in json_of(report, "held-back", failures=False)
    listed = json.loads(json.dumps(json_of(report, "tuned", failures=True)))["failures"]
    assert listed == [
        {
            "id": "a",
            "text": "how long",
            "wanted": ["briefing: How long?"],
            "found": ["notes: Who?"],
            "rank": None,
            "confidence": 0.123,
            "status": "not_found",
            "signpost": "",
        }
    ]


def test_a_share_of_nothing_is_a_dash():
    """Not a division by zero, and not 0 %."""
    assert (share(1, 3), share(0, 0)) == ("33.3 %", "–")
    assert row_of("all", tally([LOST])) == ("all", "1", "0.0 %", "0.0 %", "100.0 %", "0", "–")
