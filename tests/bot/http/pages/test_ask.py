"""The page shows answers word for word, escaped, and needs no script."""

import re
from html import escape, unescape
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.limits import MOST_CHARACTERS
from bot.http.app import create_app
from bot.http.options import HttpOptions

QUESTION = "How long does the council have to decide on a nomination?"


def searched(pattern: str, text: str) -> re.Match[str]:
    """Return where ``pattern`` stands in ``text``, which holds it."""
    found = re.search(pattern, text)
    assert found is not None
    return found


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


def test_the_heading_of_the_section_stands_above_its_quote(client: TestClient):
    """Prominent, and a way to the page of the passage; the document follows it."""
    page = client.get("/", params={"q": QUESTION}).text
    card = page[page.index("<article") :]
    heading = re.findall(r"<h3.*?</h3>", card)[0]
    assert "How long does the council have?" in heading
    assert card.index(heading) < card.index(">Assets of community value<") < card.index("<blockquote")


def test_every_source_of_a_section_is_a_link_to_the_provision(client: TestClient):
    """Not to the Act as a whole."""
    page = client.get("/", params={"q": QUESTION}).text
    address = "https://www.legislation.gov.uk/ukpga/2011/20/section/91"
    assert f'<a href="{address}" rel="noreferrer">Source: <bdi>Localism Act 2011, s.91</bdi></a>' in page


def test_only_where_there_are_pages_a_page_can_be_wrong(service: AnswerService, tmp_path: Path):
    """A briefing has sections, a PDF has pages."""
    with TestClient(create_app(service, HttpOptions(state=tmp_path))) as client:
        assert "on the wrong page?" not in client.get("/", params={"q": QUESTION, "document": "briefing-acv"}).text
        assert "on the wrong page?" in client.get("/", params={"q": "swings in the park", "document": "playground"}).text


def test_a_refusal_leads_to_the_sections_that_came_near(client: TestClient):
    """By their headings, and from there back."""
    with patch("bot.answering.answer_service.NEAR", 0.0):  # the fake searcher brings everything, with no score
        near = client.get("/api/v1/ask", params={"q": "zebra zebra"}).json()["nearest_sections"]
        page = unescape(client.get("/", params={"q": "zebra zebra"}).text)
    assert near
    for section in near:
        assert f'href="/p/{section["passage"]}?q=zebra+zebra">{section["heading"] or section["title"]}</a>' in page
    assert client.get(f"/p/{near[0]['passage']}").status_code == 200


def test_the_page_of_a_passage_leads_back_to_the_answer(client: TestClient):
    """With everything that was asked, and without a script; who comes from elsewhere is led nowhere."""
    asked = {"q": QUESTION, "c": "Who & what?", "kind": "briefing", "limit": "2"}
    page = client.get("/", params=asked).text
    there = unescape(re.findall(r'<a href="(/p/[^"]+)#quote">Show in context', page)[0])
    reader = client.get(there).text
    back = unescape(re.findall(r'<a href="([^"]+)">← Back to the answer', reader)[0])
    assert dict(parse_qsl(back.partition("?")[2])) == asked
    assert client.get(back).text == page
    assert "Back to the answer" not in client.get(there.partition("?")[0]).text


def test_it_says_what_is_held_as_of_when_and_who_runs_it(service: AnswerService, client: TestClient):
    """The operator is named where they have said who they are."""
    assert "3 texts with" in client.get("/").text
    assert "as indexed on 1 January 2026" in client.get("/").text
    assert "un by" not in client.get("/").text
    with TestClient(create_app(service, HttpOptions(operator="Save Our Pub <hello@example.org>"))) as named:
        for path in ("/", "/sources"):
            assert "un by <bdi>Save Our Pub &lt;hello@example.org&gt;</bdi>" in named.get(path).text


def test_a_server_that_fails_offers_to_try_again(service: AnswerService):
    """Without a script, too: the same address once more, which holds the question."""
    with (
        TestClient(create_app(service, HttpOptions()), raise_server_exceptions=False) as client,
        patch("bot.http.pages.ask.page_values", side_effect=ValueError),
    ):
        page = client.get("/", params={"q": QUESTION}, headers={"accept": "text/html"})
    assert (page.status_code, '<a class="button" href="">Try again</a>' in page.text) == (500, True)
