"""``/ask`` and the message menu: a question answered where it was asked.

Comes in: interactions. Goes out: replies. Refuses to answer by itself: it defers, then has the question answered.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.answering.answer_service import check_question
from bot.discord_bot.allowed import of_interaction
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.plain import CONTENT_LIMIT
from bot.discord_bot.commands.naming import named
from bot.discord_bot.escaping import clip_escaped
from bot.discord_bot.letters import note
from bot.discord_bot.replying import defer, finish, say
from bot.discord_bot.state.asked import Asked, question_in
from bot.discord_bot.state.tallies import Outcome
from index.errors import QuestionError
from index.records import Document

_CHOICES = 25  # Discord's limits for autocomplete
_CHOICE_LENGTH = 100


def add_ask(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/ask`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "command.ask.name"), description=named(texts, "command.ask.description"))
    @app_commands.describe(
        question=named(texts, "command.ask.question"),
        source=named(texts, "command.ask.source"),
        private=named(texts, "command.ask.private"),
        plain=named(texts, "command.ask.plain"),
    )
    async def ask(
        interaction: discord.Interaction[Any],
        question: str,
        source: str | None = None,
        private: bool | None = None,
        plain: bool | None = None,
    ) -> None:
        settings = state.settings.of(interaction.guild_id)
        asked = replace(
            state.asked(question, interaction.user.id, interaction.guild_id),
            source=source,
            private=settings.private if private is None else private,
            plain=settings.plain if plain is None else plain,
        )
        if source and settings.sources and source not in settings.sources:
            await say(interaction, state.texts_for(interaction.guild_id).say("reply.not_here"))
            return
        await answer(interaction, state, asked)

    @ask.autocomplete("source")
    async def sources(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
        return source_choices(state.documents_for(interaction.guild_id), typed)


def add_find(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add the message menu "Find guidance on this" to ``tree``; the answer is private, as the other person did not ask."""

    @tree.context_menu(name=named(state.english, "command.find.name"))
    async def find(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        question, _ = question_in(message.content)
        if not question:
            await say(interaction, state.texts_for(interaction.guild_id).say("reply.no_text"))
            return
        asked = state.asked(question, interaction.user.id, interaction.guild_id)
        await answer(interaction, state, replace(asked, private=True))


async def answer(interaction: discord.Interaction[Any], state: BotState, asked: Asked) -> None:
    """Answer an interaction: at once "thinking …", then the card; or a note for the person alone why there is none."""
    refused = (
        of_interaction(state, interaction)
        or _not_askable(asked.question, state)
        or state.too_quick(interaction.user.id, interaction.channel_id, interaction.guild_id)
    )
    if refused:
        await say(interaction, refused)
        await note(state, interaction.client, interaction.guild_id, Outcome.REFUSED)
    elif await defer(interaction, asked.private):
        reply = await state.asking.answer(asked)
        arrived = await finish(interaction, reply)
        state.health.failed += not arrived
        await note(state, interaction.client, asked.server, (reply.outcome if arrived else None) or Outcome.FAILED)
    else:
        state.health.failed += 1


def _not_askable(question: str, state: BotState) -> str | None:
    """Return what is wrong with a question that cannot be asked, for its asker alone: nobody else has to read that."""
    try:
        check_question(question)
    except QuestionError as error:
        state.health.refused += 1
        return clip_escaped(str(error), CONTENT_LIMIT)
    return None


def source_choices(documents: Iterable[Document], typed: str) -> list[Choice[str]]:
    """Return the documents whose title, publisher or id holds every word that was ``typed``."""
    words = typed.lower().split()
    fitting = (
        document
        for document in documents
        if len(document.id) <= _CHOICE_LENGTH
        and all(word in f"{document.id} {document.title} {document.publisher}".lower() for word in words)
    )
    return [Choice(name=document.title[:_CHOICE_LENGTH], value=document.id) for document in fitting][:_CHOICES]
