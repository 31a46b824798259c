"""What every command, message and button needs, in one place, handed to the functions that serve them; how often people may ask too.

Comes in: who asks where, as ids. Goes out: texts, documents and settings of that place, and how long to wait. Refuses to keep on
disk who asked: a minute later it is forgotten. The counting is the library's, ``limits``.
"""

import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from limits.storage import MemoryStorage

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.looking_up import LookingUp
from bot.discord_bot.options import BotOptions
from bot.discord_bot.replying import Asking
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.health import GatewayHealth
from bot.discord_bot.state.server_settings import ServerSettingsStore
from bot.discord_bot.state.tallies import Tallies
from bot.discord_bot.texts import DEFAULT_LANGUAGE, Texts
from bot.state.databases.opening import open_store
from bot.state.facts import Facts
from index.records import Document

WINDOW = 60  # seconds
_MOST_REMEMBERED = 10_000  # of people and channels, and of things dealt with: the memory of a busy day


class Pace:
    """Counts questions in a sliding window of one minute."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._asked = MemoryStorage()

    def wait(self, who: Hashable, per_minute: int) -> float:
        """Return how many seconds ``who`` has to wait; 0 means that the question is counted and may be asked now.

        The limit may differ from call to call: servers choose their own, and a person's questions count on all of them together.
        """
        if len(self._asked.events) >= _MOST_REMEMBERED:
            self._forget()
        key = str(who)
        if self._asked.acquire_entry(key, per_minute, WINDOW):
            return 0.0
        oldest, _ = self._asked.get_moving_window(key, per_minute, WINDOW)
        return max(oldest + WINDOW - time.time(), 0.001)

    def _forget(self) -> None:
        """Let go of who has not asked for a minute: the library forgets when they asked, and keeps that they did."""
        for key in [key for key, times in self._asked.events.items() if not times]:
            self._asked.clear(key)


class Once:
    """Remembers what was dealt with, so that nothing is answered twice when Discord sends it again."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def first(self, what: Hashable) -> bool:
        """Return whether ``what`` comes for the first time."""
        if what in self._seen:
            return False
        self._seen[what] = None
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def forget(self, what: Hashable) -> None:
        """Let ``what`` come for the first time again: it did not come about."""
        self._seen.pop(what, None)


@dataclass(frozen=True, slots=True)
class BotState:
    """What every command, message and button needs."""

    service: AnswerSource
    options: BotOptions
    texts: dict[str, Texts]
    health: GatewayHealth
    asking: Asking
    settings: ServerSettingsStore
    facts: Facts
    pace: Pace = field(default_factory=Pace)
    once: Once = field(default_factory=Once)
    tallies: Tallies = field(default_factory=Tallies)

    @property
    def english(self) -> Texts:
        """The texts that are always complete."""
        return self.texts[DEFAULT_LANGUAGE]

    def texts_for(self, server: int | None) -> Texts:
        """Return the texts in the language of a server."""
        return self.texts.get(self.settings.of(server).language, self.english)

    def documents_for(self, server: int | None) -> list[Document]:
        """Return the documents that a server uses."""
        chosen = self.settings.of(server).sources
        return [document for document in self.service.documents if not chosen or document.id in chosen]

    def asked(self, question: str, asker: int, server: int | None) -> Asked:
        """Return ``question`` as it is asked on a server, with the server's choices."""
        settings = self.settings.of(server)
        return Asked(
            question,
            # Of the chosen documents those that are still there.
            among=tuple(document.id for document in self.documents_for(server)) if settings.sources else (),
            plain=settings.plain,
            language=self.texts_for(server).language,
            server=server,
            asker=asker,
        )

    def too_quick(self, asker: int, channel: int | None, server: int | None) -> str | None:
        """Return the friendly note for a person who has to wait, or None where the question is counted and may be asked."""
        settings = self.settings.of(server)
        limits = (
            ("reply.cooldown", asker, settings.person_per_minute or self.options.person_per_minute),
            ("reply.cooldown_channel", channel, settings.channel_per_minute or self.options.channel_per_minute),
        )
        for key, who, per_minute in limits:
            seconds = self.pace.wait((key, who), per_minute)
            if seconds:
                self.health.refused += 1
                return self.texts_for(server).say(key, seconds=math.ceil(seconds))
        return None


@asynccontextmanager
async def opened_state(
    service: AnswerSource, options: BotOptions, health: GatewayHealth, facts: Facts
) -> AsyncIterator[BotState]:
    """Open what everything needs, for as long as the context lasts.

    Raises:
        StoreFault: the settings of servers cannot be read.
    """
    looking_up = LookingUp(service, options)
    settings: ServerSettingsStore | None = None
    try:
        settings = await looking_up.answering.run(ServerSettingsStore, open_store(options.state))
        asking = Asking(looking_up, options.texts, health)
        yield BotState(service, options, options.texts, health, asking, settings, facts)
    finally:
        looking_up.close()
        if settings is not None:
            settings.close()
