"""``/settings``: what a server's managers choose; Discord shows it to them only, and it is checked again here.

Comes in: interactions. Goes out: the settings as they stand, after every change. Refuses people who may not manage the server.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.plain import CONTENT_LIMIT
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.commands.ask import source_choices
from bot.discord_bot.commands.naming import named
from bot.discord_bot.escaping import clip_escaped
from bot.discord_bot.permissions import ServerChannel, in_words, missing_at_all
from bot.discord_bot.sending import defer, finish
from bot.discord_bot.state.server_settings import ServerSettings
from bot.discord_bot.texts import Texts

Interaction = discord.Interaction[Any]
Change = Callable[[ServerSettings], ServerSettings]
PerPerson = app_commands.Range[int, 1, 60]
PerChannel = app_commands.Range[int, 1, 600]


def add_settings(tree: app_commands.CommandTree[Any], state: BotState) -> None:
    """Add ``/settings`` to ``tree``."""
    texts = state.english
    group: app_commands.Group = app_commands.Group(
        name=named(texts, "settings.name"),
        description=named(texts, "settings.description"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    for add in (_add_show, _add_channel, _add_answers, _add_pace, _add_source, _add_language):
        add(group, state, texts)
    tree.add_command(group)


def _add_show(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.show.name"), description=named(texts, "settings.show.description"))
    async def show(interaction: Interaction) -> None:
        await _change(interaction, state, lambda settings: settings)

    @group.command(name=named(texts, "settings.clear.name"), description=named(texts, "settings.clear.description"))
    async def reset(interaction: Interaction) -> None:
        await _change(interaction, state, lambda _: ServerSettings())


def _add_channel(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.channel.name"), description=named(texts, "settings.channel.description"))
    @app_commands.describe(channel=named(texts, "settings.channel.channel"), answer=named(texts, "settings.channel.answer"))
    async def channel(interaction: Interaction, channel: discord.TextChannel, answer: bool) -> None:
        await _change(
            interaction, state, lambda settings: replace(settings, channels=_with(settings.channels, channel.id, answer))
        )


def _add_answers(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.default.name"), description=named(texts, "settings.default.description"))
    @app_commands.describe(on=named(texts, "settings.default.on"))
    async def private(interaction: Interaction, on: bool) -> None:
        await _change(interaction, state, lambda settings: replace(settings, private=on))

    @group.command(name=named(texts, "settings.style.name"), description=named(texts, "settings.style.description"))
    @app_commands.describe(style=named(texts, "settings.style.style"))
    async def replies(interaction: Interaction, style: Literal["reply", "thread"]) -> None:
        await _change(interaction, state, lambda settings: replace(settings, threads=style == "thread"))

    @group.command(name=named(texts, "settings.form.name"), description=named(texts, "settings.form.description"))
    @app_commands.describe(form=named(texts, "settings.form.form"))
    async def answer_format(interaction: Interaction, form: Literal["cards", "text"]) -> None:
        await _change(interaction, state, lambda settings: replace(settings, plain=form == "text"))


def _add_pace(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.pace.name"), description=named(texts, "settings.pace.description"))
    @app_commands.describe(person=named(texts, "settings.pace.person"), channel=named(texts, "settings.pace.channel"))
    async def cooldown(interaction: Interaction, person: PerPerson | None = None, channel: PerChannel | None = None) -> None:
        await _change(
            interaction,
            state,
            lambda settings: replace(
                settings,
                person_per_minute=person or settings.person_per_minute,
                channel_per_minute=channel or settings.channel_per_minute,
            ),
        )


def _add_source(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.choose.name"), description=named(texts, "settings.choose.description"))
    @app_commands.describe(source=named(texts, "settings.choose.source"), use=named(texts, "settings.choose.use"))
    async def source(interaction: Interaction, source: str, use: bool) -> None:
        if source not in {document.id for document in state.service.documents}:
            await _answer(interaction, state, lambda texts: texts.say("reply.not_here"))
            return
        await _change(interaction, state, lambda settings: replace(settings, sources=_with(settings.sources, source, use)))

    @source.autocomplete("source")
    async def typed_source(interaction: Interaction, typed: str) -> list[Choice[str]]:
        return source_choices(state.service.documents, typed)


def _add_language(group: app_commands.Group, state: BotState, texts: Texts) -> None:
    @group.command(name=named(texts, "settings.speak.name"), description=named(texts, "settings.speak.description"))
    @app_commands.describe(language=named(texts, "settings.speak.language"))
    @app_commands.choices(language=[Choice(name=code, value=code) for code in state.texts])
    async def language(interaction: Interaction, language: str) -> None:
        await _change(interaction, state, lambda settings: replace(settings, language=language))


async def _change(interaction: Interaction, state: BotState, change: Change) -> None:
    """Keep the settings as ``change`` makes them, and show them."""
    server = interaction.guild_id
    if server is None:
        await _answer(interaction, state, lambda texts: texts.say("settings.guild_only"))
    elif not interaction.permissions.manage_guild:
        await _answer(interaction, state, lambda texts: texts.say("settings.forbidden"))
    elif await defer(interaction, private=True):
        changed = change(state.settings.of(server))
        if changed != state.settings.of(server):
            await state.asking.found_in.answering.run(state.settings.save, server, changed)
        await finish(interaction, Reply(settings_note(interaction, state)))


async def _answer(interaction: Interaction, state: BotState, sentence: Callable[[Texts], str]) -> None:
    if await defer(interaction, private=True):
        await finish(interaction, Reply(sentence(state.texts_for(interaction.guild_id))))


def _with(chosen: tuple[Any, ...], one: object, wanted: bool) -> tuple[Any, ...]:
    """Return ``chosen`` with ``one`` or without it."""
    others = tuple(each for each in chosen if each != one)
    return (*others, one) if wanted else others


def settings_note(interaction: discord.Interaction[Any], state: BotState) -> str:
    """Return the settings of the server that the interaction comes from."""
    settings, texts = state.settings.of(interaction.guild_id), state.texts_for(interaction.guild_id)
    lines = [f"**{texts.say('settings.title')}**", *_choices(settings, state, texts)]
    channel = interaction.guild.get_channel_or_thread(interaction.channel_id or 0) if interaction.guild else None
    if isinstance(channel, ServerChannel):
        missing = missing_at_all(channel, settings.threads)
        key = "settings.missing_here" if missing else "settings.nothing_missing"
        lines.append(texts.say(key, permissions=in_words(missing, texts)))
    return "\n".join(lines)[:CONTENT_LIMIT]


def _choices(settings: ServerSettings, state: BotState, texts: Texts) -> list[str]:
    channels = ", ".join(f"<#{channel}>" for channel in settings.channels[:20])
    sources = ", ".join(clip_escaped(source, 60) for source in settings.sources[:15])
    person = settings.person_per_minute or state.options.person_per_minute
    channel = settings.channel_per_minute or state.options.channel_per_minute
    said = {name: texts.say(f"settings.{name}") for name in ("yes", "no", "thread", "reply", "text", "cards")}
    return [
        texts.say("settings.channels", channels=channels or texts.say("settings.everywhere")),
        texts.say("settings.private", choice=said["yes" if settings.private else "no"]),
        texts.say("settings.replies", choice=said["thread" if settings.threads else "reply"]),
        texts.say("settings.format", choice=said["text" if settings.plain else "cards"]),
        texts.say("settings.cooldown", person=person, channel=channel),
        texts.say("settings.sources", sources=sources or texts.say("settings.all_sources")),
        texts.say("settings.language", language=texts.language),
    ]
