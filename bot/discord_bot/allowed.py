"""Who may ask where: the channels and the role that the managers of a server chose.

Comes in: a server, a channel and a person. Goes out: a sentence that says why not, or None. Refuses to know what is asked.
"""

from typing import Any

import discord

from bot.discord_bot.bot_state import BotState

_CHANNELS_NAMED = 10


def why_not(state: BotState, server: int | None, channel: object, person: object) -> str | None:
    """Return why nothing is answered there to that person, or None where it is."""
    if server is None:
        return None
    settings, texts = state.settings.of(server), state.texts_for(server)
    if not in_chosen_channel(state, server, channel):
        named = ", ".join(f"<#{one}>" for one in settings.channels[:_CHANNELS_NAMED])
        return texts.say("reply.other_channel", channels=named)
    if settings.role and not _has_role(person, settings.role):
        return texts.say("reply.other_role", role=f"<@&{settings.role}>")
    return None


def in_chosen_channel(state: BotState, server: int | None, channel: object) -> bool:
    """Tell whether ``channel``, or the one that it is a thread or a post of, is among those that a server chose; none means all."""
    wanted = state.settings.of(server).channels
    return not wanted or bool({getattr(channel, "id", None), getattr(channel, "parent_id", None)} & set(wanted))


def of_interaction(state: BotState, interaction: discord.Interaction[Any]) -> str | None:
    """Return why nothing is answered to an interaction, or None where it is."""
    return why_not(state, interaction.guild_id, interaction.channel, interaction.user)


def _has_role(person: object, role: int) -> bool:
    """Tell whether a member has a role; who may manage the server needs none, or nobody could mend a wrong choice."""
    if not isinstance(person, discord.Member):
        return False
    return person.get_role(role) is not None or person.guild_permissions.manage_guild
