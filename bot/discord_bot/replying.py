"""From a question to a Reply, and from a Reply to exactly one message; whatever fails, there is something to say.

Comes in: what was asked; a Reply. Goes out: the Reply, found off the event loop; one message, as a card or, where Discord refuses
that, as plain text, never two: interactions edit their one response, channel messages carry a nonce. Refuses to know how it was
asked, and what the reply says.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord

from bot.answering.answers import Answer, Status
from bot.answering.limits import DEFAULT_PASSAGES
from bot.discord_bot.cards.controls import Further
from bot.discord_bot.cards.replies import (
    Reply,
    reply_in_words,
    reply_of_answer,
    reply_of_context,
    reply_of_passage,
    reply_to_cite,
    reply_with_more,
)
from bot.discord_bot.cards.rows import CardStyle
from bot.discord_bot.looking_up import LookingUp
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.health import GatewayHealth
from bot.discord_bot.state.tallies import Outcome
from bot.discord_bot.texts import Texts
from bot.state.feedback import Verdict
from index.errors import LocalismError, UnknownPassage

log = logging.getLogger(__name__)

_FURTHER_AT_ONCE = 3  # passages on a card
_FURTHER_AT_ALL = 12
# Discord's codes for an interaction that is over: unknown interaction, unknown webhook, invalid webhook token.
_EXPIRED = frozenset({10062, 10015, 50027})
_ALREADY_ACKNOWLEDGED = 40060
_RETRY_AFTER = 1.0  # seconds
_LOST = (discord.DiscordServerError, aiohttp.ClientError, OSError)  # the call may have arrived or not
NOT_DELIVERED = (discord.HTTPException, aiohttp.ClientError, OSError)
_Sent = TypeVar("_Sent")


@dataclass(slots=True)
class Asking:
    """Makes replies from what one service gives."""

    found_in: LookingUp
    texts: dict[str, Texts]
    health: GatewayHealth

    async def answer(self, asked: Asked, shared_by: int = 0) -> Reply:
        """Return the reply to a question; never raises for what a person or a build can do wrong."""
        self.health.questions += 1
        return await self._safely(lambda: self._answered(asked, shared_by), asked.language)

    async def more(self, asked: Asked, which: Further) -> Reply:
        """Return further passages for a question that was answered before."""
        return await self._safely(lambda: self._further(asked, which), asked.language)

    async def passage(self, passage_id: str, language: str) -> Reply:
        """Return the card of one passage, or the sentence that it is gone."""
        return await self._safely(lambda: self._passage(passage_id, self.texts[language]), language)

    async def context(self, passage_id: str, language: str) -> Reply:
        """Return what stands around a passage, or the sentence that it is gone."""
        return await self._safely(lambda: self._context(passage_id, self.texts[language]), language)

    async def cite(self, passage_id: str, language: str) -> Reply:
        """Return a passage to be copied, or the sentence that it is gone."""
        return await self._safely(lambda: self._cited(passage_id, self.texts[language]), language)

    async def vote(self, passage_id: str, verdict: Verdict, language: str) -> Reply:
        """Count a verdict on a passage."""
        return await self._safely(lambda: self._voted(passage_id, verdict, self.texts[language]), language)

    async def _safely(self, make: Callable[[], Awaitable[Reply]], language: str) -> Reply:
        """Return what ``make`` makes; where that fails, a sentence that says so."""
        texts = self.texts[language]
        try:
            return await make()
        except UnknownPassage:
            return Reply(texts.say("reply.removed"), done=False)
        except LocalismError as error:
            self.health.refused += 1
            return reply_in_words(str(error))
        except Exception:
            # The build may fail in ways of its own; the person still gets a sentence, and the log the reason.
            log.exception("An answer failed")
            self.health.failed += 1
            return Reply(texts.say("reply.failed"), outcome=Outcome.FAILED, done=False)

    async def _answered(self, asked: Asked, shared_by: int) -> Reply:
        started = time.monotonic()
        found = await self.found_in.answer(asked, DEFAULT_PASSAGES)
        self._count(found)
        shows_page = asked.pictured and found.quotes and not asked.plain
        picture = await self.found_in.picture(found.quotes[0], started) if shows_page else None
        return reply_of_answer(found, asked, self._style(self.texts[asked.language]), picture, shared_by)

    async def _further(self, asked: Asked, which: Further) -> Reply:
        texts = self.texts[asked.language]
        # Always as many as can be shown in all: the order of a shorter list may be another one.
        found = await self.found_in.answer(asked, _FURTHER_AT_ALL + 1)
        others = [quote for quote in found.quotes if quote.id != which.first][:_FURTHER_AT_ALL]
        end = which.offset + _FURTHER_AT_ONCE
        shown = others[which.offset : end]
        if not shown:
            return Reply(texts.say("reply.no_more"))
        following = replace(which, offset=end) if len(others) > end else None
        return reply_with_more(shown, asked, following, self._style(texts))

    async def _passage(self, passage_id: str, texts: Texts) -> Reply:
        started = time.monotonic()
        found = await self.found_in.passage(passage_id)
        picture = await self.found_in.picture(found.quote, started)
        return reply_of_passage(found, self._style(texts), picture)

    async def _context(self, passage_id: str, texts: Texts) -> Reply:
        return reply_of_context(await self.found_in.passage(passage_id), self._style(texts))

    async def _cited(self, passage_id: str, texts: Texts) -> Reply:
        return reply_to_cite(await self.found_in.passage(passage_id), self._style(texts))

    async def _voted(self, passage_id: str, verdict: Verdict, texts: Texts) -> Reply:
        if not await self.found_in.vote(passage_id, verdict):
            return Reply(texts.say("reply.no_votes"), done=False)
        return Reply(texts.say("reply.thanks_page" if verdict is Verdict.WRONG_PAGE else "reply.thanks"))

    def _style(self, texts: Texts) -> CardStyle:
        return CardStyle(texts, self.found_in.options.public_url)

    def _count(self, found: Answer) -> None:
        if found.status is Status.NOT_FOUND:
            self.health.not_found += 1
        else:
            self.health.answered += 1


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
