"""How the server treats its clients: held answers, limits, safe headers, packing, and who may see reports."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.discord_bot.state.health import GatewayHealth
from bot.http.app import create_app
from bot.http.options import HttpOptions, Rate
from index.records import Passage
from tests.bot.http.clock import Clock

QUESTION = {"q": "How long does the council have to decide on a nomination?"}
TITLE = "Assets of community value"
WORD = "right"  # the operator's
STEPS = {"answer": 2, "encode": 1, "search": 1}
Opened = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def opened(service: AnswerService) -> Opened:
    """Open a client of the application with other options."""

    @contextmanager
    def open_with(**options: Any) -> Iterator[TestClient]:
        with TestClient(create_app(service, HttpOptions(**options)), raise_server_exceptions=False) as client:
            yield client

    return open_with


@pytest.mark.parametrize("path", ["/", "/api/ask", "/sources", "/api/documents"])
def test_a_client_that_holds_the_answer_gets_an_empty_304(client: TestClient, path: str):
    """The ETag sent back gives 304 without a body, also with the mark of a weak one removed; another one gives the answer."""
    asked = {} if path == "/api/documents" else QUESTION  # that address takes no parameter
    etag = client.get(path, params=asked).headers["etag"]
    for sent in (etag, etag.removeprefix("W/"), f'"other", {etag}'):
        held = client.get(path, params=asked, headers={"if-none-match": sent})
        assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", etag)
    for lines in ([("if-none-match", "*")], [("if-none-match", '"other"'), ("if-none-match", etag)]):
        assert client.get(path, params=asked, headers=lines).status_code == 304
    assert client.get(path, params=asked, headers={"if-none-match": '"other"'}).status_code == 200


def test_another_question_has_another_etag(client: TestClient):
    """The ETag is made of the query, too."""
    assert (
        client.get("/", params=QUESTION).headers["etag"] != client.get("/", params={"q": "Who can nominate?"}).headers["etag"]
    )


def test_a_client_that_asks_too_much_is_asked_to_come_back(opened: Opened, clock: Clock):
    """Beyond the rate: 429 with Retry-After; before it, headers say how many are left."""
    with opened(asking=Rate(2, 60.0)) as client:
        first, second, third = (client.get("/api/ask", params=QUESTION) for _ in range(3))
        assert client.get("/api/glossary").status_code == 200, "reading is not asking"
        clock.now += 121
        assert client.get("/api/ask", params=QUESTION).status_code == 200
    assert (first.status_code, first.headers["ratelimit"]) == (200, '"default";r=1;t=59')
    assert (second.status_code, second.headers["ratelimit"]) == (200, '"default";r=0;t=59')
    assert (third.status_code, third.headers["retry-after"]) == (429, "59")
    assert third.headers["content-type"] == "application/problem+json"
    assert third.headers["x-content-type-options"] == "nosniff"
    assert third.json()["detail"] == "That was a lot of requests. Come back in 59 seconds."


@pytest.mark.parametrize("path", ["/", "/api/ask?q=", "/nothing", "/static/page.css", "/livez"])
def test_every_response_carries_the_safe_headers(client: TestClient, path: str):
    """Nothing inline, nothing from elsewhere, in no frame, without a referrer: on errors, too."""
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in headers["content-security-policy"]
    assert "strict-transport-security" not in headers, "this server is not reached over https"


def test_pages_are_packed_for_who_can_unpack(client: TestClient):
    """The page of an answer comes packed, and weighs little with its style and script."""
    page = client.get("/", params=QUESTION, headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/", params=QUESTION, headers={"accept-encoding": "identity"}).headers


def test_only_named_sites_may_read_the_api(opened: Opened):
    """With no site named there is no CORS header at all; a named one is let in, another is not."""
    site = {"origin": "https://campaign.example"}
    with opened() as client:
        assert "access-control-allow-origin" not in client.get("/api/ask", params=QUESTION, headers=site).headers
    with opened(allowed_origins=("https://campaign.example",)) as client:
        assert client.get("/api/ask", params=QUESTION, headers=site).headers["access-control-allow-origin"] == site["origin"]
        other = client.get("/api/ask", params=QUESTION, headers={"origin": "https://other.example"})
        assert "access-control-allow-origin" not in other.headers


def test_head_is_get_without_its_body(client: TestClient):
    """Monitors and link previews ask so."""
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == client.get("/").headers["etag"]


def test_feedback_is_kept_without_a_person_and_shown_to_the_operator(opened: Opened, a_passage: Passage, tmp_path: Path):
    """Each verdict counts once, by JSON and by the form; the report needs the token."""
    with opened(state=tmp_path, admin_token=WORD) as client:
        said = client.post("/api/feedback", json={"passage": a_passage.id, "verdict": "wrong_page"})
        by_form = client.post("/feedback", data={"passage": a_passage.id, "verdict": "helpful"})
        report = client.get("/admin", headers={"authorization": f"Bearer {WORD}"})
        by_browser = client.get("/admin", auth=("anyone", WORD))
    assert (said.status_code, by_form.status_code, report.status_code, by_browser.status_code) == (204, 200, 200, 200)
    assert f"<td><bdi>{TITLE}</bdi></td><td>1</td><td>0</td><td>1</td>" in report.text
    assert f'<a href="/p/{a_passage.id}"><bdi>{a_passage.section[-1]}</bdi></a>' in report.text


def test_feedback_is_kept_with_its_question_only_where_questions_are_kept(opened: Opened, a_passage: Passage, tmp_path: Path):
    """Off, the form does not even send it, and what a program sends is dropped; on, the report shows question and passage."""
    said = {"passage": a_passage.id, "verdict": "not_helpful", "question": "Who <decides> on nomination?"}
    right = {"authorization": f"Bearer {WORD}"}
    with opened(state=tmp_path / "off", admin_token=WORD) as client:
        assert 'name="question"' not in client.get("/", params=QUESTION).text
        client.post("/api/feedback", json=said)
        assert "nomination" not in client.get("/admin", headers=right).text
        assert [path.name for path in (tmp_path / "off").glob("*.sqlite")] == ["feedback.sqlite"]
    with opened(state=tmp_path / "on", admin_token=WORD, keep_questions_days=30) as client:
        assert f'name="question" value="{QUESTION["q"]}"' in client.get("/", params=QUESTION).text
        client.post("/api/feedback", json=said)
        client.post("/feedback", data={**said, "verdict": "helpful"})
        report = client.get("/admin", headers=right).text
    row = f"<bdi>{TITLE}</bdi></td><td>1</td><td>1</td><td>0</td>"
    assert "<bdi>who &lt;decides&gt; on nomination?</bdi>" in report
    assert row in report.partition("<h2>Feedback by question</h2>")[2]


def test_feedback_counts_with_a_question_that_nobody_can_have_asked(opened: Opened, a_passage: Passage, tmp_path: Path):
    """Alike where questions are kept and where they are not."""
    said = {"passage": a_passage.id, "verdict": "helpful", "question": "÷ …"}
    for days in (0, 30):
        with opened(state=tmp_path / str(days), admin_token=WORD, keep_questions_days=days) as client:
            assert client.post("/api/feedback", json=said).status_code == 204
            report = client.get("/admin", headers={"authorization": f"Bearer {WORD}"}).text
        assert f"<bdi>{TITLE}</bdi></td><td>1</td><td>0</td><td>0</td>" in report
        assert "÷" not in report


@pytest.mark.parametrize(
    "body", [{}, {"passage": "x"}, {"passage": "x", "verdict": "great"}, {"passage": "x", "verdict": "helpful", "who": "me"}]
)
def test_feedback_of_another_shape_is_a_422_problem(opened: Opened, tmp_path: Path, body: dict[str, str]):
    """By JSON and by the form."""
    with opened(state=tmp_path) as client:
        assert client.post("/api/feedback", json=body).status_code == 422
        assert client.post("/feedback", data=body).status_code == 422


def test_feedback_on_nothing_and_to_a_server_that_keeps_none_is_not_found(opened: Opened, tmp_path: Path, a_passage: Passage):
    """An unknown passage is 404; without a folder the address is 404."""
    with opened(state=tmp_path) as client:
        assert client.post("/api/feedback", json={"passage": "nothing", "verdict": "helpful"}).status_code == 404
    with opened() as client:
        assert client.post("/api/feedback", json={"passage": a_passage.id, "verdict": "helpful"}).status_code == 404


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic !!!"}, {"authorization": "Digest x"}]
)
def test_reports_need_the_token(opened: Opened, headers: dict[str, str]):
    """Without it 401; where no token is set they do not exist."""
    with opened(admin_token=WORD) as client:
        assert client.get("/admin", headers=headers).status_code == 401
        assert client.get("/metrics", headers=headers).status_code == 401
    with opened() as client:
        assert client.get("/admin", headers=headers).status_code == 404
        assert client.get("/metrics", headers=headers).status_code == 404


def test_metrics_count_without_any_word_that_was_typed(opened: Opened):
    """Routes are named by their pattern; answers are counted by their status."""
    with opened(admin_token=WORD) as client:
        client.get("/", params={"q": "secretword nomination"})
        client.get("/p/secretpassage")
        text = client.get("/metrics", headers={"authorization": f"Bearer {WORD}"}).text
    assert "secret" not in text
    assert 'localism_responses_total{route="/p/{passage_id}",status="404"} 1.0' in text
    assert "localism_build_documents 3" in text


def test_metrics_tell_encoding_and_searching_apart_and_count_what_was_remembered(opened: Opened, service: AnswerService):
    """The second time the same question is neither encoded nor searched for."""
    before = service.remembered.hits
    with opened(admin_token=WORD) as client:
        for _ in range(2):
            client.get("/api/ask", params={"q": "what is encoded once only?"})
        text = client.get("/metrics", headers={"authorization": f"Bearer {WORD}"}).text
    counts = {step: f'localism_step_seconds_count{{step="{step}"}} {times}.0' for step, times in STEPS.items()}
    assert all(count in text for count in counts.values())
    assert 'localism_step_seconds_sum{step="encode"} 0.00025' in text
    assert f"localism_answers_remembered_total {before + 1}.0" in text


def test_questions_are_kept_only_where_the_operator_wants_it(opened: Opened, tmp_path: Path):
    """Off by default, nothing is written; on, the report and its CSV name what was not found, and no formula can run."""
    unknown = {"q": "=cmd|' /C calc'!A0 zebra zeppelin"}
    right = {"authorization": f"Bearer {WORD}"}
    with opened(state=tmp_path / "off", admin_token=WORD) as client:
        client.get("/api/ask", params=unknown)
        assert not (tmp_path / "off" / "questions.sqlite").exists()
    with opened(state=tmp_path / "on", admin_token=WORD, keep_questions_days=30) as client:
        client.get("/api/ask", params=unknown)
        client.get("/api/ask", params=unknown)
        csv = client.get("/admin/questions.csv", headers=right)
    assert csv.headers["content-type"].startswith("text/csv")
    head, row = csv.text.splitlines()
    assert head == "question,status,times,last_day"
    assert row.startswith("'=cmd")
    assert ",2," in row


def test_health_shows_the_connection_to_discord(service: AnswerService):
    """Where the bot runs in the process, readiness and metrics show its gateway; a silent one leaves the page ready."""
    gateway = GatewayHealth(connects=3)
    with TestClient(create_app(service, HttpOptions(admin_token=WORD), gateway)) as client:
        ready = client.get("/readyz")
        text = client.get("/metrics", headers={"authorization": f"Bearer {WORD}"}).text
    assert (ready.status_code, ready.json()["discord"]) == (200, "silent")
    assert "localism_discord_connects 3" in text
