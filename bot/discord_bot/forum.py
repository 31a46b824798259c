"""Posts of a forum: a question that stands in the title, and a post that is marked as solved.

Comes in: a message or a press in a post. Goes out: the question; the post with its tag, or closed. Refuses who did not write the post.
"""

import logging
from typing import Any

import discord

from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.permissions import in_words
from bot.discord_bot.sending import defer, finish, in_short

log = logging.getLogger(__name__)


def post_of(channel: object) -> discord.Thread | None:
    """Return ``channel`` where it is a post of a forum, else None."""
    return channel if isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel) else None


def title_asked(message: discord.Message) -> str:
    """Return the title of the post that ``message`` opens; empty where it opens none."""
    post = post_of(message.channel)
    return post.name if post is not None and post.id == message.id else ""


async def mark_solved(interaction: discord.Interaction[Any], state: BotState) -> None:
    """Mark the post as solved: with the forum's tag for that, or, where it has none, by closing it."""
    if not await defer(interaction, private=True):
        return
    texts = state.texts_for(interaction.guild_id)
    post = post_of(interaction.channel)
    if post is None:
        sentence = texts.say("solved.no_post")
    elif interaction.user.id != post.owner_id and not interaction.permissions.manage_threads:
        sentence = texts.say("solved.not_yours")
    else:
        sentence = await _mark(post, state)
    await finish(interaction, Reply(sentence))


async def _mark(post: discord.Thread, state: BotState) -> str:
    texts = state.texts_for(post.guild.id)
    tag = _solved_tag(post, texts.say("solved.tags").split(","))
    try:
        if tag is None:
            await post.edit(archived=True)
        elif tag not in post.applied_tags:
            await post.edit(applied_tags=[*post.applied_tags[:4], tag])  # Discord takes five
    except discord.Forbidden:
        return texts.say("solved.missing", permissions=in_words(["manage_threads"], texts))
    except discord.HTTPException as error:
        log.warning("A post could not be marked (%s)", in_short(error))
        return texts.say("reply.failed")
    return texts.say("solved.closed") if tag is None else texts.say("solved.tagged", tag=tag.name)


def _solved_tag(post: discord.Thread, names: list[str]) -> discord.ForumTag | None:
    wanted = {name.strip().casefold() for name in names}
    tags = post.parent.available_tags if isinstance(post.parent, discord.ForumChannel) else ()
    return next((tag for tag in tags if tag.name.casefold() in wanted), None)
