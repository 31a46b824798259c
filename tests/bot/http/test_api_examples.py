"""The examples of docs/api.md run against the server, in the three languages, and print the same."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "https://ask.example.org"
PROGRAMS = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "js": ["node", "--input-type=module", "--eval"],
}
SECTIONS = {
    title: dict(re.findall(r"```(sh|python|js)\n(.*?)```", text, re.DOTALL))
    for title, text in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    if "```" in text
}
# Of JSON that curl prints: what the two programs print of it.
PRINTED = {
    "Ask": lambda body: [
        body["status"],
        *(line for one in body["passages"] for line in (one["quote"], one["citation"]["text"])),
    ],
    "Ask further": lambda body: [body["passages"][0]["quote"]],
    "What is held": lambda body: [f"{document['id']} {document['title']}" for document in body["documents"]],
    "When it is refused": lambda body: [f"{body['status']} {body['detail']}"],
}


def test_every_section_has_an_example_in_each_language():
    """And this test knows what each is to print."""
    assert {title: list(blocks) for title, blocks in SECTIONS.items()} == {title: list(PROGRAMS) for title in PRINTED}


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed here")
@pytest.mark.parametrize(
    "language",
    ["python", pytest.param("js", marks=pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed here"))],
)
@pytest.mark.parametrize("title", SECTIONS)
def test_an_example_prints_what_curl_is_told(title, language, served):
    """Word for word as on the page, with only the address put in."""
    with served() as port:
        body = json.loads(run("sh", SECTIONS[title]["sh"], port))
        printed = run(language, SECTIONS[title][language], port)
    expected = PRINTED[title](body)
    assert len(expected) >= 1
    assert printed == "\n".join(expected) + "\n"


def run(language, example, port):
    """Run an example and return what it prints."""
    program = example.replace(ADDRESS, f"http://127.0.0.1:{port}")
    finished = subprocess.run([*PROGRAMS[language], program], capture_output=True, text=True, check=False, timeout=60)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_every_address_that_the_page_names_is_there(client):
    """Also those that no example asks."""
    described = client.get("/api/openapi.json").json()["paths"]
    for path in set(re.findall(rf"{ADDRESS}(/api/[\w/]+)", PAGE)):
        assert path in described
    for path in ("/api", "/api/try", "/api/openapi.json"):
        assert f"`{path}`" in PAGE
        assert client.get(path).status_code == 200
