"""A corpus about something else is answered from on every surface, and nothing of the campaign that we began with is said there.

A cycling club's rules: one document; no guides, no notes, no glossary, no signposts, no golden questions, no word about itself.
"""

import ast
import json
import re
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.answer_text import print_answer
from bot.discord_bot.options import BotOptions
from bot.discord_bot.texts import open_texts
from bot.http.app import create_app
from bot.http.options import HttpOptions
from index.build.reader import open_live_build
from index.text.splitting import Geometry
from ingest.catalogue.corpus import open_corpus
from ingest.outcome import State
from ingest.pipeline import build_index
from ingest.progress import Silence
from ingest.readers.read_document import ReadingOptions
from ingest.recipe import Recipe
from tests.discord_double.asks import ask, shown_words, use
from tests.discord_double.running import connect_bot, running_double, stop_bot
from tests.fake_model import fake_model

RULES = """# Rules of the Hill Wheelers

## When do we ride?

The Sunday ride leaves from the fountain at half past eight. A rider who comes late follows at their own pace.

## What must a bicycle have?

Every bicycle needs two working brakes, a bell and a spare inner tube. Lights are needed from October to March.

## Who may lead a ride?

A leader has ridden with the club for two seasons and carries a map, a pump and a whistle.

## How is a new member chosen?

Anybody who has come along on three rides can ask the secretary for a membership card.

## What does it cost?

The yearly subscription is twelve pounds, and six pounds for those who are still at school.
"""
ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = """[[document]]
id = "rules"
title = "Rules of the Hill Wheelers"
kind = "original"
file = "documents/rules.md"
publisher = "Hill Wheelers"
"""
QUESTION = "When does the Sunday ride leave from the fountain?"
SENTENCE = "The Sunday ride leaves from the fountain at half past eight."
NOT_THERE = "jazz quiz zulu?"
PAGES = ("/", "/help", "/sources", "/glossary", "/api", "/embed", "/privacy", "/documents/rules")
# The campaign's words; the name of the product, which stands in addresses, elements and commands too, is taken out first.
CAMPAIGN = re.compile(
    r"localism|\bpubs?\b|councils?\b|councillor|parish|nominat|community value|neighbourhood plan|local government|guides?\b"
    r"|campaign|england|\bwales\b|trade union|\bActs?\b",
    re.IGNORECASE,
)
NAME = re.compile(r"\bLocalism\b|localism[-_]\w+|/localism\b")


# The name in paths and settings; names of files; the law of the United Kingdom is not one campaign's.
BY_NAME = ("localism", "act", "acts")


def strings_of(path):
    """The texts in the code of ``path`` that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in constants if id(node) not in alone]


def of_the_campaign(text):
    """The words of the campaign in ``text``, but for the product's name; "act" as a verb and "as made" are nobody's."""
    found = CAMPAIGN.findall(NAME.sub("", text))
    return [word for word in found if word != "act"]


def built(folder, **files: str):
    """Build the club's rules and further ``files`` below ``folder``; returns the folder of the builds."""
    corpus = folder / "corpus"
    (corpus / "documents").mkdir(parents=True)
    (corpus / "documents" / "rules.md").write_text(RULES)
    for name, text in {"catalogue": CATALOGUE, **files}.items():
        (corpus / f"{name}.toml").write_text(text)
    recipe = Recipe("fake", Geometry(), ReadingOptions(ocr=False))
    outcome = build_index(open_corpus(corpus), folder / "builds", recipe, fake_model(), Silence())
    assert (outcome.state, outcome.warnings) == (State.PUBLISHED, ())
    return folder / "builds"


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """The folder of the builds with one live build of the club's rules."""
    return built(tmp_path_factory.mktemp("club"))


@pytest.fixture
def service(builds):
    """The answer service over that build."""
    with closing(open_live_build(builds)) as build:
        yield AnswerService(build)


@pytest.fixture
def client(service):
    """A client of the page and the API over it."""
    with TestClient(create_app(service, HttpOptions())) as client:
        yield client


def test_the_api_answers_from_it(client):
    """The quote and its source; a refusal sends nobody to a place of the campaign."""
    answer = client.get("/api/ask", params={"q": QUESTION}).json()
    assert answer["status"] == "answered"
    assert SENTENCE in answer["passages"][0]["quote"]
    assert answer["passages"][0]["citation"]["document"] == "rules"
    refused = client.get("/api/ask", params={"q": NOT_THERE}).json()
    assert (refused["status"], refused["passages"]) == ("not_found", [])
    assert of_the_campaign(json.dumps([answer, refused])) == []


def test_the_description_of_the_api_is_of_no_campaign(client):
    """Summary and examples included."""
    assert of_the_campaign(client.get("/api/openapi.json").text) == []


@pytest.mark.parametrize("path", [*PAGES, f"/?q={QUESTION}", f"/?q={NOT_THERE}", "/api/suggest?q=ride"])
def test_no_page_speaks_of_the_campaign(client, path):
    """Headings, hints, examples, descriptions."""
    page = client.get(path)
    assert page.status_code == 200
    assert of_the_campaign(page.text) == []


def test_the_page_answers_from_it(client):
    """The sentence that answers is marked."""
    page = client.get("/", params={"q": QUESTION}).text
    assert f"<mark>{SENTENCE}</mark>" in page
    assert "Rules of the Hill Wheelers" in page


def test_the_page_says_what_the_corpus_says_about_itself(tmp_path):
    """Heading and description over the question box, and where nothing was found what the sources are."""
    site = 'heading = "Ask the Wheelers"\nabout = "Ask about our rides."\nscope = "These are our rules, not the law."'
    with (
        closing(open_live_build(built(tmp_path, site=site))) as build,
        TestClient(create_app(AnswerService(build), HttpOptions())) as client,
    ):
        start, refusal = client.get("/").text, client.get("/", params={"q": NOT_THERE}).text
    assert "<h1>Ask the Wheelers</h1>" in start
    assert 'content="Ask about our rides. Every answer is a quote' in start
    assert "<li>These are our rules, not the law.</li>" in refusal


@pytest.mark.parametrize(("question", "expected"), [(QUESTION, f"»{SENTENCE}«"), (NOT_THERE, "Not found")])
def test_the_terminal_answers_from_it(service, question, expected):
    """With its citation, or with an honest refusal."""
    console = Console(record=True, width=200, file=StringIO(), highlight=False)
    print_answer(service.answer(question), console)
    text = console.export_text()
    assert expected in " ".join(text.split())
    assert of_the_campaign(text) == []


@pytest.fixture
async def discord(service, tmp_path):
    """The double with a bot that answers from the club's rules."""
    async with running_double() as double:
        options = replace(BotOptions(tmp_path), person_per_minute=100, lexicon=lambda: service.build.lexicon)
        task = await connect_bot(double, service, options)
        yield double
        await stop_bot(task)


async def test_the_card_answers_from_it(discord):
    """The sentence in bold, and its source."""
    words = shown_words(await ask(discord, QUESTION))
    assert f"**{SENTENCE}**" in words
    assert "Rules of the Hill Wheelers" in words
    assert of_the_campaign(words) == []


async def test_nothing_that_the_bot_shows_is_of_the_campaign(discord):
    """The refusal, the lists and helps, and how Discord shows the commands."""
    refused = shown_words(await ask(discord, NOT_THERE))
    assert "Nothing found" in refused
    others = [shown_words(await use(discord, name)) for name in ("help", "privacy", "sources")]
    defined = shown_words(await use(discord, "define", term="ACV"))
    assert "There is no glossary yet" in defined
    assert of_the_campaign("\n".join([refused, defined, *others, json.dumps(discord.rest.commands)])) == []


@pytest.mark.parametrize("language", open_texts())
def test_no_sentence_of_the_bot_is_of_the_campaign(language):
    """Those too that are said seldom."""
    assert of_the_campaign("\n".join(open_texts()[language]._sentences.values())) == []


def test_the_campaign_would_be_noticed():
    """The product's name is nobody's campaign, its subject is."""
    assert of_the_campaign("Localism: run localism-ingest below /localism before you act") == []
    assert of_the_campaign("Ask about localism: can the council list our pub?") == ["localism", "council", "pub"]


@pytest.mark.parametrize("package", ["bot", "ingest", "index"])
def test_no_string_of_the_code_is_of_the_campaign(package):
    """What is said to people, and what texts are compared with; comments may take their examples from it."""
    found = [
        (path.relative_to(ROOT).as_posix(), words)
        for path in sorted((ROOT / package).rglob("*.py"))
        for text in strings_of(path)
        if (words := [word for word in of_the_campaign(text) if word.casefold() not in BY_NAME])
    ]
    assert found == []
