"""Answer a question off the event loop and make the message for it; whatever fails, there is something to say.

Comes in: what was asked. Goes out: a Reply. Refuses to know how it was asked and where it is sent.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer, PassageInContext, Quote, Status
from bot.answering.limits import DEFAULT_PASSAGES
from bot.discord_bot.cards.cards import CardStyle, answer_card, context_card, more_card, passage_card
from bot.discord_bot.cards.controls import Further
from bot.discord_bot.cards.plain import CONTENT_LIMIT, plain_answer, plain_passage
from bot.discord_bot.cards.quote_text import alt_text
from bot.discord_bot.cards.replies import Reply
from bot.discord_bot.escaping import clip_escaped
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.health import GatewayHealth
from bot.discord_bot.texts import Texts
from bot.errors import TooBusy
from bot.pictures.picture_cache import PictureCache
from bot.state.feedback import Verdict
from bot.worker_thread import OffLoop
from index.errors import LocalismError, UnknownPassage

log = logging.getLogger(__name__)

_FURTHER_AT_ONCE = 3  # passages on a card
_FURTHER_AT_ALL = 12
_A_MOMENT = 0.02  # seconds: enough to take a picture that is held already


@dataclass(slots=True)
class Asking:
    """Makes replies from one service."""

    service: AnswerSource
    options: BotOptions
    texts: dict[str, Texts]
    health: GatewayHealth
    answering: OffLoop = field(init=False)
    drawing: OffLoop = field(init=False)
    pictures: PictureCache = field(init=False)

    def __post_init__(self) -> None:
        """Make the threads that blocking work leaves the loop for; none starts before it is needed."""
        self.answering = OffLoop("discord-answering", self.options.most_waiting)
        self.drawing = OffLoop("discord-drawing", self.options.most_waiting)
        self.pictures = PictureCache(self.options.picture_cache_bytes)

    def close(self) -> None:
        """Finish what runs."""
        self.answering.close()
        self.drawing.close()

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

    async def vote(self, passage_id: str, verdict: Verdict, language: str) -> Reply:
        """Count a verdict on a passage."""
        return await self._safely(lambda: self._voted(passage_id, verdict, self.texts[language]), language)

    async def _safely(self, make: Callable[[], Awaitable[Reply]], language: str) -> Reply:
        """Return what ``make`` makes; where that fails, a sentence that says so."""
        texts = self.texts[language]
        try:
            return await make()
        except UnknownPassage:
            return Reply(texts.say("reply.removed"))
        except LocalismError as error:
            self.health.refused += 1
            return Reply(clip_escaped(str(error), CONTENT_LIMIT))
        except Exception:
            # The build may fail in ways of its own; the person still gets a sentence, and the log the reason.
            log.exception("An answer failed")
            self.health.failed += 1
            return Reply(texts.say("reply.failed"))

    async def _answered(self, asked: Asked, shared_by: int) -> Reply:
        started = time.monotonic()
        found = await self._find(asked, DEFAULT_PASSAGES)
        self._count(found)
        texts = self.texts[asked.language]
        plain = plain_answer(found, asked, texts)
        if asked.plain:
            return Reply(plain)
        if not found.quotes:
            return Reply(plain, answer_card(found, asked, self._style(texts)))
        quote = found.quotes[0]
        picture = await self._picture(quote, started) if asked.pictured else None
        view = answer_card(found, asked, self._style(texts), picture is not None, shared_by)
        return Reply(plain, view, picture, alt_text(quote, texts))

    async def _further(self, asked: Asked, which: Further) -> Reply:
        texts = self.texts[asked.language]
        # Always as many as can be shown in all: the order of a shorter list may be another one.
        found = await self._find(asked, _FURTHER_AT_ALL + 1)
        others = [quote for quote in found.quotes if quote.id != which.first][:_FURTHER_AT_ALL]
        end = which.offset + _FURTHER_AT_ONCE
        shown = others[which.offset : end]
        if not shown:
            return Reply(texts.say("reply.no_more"))
        following = replace(which, offset=end) if len(others) > end else None
        return Reply(plain_passage(shown[0], texts), more_card(shown, asked, following, self._style(texts)))

    async def _passage(self, passage_id: str, texts: Texts) -> Reply:
        started = time.monotonic()
        found = await self._look_up(passage_id)
        picture = await self._picture(found.quote, started)
        view = passage_card(found, self._style(texts), picture is not None)
        return Reply(plain_passage(found.quote, texts), view, picture, alt_text(found.quote, texts))

    async def _context(self, passage_id: str, texts: Texts) -> Reply:
        found = await self._look_up(passage_id)
        return Reply(plain_passage(found.quote, texts), context_card(found, self._style(texts)))

    async def _voted(self, passage_id: str, verdict: Verdict, texts: Texts) -> Reply:
        if self.options.vote is None:
            return Reply(texts.say("reply.no_votes"))
        found = await self._look_up(passage_id)
        await self.answering.run(self.options.vote, passage_id, found.quote.citation.document, verdict)
        return Reply(texts.say("reply.thanks_page" if verdict is Verdict.WRONG_PAGE else "reply.thanks"))

    async def _find(self, asked: Asked, limit: int) -> Answer:
        answer, among = self.service.answer, asked.among or None
        return await self.answering.run(answer, asked.question, limit, asked.source, asked.earlier, among)

    async def _look_up(self, passage_id: str) -> PassageInContext:
        return await self.answering.run(self.service.passage, passage_id)

    async def _picture(self, quote: Quote, started: float) -> bytes | None:
        """Return the picture of the page, or None where there is none, it failed, or it is not ready in time."""
        if self.options.picture is None:
            return None
        left = max(_A_MOMENT, started + self.options.picture_within - time.monotonic())
        drawn = self.pictures.get(quote.id, partial(self.drawing.run, self.options.picture, quote))
        try:
            return await asyncio.wait_for(drawn, left)
        except UnknownPassage:  # a document without pictures of its pages
            return None
        except (TimeoutError, TooBusy):
            log.info("The picture for passage %s is left out: it was not ready in time", quote.id)
        except Exception:
            log.warning("The picture for passage %s is left out", quote.id, exc_info=True)
        return None

    def _style(self, texts: Texts) -> CardStyle:
        return CardStyle(texts, self.options.public_url)

    def _count(self, found: Answer) -> None:
        if found.status is Status.NOT_FOUND:
            self.health.not_found += 1
        else:
            self.health.answered += 1
