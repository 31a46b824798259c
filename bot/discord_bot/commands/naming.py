"""Names and descriptions of commands, from the catalogue, in every language of Discord's that we have texts for; what it knows.

Comes in: a key of the catalogue; commands. Goes out: strings that discord.py translates when the commands are synced. Refuses to
know what a command does. Discord offers no Welsh, so Welsh names cannot be shown; Welsh sentences can. Discord is told about the
commands only when they changed: syncing is rate limited and takes up to an hour to spread.
"""

import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from typing_extensions import override

from bot.discord_bot.texts import DEFAULT_LANGUAGE, Texts
from bot.state.facts import Facts
from bot.worker_thread import OffLoop

log = logging.getLogger(__name__)

_FACT = "discord commands"


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


async def sync_if_changed(tree: app_commands.CommandTree[Any], facts: Facts, off_loop: OffLoop, application_id: int) -> bool:
    """Sync the commands of ``tree`` unless ``facts`` say that Discord knows them; return whether it was done."""
    wanted = await _digest(tree, application_id)
    if await off_loop.run(facts.get, _FACT) == wanted:
        return False
    try:
        commands = await tree.sync()
    except (discord.HTTPException, app_commands.CommandSyncFailure):
        # The old commands keep working; the next start tries again.
        log.exception("Discord did not take the commands")
        return False
    await off_loop.run(facts.put, _FACT, wanted)
    log.info("told Discord about %d commands", len(commands))
    return True


async def _digest(tree: app_commands.CommandTree[Any], application_id: int) -> str:
    translator = tree.translator
    payload = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    return hashlib.sha256(json.dumps([application_id, payload], sort_keys=True).encode()).hexdigest()
