"""The pages about the API, what they lead to, and what an address may hold."""

import re

import pytest
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.app import create_app
from bot.http.options import HttpOptions
from bot.http.problem_types import TYPES


def test_every_problem_leads_to_a_page_that_explains_it(client: TestClient):
    """In plain words, with what to do; a type that nobody knows is a problem itself."""
    refused = [
        client.get("/api/nothing"),
        client.post("/api/documents"),
        client.get("/api/v1/ask", params={"q": ""}),
        client.post("/api/ask", content=b"x" * 400_000),
    ]
    for response, slug in zip(refused, ("not-here", "other-method", "cannot-be-used", "too-long"), strict=True):
        kind = response.json()["type"]
        assert kind == f"/problems/{slug}"
        page = client.get(kind, headers={"accept": "text/html"})
        assert (page.status_code, "What to do:" in page.text) == (200, True)
    assert client.get("/problems/nothing").status_code == 404


def test_the_type_lies_below_the_base_path(service: AnswerService):
    """Where a proxy serves us below a path, so that the address can be opened."""
    with TestClient(create_app(service, HttpOptions(base_path="/localism"))) as client:
        assert client.get("/localism/api/nothing").json()["type"] == "/localism/problems/not-here"


def test_every_status_that_is_described_has_a_page(client: TestClient):
    """No problem without an explanation; and all of them stand on one page."""
    described = client.get("/api/openapi.json").json()["paths"]
    statuses = {
        int(s) for operations in described.values() for one in operations.values() for s in one["responses"] if s[0] in "45"
    }
    assert statuses <= {kind.status.value for kind in TYPES}
    everything = client.get("/problems").text
    assert [kind.slug for kind in TYPES if kind.what_to_do.replace("'", "&#39;") not in everything] == []


def test_an_address_with_the_version_is_the_same(client: TestClient):
    """By GET and by POST, for every address that is described; and nothing else has a version."""
    described = client.get("/api/openapi.json").json()["paths"]
    assert {path.split("/")[2] for path in described if path.startswith("/api/")} == {"v1"}
    for place in ("documents", "glossary", "ask?q=library", "suggest?q=l"):
        assert client.get(f"/api/v1/{place}").json() == client.get(f"/api/{place}").json()
    asked = {"question": "Who may nominate?"}
    assert client.post("/api/v1/ask", json=asked).json() == client.post("/api/ask", json=asked).json()
    assert client.get("/api/v2/documents").status_code == 404
    assert client.get("/v1/livez").status_code == 404


def test_operations_are_named_as_programs_would_name_them(client: TestClient):
    """Short, each once; and the server says where it is."""
    described = client.get("/api/openapi.json").json()
    names = [one["operationId"] for operations in described["paths"].values() for one in operations.values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+){0,5}", name)] == []
    assert {"ask", "ask_with_body", "list_documents", "get_passage", "give_feedback"} <= set(names)
    assert described["servers"] == [{"url": "/", "description": "This server."}]


@pytest.mark.parametrize(
    "place", ["ask?q=library&", "documents?", "glossary?", "suggest?q=l&", "passages/x?", "passages/x/picture?"]
)
def test_a_parameter_that_nobody_knows_is_refused(client: TestClient, place: str):
    """As an unknown field of a body is: a typing error would else be an answer to another question."""
    response = client.get(f"/api/v1/{place}limt=2")
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"where": "limt", "detail": "There is no such parameter here; the page /api lists those that there are."}
    ]


def test_the_examples_are_taken(client: TestClient):
    """What the description shows can be sent, and what it shows as an answer has the keys of one."""
    described = client.get("/api/openapi.json").json()
    shapes = described["components"]["schemas"]
    answer = client.post("/api/v1/ask", json=shapes["AskBody"]["examples"][0]).json()
    example = shapes["AnswerBody"]["examples"][0]
    assert answer.keys() == example.keys() | {"definition"}  # null in the example, which the description leaves out
    assert example["passages"][0].keys() == set(shapes["PassageBody"]["properties"])
    assert example["passages"][0]["citation"].keys() == set(shapes["CitationBody"]["properties"])


def test_the_page_to_try_it_out_brings_everything_itself(client: TestClient):
    """A form for every operation, filled with examples, and no file from anywhere else."""
    page = client.get("/api/try").text
    described = client.get("/api/openapi.json").json()["paths"]
    for path, operations in described.items():
        for method in operations:
            assert f'data-method="{method.upper()}" data-path="{path}"' in page
    assert 'value="How long do we have to object?"' in page
    assert "&#34;question&#34;: &#34;How long do we have to object?&#34;" in page
    assert "kind: Look in documents of this kind only. One of: notes, briefing, original.<br>" in page
    assert "document: Look in the document of this id only.<br>" in page
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [source for source in sources if source.startswith(("http", "//"))] == []
    script = next(source for source in sources if "try_api.js" in source)
    assert client.get(script).headers["content-type"].startswith("text/javascript")
