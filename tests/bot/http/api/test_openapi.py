"""The description of the API is pinned: whoever changes the API changes the file, and sees it in the review."""

import json
from pathlib import Path

from starlette.testclient import TestClient

PINNED = Path(__file__).resolve().parents[4] / "bot" / "web" / "openapi.json"


def test_the_pinned_description_is_the_one_that_is_served(client: TestClient):
    """Write it anew with: python -m bot.http > bot/web/openapi.json."""
    assert json.loads(PINNED.read_text(encoding="utf-8")) == client.get("/api/openapi.json").json()


def test_every_error_is_described_as_a_problem(client: TestClient):
    """No operation describes an error of another shape, and each has a sentence."""
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["description"].endswith("."), path
            errors = [response for status, response in operation["responses"].items() if status[0] in "45"]
            assert all(list(response["content"]) == ["application/problem+json"] for response in errors), path
