"""The page shows answers word for word, escaped, and needs no script."""

from html import escape

import pytest
from starlette.testclient import TestClient

from bot.answering.limits import MOST_CHARACTERS

QUESTION = "How long does the council have to decide on a nomination?"


def test_the_page_has_a_question_box(client: TestClient):
    """The empty page is a form that sends the question in the address."""
    page = client.get("/")
    assert page.status_code == 200
    assert 'action="/" method="get"' in page.text
    assert 'name="q"' in page.text


def test_an_answer_is_shown_word_for_word_with_the_answering_sentence_marked(client: TestClient):
    """The answering sentence stands in ``mark``."""
    page = client.get("/", params={"q": QUESTION}).text
    assert "<mark>The council must decide on a nomination within eight weeks of receiving it.</mark>" in page


@pytest.mark.parametrize("path", ["/", "/nothing-here"])
def test_what_documents_and_people_write_is_escaped(client: TestClient, path: str):
    """Neither a question nor a document can bring a tag into the page."""
    page = client.get(path, params={"q": "<script>alert(1)</script> bicycle lamp"}, headers={"accept": "text/html"}).text
    assert "<script>alert" not in page
    assert "<b>lamp" not in page
    assert "<img src=x" not in page


def test_a_question_that_cannot_be_asked_gets_its_sentence_in_the_page(client: TestClient):
    """The page keeps the box and says what to do."""
    page = client.get("/", params={"q": "???"})
    assert page.status_code == 422
    assert escape("There are no words in the question.") in page.text
    assert 'name="q"' in page.text


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(client: TestClient):
    """The Accept header decides; the API always answers with problems."""
    assert client.get("/nothing", headers={"accept": "text/html"}).headers["content-type"].startswith("text/html")
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
    assert client.get("/api/nothing", headers={"accept": "text/html"}).headers["content-type"] == "application/problem+json"


def test_characters_that_html_cannot_carry_are_marked(client: TestClient):
    """A question full of control characters makes no broken page."""
    page = client.get("/", params={"q": "nomination\x00\x1b weeks\x85\ufffe"}).text
    assert "nomination\ufffd\ufffd weeks\ufffd\ufffd" in page
    assert not [letter for letter in page if ord(letter) < 32 and letter not in "\n\t"]


def test_earlier_questions_are_repeated_as_far_as_they_are_read(client: TestClient):
    """The last three, each cut to the length of a question: the page does not grow with its address."""
    earlier = [f"{number} " + letter * 2 * MOST_CHARACTERS for number, letter in enumerate("vwxyz")]
    page = client.get("/", params={"q": QUESTION, "c": ["  ", *earlier]})
    assert page.status_code == 200
    assert [letter * 100 in page.text for letter in "vwxyz"] == [False, False, True, True, True]
    assert escape(earlier[4][:MOST_CHARACTERS]) in page.text
    assert earlier[4][: MOST_CHARACTERS + 1] not in page.text
