"""``/sources``, ``/source``, ``/passage``, ``/define``, ``/help``, ``/privacy``."""

import pytest

from bot.discord_bot.cards.plain import NOTE_LIMIT, sources_note
from bot.discord_bot.texts import open_texts
from index.lexicon import Lexicon, Term
from index.records import Document, Kind
from tests.bot.discord_bot.fakes import quote
from tests.discord_double.asks import AUTOCOMPLETE, begin, finished, set_up, shown_words, use
from tests.discord_double.people import interaction
from tests.discord_double.shapes import EPHEMERAL

ASSET = Term(
    "asset of community value", "A building *listed* by a council.", ("ACV",), "Localism Act 2011, s.88", ("listing",)
)


async def test_the_sources_are_listed_for_the_person_alone(double, connect):
    """Title, publisher and year of each."""
    await connect()
    listed = await use(double, "sources")
    assert listed.message["flags"] & EPHEMERAL
    assert shown_words(listed).splitlines()[1:] == [
        "### Sources",
        "**The sources themselves**",
        "- **A plain English guide**, Department, 2011",
        "**Our notes on the sources**",
        "- **Notes on the guide**, Localism, 2026",
    ]


async def test_a_server_lists_the_sources_that_it_uses(double, connect):
    """The choice of the managers counts here too."""
    await connect()
    await set_up(double, "sources", "notes")
    assert "A plain English guide" not in shown_words(await use(double, "sources"))


async def test_one_source_is_shown_with_its_facts(double, connect):
    """What it is, what it is about, and its id for /ask."""
    await connect()
    shown = shown_words(await use(double, "source", source="notes")).splitlines()
    assert shown[1] == "### Notes on the guide"
    assert "A note on: A plain English guide" in shown
    assert "Id for `/ask`: notes" in shown
    unknown = await use(double, "source", source="nonsense")
    assert unknown.message["content"].startswith("That source is not among the ones")


async def test_a_passage_is_shown_by_its_id(double, connect):
    """An id that is gone gets a sentence."""
    await connect()
    assert "> 2\\. The council" in shown_words(await use(double, "passage", id=f" {quote(2).id.upper()}")).replace("**", "")
    gone = await use(double, "passage", id="f" * 16)
    assert gone.message["content"].startswith("This passage is no longer in the sources")


@pytest.mark.parametrize("typed", ["ACV", "asset of community value", "Asset of"])
async def test_a_word_is_explained_under_each_of_its_names(double, connect, typed):
    """Term, abbreviation, or the beginning of it."""
    await connect(lexicon=lambda: Lexicon((ASSET,)))
    shown = shown_words(await use(double, "define", term=typed)).splitlines()
    assert shown[1:] == [
        "### asset of community value",
        "A building \\*listed\\* by a council.",
        "Also: ACV",
        "See also: listing",
        "Source: Localism Act 2011, s.88",
    ]


async def test_an_unknown_word_is_said_to_be_unknown(double, connect):
    """And without a glossary, that there is none."""
    await connect(lexicon=lambda: Lexicon((ASSET,)))
    assert "“xyz” is not in the glossary" in shown_words(await use(double, "define", term="xyz"))


async def test_words_are_offered_while_typing(double, connect):
    """The term is offered for its abbreviation too."""
    await connect(lexicon=lambda: Lexicon((ASSET,)))
    typed = {"name": "term", "type": 3, "value": "ac", "focused": True}
    carried = {"id": "1", "name": "define", "type": 1, "options": [typed]}
    opened = await finished(double, await begin(double, interaction(AUTOCOMPLETE, carried)))
    assert [choice["value"] for choice in opened.response["choices"]] == ["asset of community value"]


@pytest.mark.parametrize(("name", "words"), [("help", "quoted word for word"), ("privacy", "not stored")])
async def test_help_and_privacy_are_shown_to_the_person_alone(double, connect, name, words):
    """Each says its main thing."""
    await connect()
    shown = await use(double, name)
    assert shown.message["flags"] & EPHEMERAL
    assert words in shown_words(shown)


def test_many_sources_are_listed_as_far_as_there_is_room():
    """The last line says how many more there are."""
    documents = [Document(f"d{number}", f"Title {number} " + "x" * 100, Kind.ORIGINAL) for number in range(200)]
    note = sources_note(documents, open_texts()["en"])
    assert len(note) <= NOTE_LIMIT
    shown = note.splitlines()
    assert shown[-1] == f"and {200 - (len(shown) - 2)} more"
