"""Send a Reply: as an answer to an interaction or into a channel, as a card or, where Discord refuses that, as plain text.

Comes in: a Reply. Goes out: one message, never two: interactions edit their one response, channel messages carry a nonce.
Refuses to know what the reply says.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord

from bot.discord_bot.cards.replies import Reply

log = logging.getLogger(__name__)

# Discord's codes for an interaction that is over: unknown interaction, unknown webhook, invalid webhook token.
_EXPIRED = frozenset({10062, 10015, 50027})
_ALREADY_ACKNOWLEDGED = 40060
_RETRY_AFTER = 1.0  # seconds
_LOST = (discord.DiscordServerError, aiohttp.ClientError, OSError)  # the call may have arrived or not
NOT_DELIVERED = (discord.HTTPException, aiohttp.ClientError, OSError)

_Sent = TypeVar("_Sent")


async def defer(interaction: discord.Interaction[Any], private: bool) -> bool:
    """Tell Discord at once that an answer is coming; return False where the interaction is over already."""
    return await _acknowledge(partial(interaction.response.defer, ephemeral=private, thinking=True))


async def defer_change(interaction: discord.Interaction[Any]) -> bool:
    """Tell Discord at once that the message of a button will change; return False where the interaction is over already."""
    return await _acknowledge(interaction.response.defer)


async def say(interaction: discord.Interaction[Any], sentence: str) -> bool:
    """Answer an interaction at once with a sentence that only its person sees; return whether it arrived."""
    return await _acknowledge(partial(interaction.response.send_message, sentence, ephemeral=True))


async def say_in_any_case(interaction: discord.Interaction[Any], sentence: str) -> bool:
    """Answer with a sentence, at once or in the place of "thinking …" where an answer was promised; return whether it arrived."""
    return await finish(interaction, Reply(sentence)) if interaction.response.is_done() else await say(interaction, sentence)


async def finish(interaction: discord.Interaction[Any], reply: Reply) -> bool:
    """Put ``reply`` in the place of "thinking …"; return whether it arrived."""
    try:
        if reply.view is None or not await _edit_with_card(interaction, reply):
            await _insist(partial(interaction.edit_original_response, content=reply.fallback, view=reply.buttons))
    except NOT_DELIVERED as error:
        log.warning("An answer could not be delivered (%s)", in_short(error))
        return False
    return True


async def post(
    channel: discord.abc.Messageable, reply: Reply, nonce: str, answers: discord.Message | None = None
) -> discord.Message:
    """Send ``reply`` into a channel, as a reply to the message that it ``answers``.

    Raises:
        discord.Forbidden: the bot may not write there.
        discord.HTTPException: Discord did not take it in any form.
        aiohttp.ClientError, OSError: Discord cannot be reached.
    """
    to = {} if answers is None else {"reference": answers.to_reference(fail_if_not_exists=False)}
    # The nonce makes Discord take a second try for the first one, should that have arrived after all.
    send = partial(channel.send, nonce=nonce, **to)
    if reply.view is not None:
        try:
            return await _insist(lambda: send(view=reply.view, files=reply.files()))
        except discord.Forbidden:
            raise
        except discord.HTTPException as error:
            log.warning("Discord refused a card (%s); sending plain text", in_short(error))
    more = {} if reply.buttons is None else {"view": reply.buttons}
    return await _insist(lambda: send(reply.fallback, suppress_embeds=True, **more))


def in_short(error: Exception) -> str:
    """Return what an error was, without the words that Discord may repeat in it."""
    if isinstance(error, discord.HTTPException):
        return f"status {error.status}, code {error.code}"
    return type(error).__name__


async def _acknowledge(respond: Callable[[], Awaitable[object]]) -> bool:
    """Return whether Discord took the first response to an interaction."""
    try:
        await _insist(respond)
    except NOT_DELIVERED as error:
        if isinstance(error, discord.HTTPException) and error.code == _ALREADY_ACKNOWLEDGED:
            return True  # the first try had arrived
        log.warning("Discord no longer takes the answer to an interaction (%s)", in_short(error))
        return False
    return True


async def _edit_with_card(interaction: discord.Interaction[Any], reply: Reply) -> bool:
    """Return whether the card arrived; False where plain text has to take its place."""
    try:
        await _insist(lambda: interaction.edit_original_response(view=reply.view, attachments=reply.files()))
    except discord.HTTPException as error:
        if error.code in _EXPIRED:
            raise
        log.warning("Discord refused a card (%s); sending plain text", in_short(error))
        return False
    return True


async def _insist(send: Callable[[], Awaitable[_Sent]]) -> _Sent:
    """Return what ``send`` returns; one more try where it is not known whether the first one arrived."""
    try:
        return await send()
    except _LOST:
        await asyncio.sleep(_RETRY_AFTER)
        return await send()
