"""Every question that the product prints, and where it prints it: for the tests that ask them or look them up.

A question is printed on the first page, in the API page and the API's description, as a suggestion, in Discord's texts, by commands in
a terminal, in README and documents, in the widget.
"""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
DECIDING = "And how long does the council have to decide?"
# The section that must come first, for what is no heading itself.
ANSWERED_BY = {
    "Our pub is for sale. What can we do?": "Our pub, library or field is up for sale: what do we do first?",
    "Our library is closing. What can we do?": "Our library is closing: what do we do first?",
    "The council is selling our field. What can we do?": "Our council is selling the field: what do we do first?",
    "Who can nominate a building?": "Who can nominate a building or a field?",
    "How do we start a neighbourhood plan?": "We want a neighbourhood plan: what do we do first?",
    "My service is being outsourced. What can I do?": "My service is being outsourced: what do staff do first?",
    "How do we complain about a councillor?": "How do we complain about a councillor, or report one?",
    "How do we set up a new parish council?": "Our town or village wants its own council: how do we set up a parish or town council?",
    "who can nominate a pub?": "Who can nominate a building or a field?",
    "How long do we have to object?": "How long do I have to object to a planning application?",
    "How long does the council have to decide on our nomination?": "How long does the council have to decide on a nomination?",
}
# What is printed with what it follows, or with where to look, and the section that must come first then.
ASKED_WITH: dict[tuple[str, str, str], str] = {
    # question, the one that it follows, document
    (DECIDING, "Who can nominate a building?", ""): "How long does the council have to decide on a nomination?",
    (
        "Who votes on the plan?",
        "",
        "briefing-neighbourhood-planning",
    ): "The neighbourhood plan referendum: who votes, who pays, what majority, and what if people say no?",
}
ABOUT_ANOTHER_CORPUS = {"corpus.md"}  # which a reader of it puts together
_IN_DOCUMENTS = re.compile(
    r'localism ask "([^"…]+)"|/ask question: ([^`\n]+)|[?&]q=([^"\'&{$\s`)…]+)|["\\\']question["\\\']: ?["\\\']([^"\\\'…]+)["\\\']'
)
_IN_MARKUP = re.compile(r"placeholder=[\"']([^\"'{]+)|[?&]q=([^\"'&{$\s]+)|“([^”{]+\?)”")
_IN_CODE = re.compile(r"[\"“]([A-Z][^\"”{}\n]+\?)[\"”]")


def offered() -> list[str]:
    """Return the examples of the shipped corpus."""
    return list(tomllib.loads((CORPUS / "site.toml").read_text(encoding="utf-8"))["examples"])


def written_out() -> list[str]:
    """Return the questions that stand in documents, templates, scripts, texts, and in what the program says."""
    return [*_in_documents(), *_in_markup(), *_in_the_description_of_the_api(), *_in_what_is_said()]


def _in_documents() -> Iterator[str]:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("**/*.md"), *(ROOT / "deploy").glob("*.md")):
        if "decisions" not in path.parts and path.name not in ABOUT_ANOTHER_CORPUS:
            for groups in _IN_DOCUMENTS.findall(path.read_text(encoding="utf-8")):
                yield unquote_plus(next(filter(None, groups)))


def _in_markup() -> Iterator[str]:
    for path in (ROOT / "bot" / "web").rglob("*"):
        if path.suffix in {".html", ".js"}:
            yield from (next(filter(None, groups)) for groups in _IN_MARKUP.findall(path.read_text(encoding="utf-8")))


def _in_the_description_of_the_api() -> Iterator[str]:
    def asked(described: Any) -> Iterator[str]:
        if isinstance(described, list):
            for one in described:
                yield from asked(one)
        elif isinstance(described, dict):
            given = [described.get("question"), *(described.get("examples", ()) if described.get("name") == "q" else ())]
            yield from (one for one in given if isinstance(one, str))
            yield from asked(list(described.values()))

    yield from asked(json.loads((ROOT / "bot" / "web" / "openapi.json").read_text(encoding="utf-8")))


def _in_what_is_said() -> Iterator[str]:
    """Yield the questions in quotation marks that stand in texts of Discord, and in strings of code that are no docstrings."""
    for path in (ROOT / "bot").rglob("*.toml"):
        yield from _IN_CODE.findall(path.read_text(encoding="utf-8"))
    for path in (
        *(ROOT / "bot").rglob("*.py"),
        *(ROOT / "index" / "terminal").rglob("*.py"),
        *(ROOT / "ingest").rglob("*.py"),
    ):
        for text in _strings(ast.parse(path.read_text(encoding="utf-8"))):
            yield from _IN_CODE.findall(text)


def _strings(tree: ast.AST) -> Iterator[str]:
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node.value
