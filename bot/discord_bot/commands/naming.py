"""Names and descriptions of commands, from the catalogue, in every language that Discord offers and we have texts for.

Comes in: a key of the catalogue. Goes out: strings that discord.py translates when the commands are synced.
Refuses to know what a command does. Discord offers no Welsh, so Welsh names cannot be shown; Welsh sentences can.
"""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from typing_extensions import override

from bot.discord_bot.texts import DEFAULT_LANGUAGE, Texts


def named(texts: Texts, key: str) -> locale_str:
    """Return the text of ``key``, which other languages may translate."""
    return locale_str(texts.say(key), key=key)


class CatalogueTranslator(app_commands.Translator):
    """Translates command names and descriptions with our catalogues."""

    def __init__(self, texts: dict[str, Texts]) -> None:
        """Translate with ``texts`` by language."""
        self._texts = texts

    @override
    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the text in ``locale``, or None where we have none."""
        language = str(locale).partition("-")[0]
        if language == DEFAULT_LANGUAGE or language not in self._texts:
            return None
        return self._texts[language].find(string.extras.get("key", ""))
