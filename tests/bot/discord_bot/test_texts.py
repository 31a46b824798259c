"""The catalogue of sentences, and the names of commands."""

import re
from pathlib import Path
from typing import Any

from discord import Locale
from discord.app_commands import locale_str

import bot.discord_bot.texts
from bot.answering.answers import Status
from bot.answering.wording import HEADLINES
from bot.discord_bot.commands.naming import CatalogueTranslator
from bot.discord_bot.texts import Texts, open_texts

FOLDER = Path(bot.discord_bot.texts.__file__).parent


def test_every_sentence_that_the_code_says_exists_and_every_one_is_said():
    """No key is missing, and none is left over."""
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    known = set(open_texts()["en"]._sentences)
    said = set(
        re.findall(
            r'["\']((?:command|card|cite|log|welcome|solved|not_found|button|reply|modal|sources|source|define|help|privacy|settings)(?:\.\w+)+)["\']',
            code,
        )
    )
    assert said <= known
    built = tuple(re.findall(r'f"(source|settings|permission|log)\.\{', code))
    assert {key for key in known - said if not key.startswith(tuple(f"{group}." for group in built))} == set()


def test_every_language_knows_only_keys_and_values_of_the_english_one():
    """A translation can lack sentences; it cannot have others, nor other values to fill in."""
    english = open_texts()["en"]._sentences
    for texts in open_texts().values():
        for key, sentence in texts._sentences.items():
            assert key in english or key.partition(".")[0] in {"status", "explanation", "kind", "kinds", "try"}
            assert set(re.findall(r"\{(\w+)\}", sentence)) == set(re.findall(r"\{(\w+)\}", english.get(key, sentence)))


def test_a_refusal_is_worded_as_on_every_surface_unless_a_language_has_its_own():
    """English comes from the one place for all surfaces."""
    assert open_texts()["en"].headline(Status.NOT_FOUND) == HEADLINES[Status.NOT_FOUND]
    assert Texts("cy", {"status.not_found": "Heb ei ganfod"}).headline(Status.NOT_FOUND) == "Heb ei ganfod"


async def test_command_names_are_translated_where_there_are_texts():
    """A language without the sentence leaves the English name."""
    welsh = Texts("fr", {"command.ask.name": "demander"})
    translator = CatalogueTranslator({"en": open_texts()["en"], "fr": welsh})
    name = locale_str("ask", key="command.ask.name")
    where: Any = None  # which part of which command: the texts do not depend on it
    assert await translator.translate(name, Locale.french, where) == "demander"
    assert await translator.translate(name, Locale.german, where) is None
    assert await translator.translate(name, Locale.british_english, where) is None
