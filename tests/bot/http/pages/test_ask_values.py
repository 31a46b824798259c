"""The page says in plain words why a passage was found, and each quote leads back to what was asked."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.limits import DEFAULT_PASSAGES, MOST_CHARACTERS, MOST_PASSAGES
from bot.answering.wording import REASONS
from bot.http.api.ask import Asked
from bot.http.pages.ask_values import MOST_OF_WAYS, query_of, way_from_each, why_found

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


LETTER = "Dear all, who can nominate the pub, and how long does the council have to decide on it? " * 22  # 1,936 characters


@pytest.mark.parametrize(
    ("asked", "quotes"),
    [
        (Asked(LETTER[:328], earlier=(LETTER[:328],) * 3), MOST_PASSAGES),
        (Asked(LETTER), MOST_PASSAGES),
        (Asked("\u6f22" * MOST_CHARACTERS), DEFAULT_PASSAGES),
    ],
)
def test_every_quote_leads_back_to_what_people_ask(asked: Asked, quotes: int):
    """The longest question of the labelled sets behind three like it, and a letter; in any script where few quotes are shown."""
    assert way_from_each(asked, quotes) == f"?{query_of(asked)}"


@pytest.mark.parametrize("quotes", [1, DEFAULT_PASSAGES, MOST_PASSAGES])
def test_what_was_asked_is_not_repeated_without_end(quotes: int):
    """It stands beside each quote two or three times; twenty quotes made a page of four megabytes of it."""
    for letters in range(0, MOST_CHARACTERS + 1, 50):
        asked = Asked("\u6f22" * letters, earlier=("\u6f22" * MOST_CHARACTERS,))
        assert len(way_from_each(asked, quotes)) * quotes <= MOST_OF_WAYS


def test_a_page_with_a_long_address_shows_its_quotes_and_leads_to_them(client: TestClient):
    """Who has asked so much goes back as their browser does."""
    asked = {"q": QUESTION, "c": ["\u6f22" * MOST_CHARACTERS] * 3, "limit": str(MOST_PASSAGES)}
    page = client.get("/", params=asked).text
    assert page.count("<article") > 1
    there = [address for address in re.findall(r'href="(/p/[^"]+)"', page) if "?" in address]
    assert not there
    assert "<mark>The council must decide on a nomination within eight weeks of receiving it.</mark>" in page
