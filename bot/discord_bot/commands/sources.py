"""``/sources``, ``/source``, ``/passage``, ``/define``: look around in what answers are quoted from.

Comes in: interactions. Goes out: cards that only the person sees. Refuses to search.
"""

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.answering.links import safe_link
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.cards import note_card
from bot.discord_bot.cards.plain import CONTENT_LIMIT, definition_note, source_note, sources_note, term_of
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.commands.ask import source_choices
from bot.discord_bot.commands.naming import named
from bot.discord_bot.escaping import clip
from bot.discord_bot.replying import defer, finish, say
from bot.discord_bot.texts import Texts
from index.records import Document

_CHOICES = 25  # Discord's limits for autocomplete
_CHOICE_LENGTH = 100


def add_sources(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/sources`` and ``/source`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "command.sources.name"), description=named(texts, "command.sources.description"))
    async def sources(interaction: discord.Interaction[Any]) -> None:
        here = state.texts_for(interaction.guild_id)
        note = sources_note(state.documents_for(interaction.guild_id), here)
        await _show(interaction, here.say("sources.title"), note)

    @tree.command(name=named(texts, "command.source.name"), description=named(texts, "command.source.description"))
    @app_commands.describe(source=named(texts, "command.source.source"))
    async def source(interaction: discord.Interaction[Any], source: str) -> None:
        here = state.texts_for(interaction.guild_id)
        documents = {document.id: document for document in state.service.documents}
        if source in documents:
            title, note = source_note(documents[source], documents, here)
            await _show(interaction, title, note, _links(documents[source], state, here))
        else:
            await say(interaction, here.say("reply.not_here"))

    @source.autocomplete("source")
    async def typed_source(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
        return source_choices(state.documents_for(interaction.guild_id), typed)


def add_passage(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/passage`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "command.passage.name"), description=named(texts, "command.passage.description"))
    @app_commands.describe(passage_id=named(texts, "command.passage.id"))
    @app_commands.rename(passage_id="id")
    async def passage(interaction: discord.Interaction[Any], passage_id: app_commands.Range[str, 1, 40]) -> None:
        if await defer(interaction, private=False):
            language = state.texts_for(interaction.guild_id).language
            await finish(interaction, await state.asking.passage(passage_id.strip().lower(), language))


def add_define(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/define`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "command.define.name"), description=named(texts, "command.define.description"))
    @app_commands.describe(term=named(texts, "command.define.term"))
    async def define(interaction: discord.Interaction[Any], term: str) -> None:
        here = state.texts_for(interaction.guild_id)
        title, note = definition_note(term, state.options.lexicon(), here)
        await _show(interaction, title, note)

    @define.autocomplete("term")
    async def typed_term(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
        fitting = [term.term for term in state.options.lexicon().terms if term_of(term, typed)]
        return [Choice(name=name, value=name) for name in fitting if len(name) <= _CHOICE_LENGTH][:_CHOICES]


def add_help(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/help`` and ``/privacy`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "command.help.name"), description=named(texts, "command.help.description"))
    async def explain(interaction: discord.Interaction[Any]) -> None:
        here = state.texts_for(interaction.guild_id)
        await _show(interaction, here.say("help.title"), here.say("help.body").strip())

    @tree.command(name=named(texts, "command.privacy.name"), description=named(texts, "command.privacy.description"))
    async def privacy(interaction: discord.Interaction[Any]) -> None:
        here = state.texts_for(interaction.guild_id)
        await _show(interaction, here.say("privacy.title"), here.say("privacy.body").strip())


def _links(document: Document, state: BotState, texts: Texts) -> list[tuple[str, str]]:
    page = f"{state.options.public_url.rstrip('/')}/documents/{document.id}" if state.options.public_url else ""
    return [(texts.say("button.reader"), page), (texts.say("button.original"), safe_link(document.url))]


async def _show(interaction: discord.Interaction[Any], title: str, note: str, links: Sequence[tuple[str, str]] = ()) -> None:
    if await defer(interaction, private=True):
        await finish(interaction, Reply(clip(f"{title}\n{note}", CONTENT_LIMIT), note_card(title, note, links)))
