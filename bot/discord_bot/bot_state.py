"""What every command, message and button needs, in one place, handed to the functions that serve them."""

import math
from dataclasses import dataclass, field

from bot.answering.answer_source import AnswerSource
from bot.discord_bot.asking import Asking
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.state.health import GatewayHealth
from bot.discord_bot.state.pace import Once, Pace
from bot.discord_bot.state.server_settings import ServerSettingsStore
from bot.discord_bot.texts import DEFAULT_LANGUAGE, Texts
from index.records import Document


@dataclass(frozen=True, slots=True)
class BotState:
    """What every command, message and button needs."""

    service: AnswerSource
    options: BotOptions
    texts: dict[str, Texts]
    health: GatewayHealth
    asking: Asking
    settings: ServerSettingsStore
    pace: Pace = field(default_factory=Pace)
    once: Once = field(default_factory=Once)

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
