"""The settings of a server in words, with the permissions that are missing where they are looked at.

Comes in: an interaction. Goes out: Markdown. Refuses to change anything.
"""

from typing import Any

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.plain import CONTENT_LIMIT
from bot.discord_bot.escaping import clip_escaped
from bot.discord_bot.permissions import ServerChannel, in_words, missing_at_all
from bot.discord_bot.state.server_settings import ServerSettings
from bot.discord_bot.texts import Texts


def settings_note(interaction: discord.Interaction[Any], desk: BotState) -> str:
    """Return the settings of the server that the interaction comes from."""
    settings, texts = desk.settings.of(interaction.guild_id), desk.texts_for(interaction.guild_id)
    lines = [f"**{texts.say('settings.title')}**", *_choices(settings, desk, texts)]
    channel = interaction.guild.get_channel_or_thread(interaction.channel_id or 0) if interaction.guild else None
    if isinstance(channel, ServerChannel):
        missing = missing_at_all(channel, settings.threads)
        key = "settings.missing_here" if missing else "settings.nothing_missing"
        lines.append(texts.say(key, permissions=in_words(missing, texts)))
    return "\n".join(lines)[:CONTENT_LIMIT]


def _choices(settings: ServerSettings, desk: BotState, texts: Texts) -> list[str]:
    channels = ", ".join(f"<#{channel}>" for channel in settings.channels[:20])
    sources = ", ".join(clip_escaped(source, 60) for source in settings.sources[:15])
    person = settings.person_per_minute or desk.options.person_per_minute
    channel = settings.channel_per_minute or desk.options.channel_per_minute
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
