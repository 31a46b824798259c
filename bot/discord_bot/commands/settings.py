"""``/settings``: what a server's managers choose, in one message of menus; that they are managers is checked again here.

Comes in: interactions. Goes out: the settings as they stand, after every change. Refuses people who may not manage the server.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.cards.settings_card import ANSWERS, Choices, pages_of, settings_card
from bot.discord_bot.commands.naming import named
from bot.discord_bot.permissions import ServerChannel, in_words, missing_at_all
from bot.discord_bot.replying import defer, defer_change, finish, say
from bot.discord_bot.state.server_settings import ServerSettings

Interaction = discord.Interaction[Any]
Change = Callable[[ServerSettings, list[str], BotState, int], ServerSettings]


def add_settings(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/settings`` to ``tree``."""
    texts = state.english

    @tree.command(name=named(texts, "settings.name"), description=named(texts, "settings.description"))
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def settings(interaction: Interaction) -> None:
        refused = _refused(interaction, state)
        if refused:
            await say(interaction, refused)
        elif await defer(interaction, private=True):
            await finish(interaction, _shown(interaction, state, 0))


async def choose(interaction: Interaction, state: BotState, argument: str) -> None:
    """Keep what was chosen in a menu, and show the settings in the same message. ``argument`` is "what:page:values, with commas"."""
    what, page, values = argument.split(":", 2)
    refused = _refused(interaction, state)
    if refused:
        await say(interaction, refused)
    elif await defer_change(interaction):
        server = interaction.guild_id or 0
        before = state.settings.of(server)
        after = _CHANGES[what](before, [value for value in values.split(",") if value], state, int(page))
        if after != before:
            await state.asking.found_in.answering.run(state.settings.save, server, after)
        await finish(interaction, _shown(interaction, state, int(page)))


def _refused(interaction: Interaction, state: BotState) -> str:
    texts = state.texts_for(interaction.guild_id)
    if interaction.guild_id is None:
        return texts.say("settings.guild_only")
    return "" if interaction.permissions.manage_guild else texts.say("settings.forbidden")


def _shown(interaction: Interaction, state: BotState, page: int) -> Reply:
    settings, texts = state.settings.of(interaction.guild_id), state.texts_for(interaction.guild_id)
    person = settings.person_per_minute or state.options.person_per_minute
    channel = settings.channel_per_minute or state.options.channel_per_minute
    lacking = _permissions(interaction, state)
    choices = Choices(settings, f"{person}/{channel}", state.service.documents, list(state.texts), lacking, page)
    return Reply(texts.say("settings.not_shown"), settings_card(choices, texts))


def _permissions(interaction: Interaction, state: BotState) -> str:
    """Return what the bot lacks in the channel where its settings are shown."""
    settings, texts = state.settings.of(interaction.guild_id), state.texts_for(interaction.guild_id)
    channel = interaction.guild.get_channel_or_thread(interaction.channel_id or 0) if interaction.guild else None
    missing = missing_at_all(channel, settings.threads) if isinstance(channel, ServerChannel) else []
    return texts.say("settings.missing_here" if missing else "settings.nothing_missing", permissions=in_words(missing, texts))


def _with_sources(settings: ServerSettings, values: list[str], state: BotState, page: int) -> ServerSettings:
    """Return ``settings`` with the sources of one page as chosen, those of other pages as they were."""
    pages = pages_of(state.service.documents)
    here = {document.id for document in pages[page % len(pages)]} if pages else set()
    return replace(
        settings, sources=(*(one for one in settings.sources if one not in here), *(v for v in values if v in here))
    )


def _with_pace(settings: ServerSettings, values: list[str]) -> ServerSettings:
    person, _, channel = values[0].partition("/")
    return replace(settings, person_per_minute=int(person), channel_per_minute=int(channel))


def _one(values: list[str]) -> int | None:
    return int(values[0]) if values else None


_CHANGES: dict[str, Change] = {
    "channels": lambda settings, values, *_: replace(settings, channels=tuple(map(int, values))),
    "role": lambda settings, values, *_: replace(settings, role=_one(values)),
    "log": lambda settings, values, *_: replace(settings, log_channel=_one(values)),
    "answers": lambda settings, values, *_: replace(settings, **{name: name in values for name in ANSWERS}),
    "pace": lambda settings, values, *_: _with_pace(settings, values),
    "sources": _with_sources,
    "language": lambda settings, values, *_: replace(settings, language=values[0]),
    "page": lambda settings, *_: settings,
    "reset": lambda *_: ServerSettings(),
}
