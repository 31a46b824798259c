"""Messages that speak to the bot: mentions, direct messages, replies to its answers, posts of a forum.

Comes in: a message, or a press in a post. Goes out: one answer, or silence; a question that stands in a title; a post marked as
solved by who wrote it. Refuses bots, webhooks, and channels where it is not wanted. Nothing is remembered: the questions before a
message stand in the answer that it replies to, or in the thread where it stands.
"""

import logging
from dataclasses import replace
from typing import Any

import discord

from bot.answering.guidance import examples_of
from bot.discord_bot.allowed import in_chosen_channel, why_not
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.escaping import escape
from bot.discord_bot.letters import fault, note
from bot.discord_bot.permissions import ServerChannel, in_words, may_attach, missing_to_speak, tell_manager
from bot.discord_bot.replying import NOT_DELIVERED, defer, finish, in_short, post
from bot.discord_bot.state.asked import EARLIER_COMPONENTS, Asked, question_in, question_in_text, questions_in
from bot.discord_bot.state.tallies import Outcome
from bot.discord_bot.texts import Texts

log = logging.getLogger(__name__)

_KINDS = frozenset({discord.MessageType.default, discord.MessageType.reply})
_THREAD_NAME = 90  # Discord takes 100 characters
_NO_ACCESS = frozenset({50001, 50013})  # Discord's codes for missing access and missing permissions
_LOOK_BACK = 15  # messages of a thread


async def receive(message: discord.Message, state: BotState, client: discord.Client) -> None:
    """Answer ``message`` where it speaks to the bot of ``client``."""
    if message.author.bot or message.webhook_id is not None or message.type not in _KINDS:
        return
    if client.user is None or (message.guild is not None and not _is_meant(message, state, client.user)):
        return
    if not state.once.first(message.id) or not await _may_speak(message, state, client):
        return
    try:
        await _answer(message, state, client)
    except discord.Forbidden as error:
        # Permissions may be taken away between the question and the answer.
        if error.code in _NO_ACCESS and isinstance(message.channel, ServerChannel):
            await tell_manager(message.channel, missing_to_speak(message.channel) or ["send_messages"], state, client)
        state.health.failed += 1
    except NOT_DELIVERED as error:
        log.warning("An answer could not be delivered (%s)", in_short(error))
        state.health.failed += 1
        await note(state, client, message.guild.id if message.guild else None, Outcome.FAILED)


def _is_meant(message: discord.Message, state: BotState, bot: discord.abc.User) -> bool:
    """Tell whether a message on a server is for the bot: Discord shows it the words of those that mention it, and no others."""
    if bot.id not in {person.id for person in message.mentions}:
        return False
    return in_chosen_channel(state, message.guild.id if message.guild else None, message.channel)


async def _may_speak(message: discord.Message, state: BotState, client: discord.Client) -> bool:
    """Tell whether the bot may write where it was asked; if not, it stays silent there and tells the manager why."""
    if not isinstance(message.channel, ServerChannel):
        return True
    missing = missing_to_speak(message.channel)
    if missing:
        await tell_manager(message.channel, missing, state, client)
        lacking = in_words(missing, state.texts_for(message.channel.guild.id))
        await fault(state, client, message.channel.guild.id, "missing", channel=message.channel.mention, permissions=lacking)
    return not missing


async def _answer(message: discord.Message, state: BotState, client: discord.Client) -> None:
    server = message.guild.id if message.guild else None
    texts = state.texts_for(server)
    question, others = question_in(message.content)
    question = question or title_asked(message)
    if not question:
        await post(message.channel, Reply(_how_to_ask(message, state, texts)), str(message.id), message)
        return
    refused = why_not(state, server, message.channel, message.author) or state.too_quick(
        message.author.id, message.channel.id, server
    )
    if refused:
        # One note in a while is friendly; one for every message would be noise.
        if not state.pace.wait(("note", message.author.id), 1):
            await post(message.channel, Reply(refused), str(message.id), message)
        await note(state, client, server, Outcome.REFUSED)
        return
    asked = state.asked(question, message.author.id, server)
    earlier = await earlier_questions(message, client.user.id if client.user else 0)
    asked = replace(asked, earlier=earlier, in_post=post_of(message.channel) is not None)
    await _deliver(message, state, asked, others, client)


def _how_to_ask(message: discord.Message, state: BotState, texts: Texts) -> str:
    """Return what is said where there is no question: with an example, where the corpus brings one."""
    if message.attachments or message.stickers:
        return texts.say("reply.no_text")
    examples = examples_of(state.options.lexicon(), 1)
    if examples:
        return texts.say("reply.empty_mention_example", example=escape(examples[0]))
    return texts.say("reply.empty_mention")


async def _deliver(message: discord.Message, state: BotState, asked: Asked, others: bool, client: discord.Client) -> None:
    pictured = not isinstance(message.channel, ServerChannel) or may_attach(message.channel)
    reply = await state.asking.answer(replace(asked, pictured=pictured))
    thread = await _thread_for(message, state, asked.question, client)
    await post(thread or message.channel, reply, str(message.id), None if thread else message)
    await note(state, client, asked.server, reply.outcome or Outcome.FAILED)
    texts = state.texts_for(message.guild.id if message.guild else None)
    hints = [texts.say("reply.thread_hint")] * (thread is not None) + [texts.say("reply.many_questions")] * others
    if hints:
        await post(thread or message.channel, Reply("\n".join(hints)), f"{message.id}h")


async def _thread_for(
    message: discord.Message, state: BotState, question: str, client: discord.Client
) -> discord.Thread | None:
    """Return a new thread for the answer where the server wants threads and one can be made; else None, for a reply."""
    if message.guild is None or not isinstance(message.channel, discord.TextChannel):
        return None
    if not state.settings.of(message.guild.id).threads:
        return None
    try:
        return await message.create_thread(name=question[:_THREAD_NAME])
    except discord.Forbidden:
        await tell_manager(message.channel, ["create_public_threads"], state, client)
    except discord.HTTPException as error:
        log.warning("A thread could not be made (%s)", in_short(error))
    return None


async def earlier_questions(message: discord.Message, bot_id: int) -> tuple[str, ...]:
    """Return the questions that ``message`` follows, or none."""
    questions = await _before(message, bot_id)
    return questions[-len(EARLIER_COMPONENTS) :]


async def _before(message: discord.Message, bot_id: int) -> tuple[str, ...]:
    answered = await _replied_to(message)
    if answered is not None:
        return _carried(answered, bot_id)
    if isinstance(message.channel, discord.Thread):
        return await _last_in_thread(message.channel, message, bot_id)
    return ()


async def _replied_to(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.message_id is None or message.type is not discord.MessageType.reply:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException:
        return None


async def _last_in_thread(thread: discord.Thread, message: discord.Message, bot_id: int) -> tuple[str, ...]:
    try:
        async for earlier in thread.history(limit=_LOOK_BACK, before=message):
            if questions := _carried(earlier, bot_id):
                return questions
        return await _thread_starter(thread, bot_id)
    except discord.HTTPException:  # no permission to read the history: the question is answered by itself
        return ()


async def _thread_starter(thread: discord.Thread, bot_id: int) -> tuple[str, ...]:
    """Return the questions of the message that the thread was made from; both have the same id."""
    if not isinstance(thread.parent, discord.TextChannel):
        return ()
    return _carried(await thread.parent.fetch_message(thread.id), bot_id)


def _carried(message: discord.Message, bot_id: int) -> tuple[str, ...]:
    if message.author.id != bot_id:
        return ()
    return questions_in(message.components) or question_in_text(message.content)


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
