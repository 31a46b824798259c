"""The endpoint gives the service's answer as it stands, and one clear sentence for anything else."""

import json

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.answer_text import answer_json
from bot.answering.limits import MOST_CHARACTERS
from bot.http.api.schemas import MOST_EARLIER, AnswerBody

QUESTION = "How long does the council have to decide on a nomination?"


def test_get_and_post_give_the_answer_of_the_service(client: TestClient, service: AnswerService):
    """Both methods return exactly ``answer_json`` of the service's answer."""
    wanted = answer_json(service.answer(QUESTION, limit=2, document="briefing-acv"))
    got = client.get("/api/ask", params={"q": QUESTION, "limit": 2, "document": "briefing-acv"})
    posted = client.post("/api/ask", json={"question": QUESTION, "limit": 2, "document": "briefing-acv"})
    named_as_in_an_address = client.post("/api/ask", json={"q": QUESTION, "limit": 2, "document": "briefing-acv"})
    assert got.status_code == posted.status_code == named_as_in_an_address.status_code == 200
    assert got.json() == posted.json() == named_as_in_an_address.json() == wanted


def test_the_schema_describes_every_key_that_is_sent(client: TestClient):
    """The body that OpenAPI describes has exactly the keys of the body that is sent."""
    sent = client.get("/api/ask", params={"q": QUESTION}).json()
    assert sent["passages"], "the small build answers this question"
    assert AnswerBody.model_validate(sent).model_dump() == sent


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": ""},
        {"q": "   \t "},
        {"q": "x" * 10_000},
        {"q": "\x00\x01\x02"},
        {"q": "🏠🏠"},
        {"q": QUESTION, "limit": 0},
        {"q": QUESTION, "limit": -1},
        {"q": QUESTION, "limit": 1000},
        {"q": QUESTION, "limit": "many"},
    ],
)
def test_a_question_that_cannot_be_asked_is_a_422_problem(client: TestClient, parameters: dict[str, str | int]):
    """Bad input is a problem of RFC 9457 with one sentence, by GET and by POST."""
    body = {{"q": "question"}.get(name, name): value for name, value in parameters.items()}
    for response in (client.get("/api/ask", params=parameters), client.post("/api/ask", json=body)):
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == 422
        assert response.json()["detail"]


def test_the_typed_text_is_not_echoed_in_a_problem(client: TestClient):
    """A problem never repeats what was typed: it may be logged on the way."""
    assert "secretword" not in client.get("/api/ask", params={"q": "secretword" * 300}).text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"question": 3}', b'{"question": "\\ud800"}', b"\xff\xfe", b"5\xe9"]
)
def test_a_body_that_is_not_a_question_is_a_422_problem(client: TestClient, body: bytes):
    """A malformed body is a problem, never an error of the server."""
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) in {(422, "application/problem+json")}


def test_an_unknown_document_is_a_404_problem_that_names_the_known_ones(client: TestClient):
    """The sentence says which documents there are."""
    response = client.get("/api/ask", params={"q": QUESTION, "document": "nothing"})
    assert response.status_code == 404
    assert "briefing-acv" in response.json()["detail"]


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE passages; --",
        "<script>alert(1)</script>",
        "**bold** [link](javascript:alert(1))",
        "nomination \u202e weeks",
    ],
)
def test_questions_full_of_markup_are_questions_like_any_other(client: TestClient, question: str):
    """Markup in a question is text: it is searched for and given back as typed."""
    response = client.get("/api/ask", params={"q": question})
    assert response.status_code == 200
    assert response.json()["question"] == question


def test_a_long_body_is_refused(client: TestClient):
    """A body beyond the limit is a 413 problem."""
    response = client.post("/api/ask", content=b" " * 400_000, headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_the_longest_body_that_the_description_allows_is_read(client: TestClient):
    """Every question as long as may be, in letters that JSON writes as twelve bytes each."""
    longest = "\N{DESERET CAPITAL LETTER LONG I}" * MOST_CHARACTERS
    body = json.dumps({"question": longest, "context": [longest] * MOST_EARLIER}).encode()
    assert len(body) > 12 * MOST_CHARACTERS * MOST_EARLIER
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200


def test_one_failed_request_leaves_the_server_answering(client: TestClient, service: AnswerService, monkeypatch):
    """An error of the program is a 500 problem without its message; the next question is answered."""
    with monkeypatch.context() as patched:
        patched.setattr(service, "answer", lambda *_: 1 / 0)
        broken = client.get("/api/ask", params={"q": QUESTION})
    assert broken.status_code == 500
    assert broken.headers["content-type"] == "application/problem+json"
    assert "division" not in broken.text
    assert client.get("/api/ask", params={"q": QUESTION}).status_code == 200


def test_health_tells_that_the_process_runs_and_can_answer(client: TestClient, service: AnswerService):
    """Readiness names the build and the time of each part."""
    assert client.get("/livez").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["build"], ready["passages"]) == ("ok", service.build.id, service.build.records.size)
    assert ready["discord"] == "off"
    assert set(ready["milliseconds"]) == {"records", "encode", "answer"}


def test_another_method_is_a_405_problem_that_names_the_right_ones(client: TestClient):
    """Allow names all methods of the address."""
    response = client.put("/api/ask", json={})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert response.headers["content-type"] == "application/problem+json"
