"""Every kind of hard question goes through every surface over a real search: an answer or a refusal, never an error of the server."""

import gc

import pytest
from starlette.testclient import TestClient

from benchmarks.asking_whole import Question, Whole
from benchmarks.question_families import FAMILIES, known_to, text_of
from bot.answering.answer_service import AnswerService
from bot.answering.limits import MOST_CHARACTERS
from index.build.reader import open_live_build


@pytest.fixture(scope="module")
def whole(small_build):
    """Every surface over a small build."""
    build = open_live_build(small_build)
    opened = Whole(AnswerService(build))
    yield opened
    opened.runner.close()
    build.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_answered_or_refused(whole, family):
    """Alone, and as a question that leans on another of the same kind; the card and the plain text are made too."""
    known = known_to(whole.service.build)
    text = text_of([family], known, 1, MOST_CHARACTERS)
    follow_up = text_of([family], known, 2, 60, "and ")
    for question in (Question(text), Question(follow_up, (text,) * 10)):
        assert {"API", "page", "suggestions", "Discord"} <= set(whole.ask(question).surfaces)


def test_what_a_server_loads_once_is_not_charged_to_a_question(whole):
    """Neither a file of the page nor what stays in memory: a full search for garbage took longer than the dearest question."""
    before = gc.get_freeze_count()
    gc.unfreeze()
    try:
        whole.settle([Question("Who can nominate a place?")])
        assert gc.get_freeze_count() > 10_000
    finally:
        if before:
            gc.freeze()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"question": "who\\u0000 can nominate"}', 200),
        (b'{"question": "who can nominate", "context": ["a\\u0000", "\\u202e"]}', 200),
        (b'{"question": "who \\ud800 can nominate"}', 422),
        (b'{"question": "who can nominate", "context": ["\\udfff"]}', 422),
        (b'{"question": "\\u0000"}', 422),
    ],
)
def test_nul_is_a_space_and_half_a_letter_is_refused(whole, body, status):
    """A NUL is never meant; half of a surrogate pair is no JSON text."""
    client = TestClient(whole.app, raise_server_exceptions=False)
    assert client.post("/api/ask", content=body, headers={"content-type": "application/json"}).status_code == status


def test_only_the_last_earlier_question_is_held_in_memory(whole):
    """Ten earlier questions of 2,000 letters would be held with every answer; what decides it is the last one, cleaned."""
    service = whole.service
    first = service.answer("and who can nominate it?", context=["x" * MOST_CHARACTERS, "The\x00 pub\ud800"])
    hits = service.remembered.hits
    assert service.answer("and who can nominate it?", context=["The pub"]) == first
    assert service.remembered.hits == hits + 1
