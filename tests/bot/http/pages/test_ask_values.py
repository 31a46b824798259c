"""The page says in plain words why a passage was found."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.wording import REASONS
from bot.http.pages.ask_values import why_found

QUESTION = "How long does the council have to decide on a nomination?"


@pytest.mark.parametrize(
    ("contributions", "reasons"),
    [
        ({"words": 0.1, "tokens": 0.2, "key": 0.05, "pairs": 0.001}, [("tokens", "1.00"), ("words", "0.50"), ("key", "0.25")]),
        ({"sentence": 0.3, "document": -0.1}, [("sentence", "1.00")]),
        ({"words": 0.0, "sentence": -0.2}, []),
        ({}, []),
    ],
)
def test_the_strongest_reason_comes_first_and_what_gave_nothing_is_none(
    service: AnswerService, contributions: dict[str, float], reasons: list[tuple[str, str]]
):
    """Strengths are told beside the strongest."""
    quote = replace(service.answer(QUESTION).quotes[0], contributions=contributions)
    assert why_found(quote) == [(REASONS[feature], strength) for feature, strength in reasons]


def test_the_page_shows_the_reason_and_no_name_of_a_feature(client: TestClient):
    """The small build finds by words alone."""
    page = client.get("/", params={"q": QUESTION}).text
    assert f"<li><span>{REASONS['words']}</span> <meter" in page
    assert ">words<" not in page
