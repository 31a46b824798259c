"""Messages that speak to the bot: mentions, direct messages, replies to its answers.

Comes in: a message. Goes out: one answer, or silence. Refuses bots, webhooks, and channels where it is not wanted.
"""

import logging
from dataclasses import replace

import discord

from bot.answering.suggestions import examples_of
from bot.discord_bot.bot_state import BotState
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.escaping import escape
from bot.discord_bot.permissions import ServerChannel, may_attach, missing_to_speak, tell_manager
from bot.discord_bot.questions import question_in
from bot.discord_bot.sending import NOT_DELIVERED, in_short, post
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.conversation import earlier_questions
from bot.discord_bot.texts import Texts

log = logging.getLogger(__name__)

_KINDS = frozenset({discord.MessageType.default, discord.MessageType.reply})
_THREAD_NAME = 90  # Discord takes 100 characters
_NO_ACCESS = frozenset({50001, 50013})  # Discord's codes for missing access and missing permissions


async def receive(message: discord.Message, desk: BotState, client: discord.Client) -> None:
    """Answer ``message`` where it speaks to the bot of ``client``."""
    if message.author.bot or message.webhook_id is not None or message.type not in _KINDS:
        return
    if client.user is None or (message.guild is not None and not _is_meant(message, desk, client.user)):
        return
    if not desk.once.first(message.id) or not await _may_speak(message, desk, client):
        return
    try:
        await _answer(message, desk, client)
    except discord.Forbidden as error:
        # Permissions may be taken away between the question and the answer.
        if error.code in _NO_ACCESS and isinstance(message.channel, ServerChannel):
            await tell_manager(message.channel, missing_to_speak(message.channel) or ["send_messages"], desk, client)
        desk.health.failed += 1
    except NOT_DELIVERED as error:
        log.warning("An answer could not be delivered (%s)", in_short(error))
        desk.health.failed += 1


def _is_meant(message: discord.Message, desk: BotState, bot: discord.abc.User) -> bool:
    """Tell whether a message on a server is for the bot: Discord shows it the words of those that mention it, and no others."""
    if bot.id not in {person.id for person in message.mentions}:
        return False
    wanted = desk.settings.of(message.guild.id if message.guild else None).channels
    here = {message.channel.id, getattr(message.channel, "parent_id", None)}
    return not wanted or bool(here & set(wanted))


async def _may_speak(message: discord.Message, desk: BotState, client: discord.Client) -> bool:
    """Tell whether the bot may write where it was asked; if not, it stays silent there and tells the manager why."""
    if not isinstance(message.channel, ServerChannel):
        return True
    missing = missing_to_speak(message.channel)
    if missing:
        await tell_manager(message.channel, missing, desk, client)
    return not missing


async def _answer(message: discord.Message, desk: BotState, client: discord.Client) -> None:
    server = message.guild.id if message.guild else None
    texts = desk.texts_for(server)
    question, others = question_in(message.content)
    if not question:
        await post(message.channel, Reply(_how_to_ask(message, desk, texts)), str(message.id), message)
        return
    note = desk.too_quick(message.author.id, message.channel.id, server)
    if note:
        # One note in a while is friendly; one for every message would be noise.
        if not desk.pace.wait(("note", message.author.id), 1):
            await post(message.channel, Reply(note), str(message.id), message)
        return
    asked = desk.asked(question, message.author.id, server)
    asked = replace(asked, earlier=await earlier_questions(message, client.user.id if client.user else 0))
    await _deliver(message, desk, asked, others, client)


def _how_to_ask(message: discord.Message, desk: BotState, texts: Texts) -> str:
    """Return what is said where there is no question: with an example, where the corpus brings one."""
    if message.attachments or message.stickers:
        return texts.say("reply.no_text")
    examples = examples_of(desk.options.lexicon(), 1)
    if examples:
        return texts.say("reply.empty_mention_example", example=escape(examples[0]))
    return texts.say("reply.empty_mention")


async def _deliver(message: discord.Message, desk: BotState, asked: Asked, others: bool, client: discord.Client) -> None:
    pictured = not isinstance(message.channel, ServerChannel) or may_attach(message.channel)
    reply = await desk.asking.answer(replace(asked, pictured=pictured))
    thread = await _thread_for(message, desk, asked.question, client)
    await post(thread or message.channel, reply, str(message.id), None if thread else message)
    texts = desk.texts_for(message.guild.id if message.guild else None)
    hints = [texts.say("reply.thread_hint")] * (thread is not None) + [texts.say("reply.many_questions")] * others
    if hints:
        await post(thread or message.channel, Reply("\n".join(hints)), f"{message.id}h")


async def _thread_for(
    message: discord.Message, desk: BotState, question: str, client: discord.Client
) -> discord.Thread | None:
    """Return a new thread for the answer where the server wants threads and one can be made; else None, for a reply."""
    if message.guild is None or not isinstance(message.channel, discord.TextChannel):
        return None
    if not desk.settings.of(message.guild.id).threads:
        return None
    try:
        return await message.create_thread(name=question[:_THREAD_NAME])
    except discord.Forbidden:
        await tell_manager(message.channel, ["create_public_threads"], desk, client)
    except discord.HTTPException as error:
        log.warning("A thread could not be made (%s)", in_short(error))
    return None
