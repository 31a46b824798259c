"""Look things up off the event loop: answers, passages, pictures of pages; and count verdicts.

Comes in: what is wanted. Goes out: what the service gives. Refuses to know how it is shown.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from functools import partial

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer, PassageInContext, Quote
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.asked import Asked
from bot.errors import TooBusy
from bot.pictures.page_pictures import PictureCache
from bot.state.feedback import Verdict
from bot.worker_thread import OffLoop
from index.errors import UnknownPassage

log = logging.getLogger(__name__)

_A_MOMENT = 0.02  # seconds: enough to take a picture that is held already


@dataclass(slots=True)
class LookingUp:
    """Looks things up in one service."""

    service: AnswerSource
    options: BotOptions
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

    async def answer(self, asked: Asked, limit: int) -> Answer:
        """Return the answer to a question, at most ``limit`` quotes."""
        answer, among = self.service.answer, asked.among or None
        return await self.answering.run(answer, asked.question, limit, asked.source, asked.earlier, among)

    async def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage with its page.

        Raises:
            UnknownPassage: the build holds none of that id.
        """
        return await self.answering.run(self.service.passage, passage_id)

    async def vote(self, passage_id: str, verdict: Verdict) -> bool:
        """Count a verdict on a passage; tells whether any are counted.

        Raises:
            UnknownPassage: the build holds none of that id.
        """
        if self.options.vote is None:
            return False
        found = await self.passage(passage_id)
        await self.answering.run(self.options.vote, passage_id, found.quote.citation.document, verdict)
        return True

    async def picture(self, quote: Quote, started: float) -> bytes | None:
        """Return the picture of the page, or None where there is none, it failed, or it is not ready in time.

        Args:
            quote: that is marked on it.
            started: when the question came, in seconds of ``time.monotonic``.
        """
        if self.options.picture is None:
            return None
        left = max(_A_MOMENT, started + self.options.picture_within - time.monotonic())
        # In the next build the same words of the same document may stand on another page, or on one that looks otherwise.
        key = (self.service.build.id, quote.id)
        drawn = self.pictures.get(key, partial(self.drawing.run, self.options.picture, quote))
        try:
            return await asyncio.wait_for(drawn, left)
        except UnknownPassage:  # a document without pictures of its pages
            return None
        except (TimeoutError, TooBusy):
            log.info("The picture for passage %s is left out: it was not ready in time", quote.id)
        except Exception:
            log.warning("The picture for passage %s is left out", quote.id, exc_info=True)
        return None
