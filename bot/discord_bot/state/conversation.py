"""The questions before a message: from the answer it replies to, or from the thread it stands in.

Comes in: a message. Goes out: the earlier questions, oldest first. Nothing is remembered: our own answers carry the questions.
"""

import discord

from bot.discord_bot.state.asked import EARLIER_COMPONENTS, question_in_text, questions_in

_LOOK_BACK = 15  # messages of a thread


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
