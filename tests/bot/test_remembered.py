"""Repeated questions are answered from memory, and nothing else ever is."""

from dataclasses import replace

import pytest

from bot.answering.answer_service import AnswerService
from index.abstention.decision import Thresholds
from index.build.reader import open_live_build
from index.remembered import Remembered

QUESTION = "volunteers mend the swings"


@pytest.fixture
def service(small_build):
    """A service that refuses nothing and has answered one question."""
    build = open_live_build(small_build)
    opened = AnswerService(build, Thresholds(answered=0.0, uncertain=0.0))
    opened.answer(QUESTION)
    yield opened
    build.close()


def test_a_repeated_question_gets_the_same_answer_from_memory(service):
    """Equal in everything but the question as it was typed."""
    again, typed_otherwise = service.answer(QUESTION), service.answer(f"  {QUESTION}\t")
    assert service.remembered.hits == 2
    assert replace(typed_otherwise, question=QUESTION) == again
    assert typed_otherwise.question == f"  {QUESTION}\t"
    fresh = AnswerService(service.build, Thresholds(answered=0.0, uncertain=0.0))
    assert fresh.answer(QUESTION) == again


@pytest.mark.parametrize(
    "otherwise",
    [
        {"limit": 1},
        {"document": "playground-report"},
        {"documents": ["playground-report"]},
        {"documents": []},
        {"context": ("who can nominate a pub?",)},
    ],
)
def test_everything_that_decides_the_answer_tells_questions_apart(service, otherwise):
    """The same words asked otherwise are searched for anew."""
    fresh = AnswerService(service.build, Thresholds(answered=0.0, uncertain=0.0))
    assert service.answer(QUESTION, **otherwise) == fresh.answer(QUESTION, **otherwise)
    assert service.remembered.hits == 0


def test_a_probe_searches_whatever_is_remembered(service, monkeypatch):
    """Else a server would call itself ready for as long as it remembers its own question."""
    service.probe(QUESTION)
    monkeypatch.setattr(service.build.records, "passage", lambda _: 1 / 0)
    assert service.answer(QUESTION).quotes
    with pytest.raises(ZeroDivisionError):
        service.probe(QUESTION)


def test_no_more_is_held_than_allowed_and_what_was_used_last_stays():
    """The oldest gives way, and using counts as being new."""
    held: Remembered[int] = Remembered(2)
    held.put("a", 1)
    held.put("b", 2)
    assert held.get("a") == 1
    held.put("c", 3)
    assert (held.get("a"), held.get("b"), held.get("c"), len(held), held.hits) == (1, None, 3, 2, 3)
