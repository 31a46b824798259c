"""What the bot is given: its service, its choices, and what it needs from others.

Comes in: nothing. Goes out: plain values and protocols. Refuses to read the environment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.answering.answers import Answer, PassageInContext, Quote
from bot.state.feedback import Verdict
from index.lexicon import Lexicon
from index.records import Document


class AnswerSource(Protocol):
    """The answer service, as far as Discord knows it. Blocking: called on another thread."""

    @property
    def documents(self) -> list[Document]:
        """All documents, in the order of the catalogue."""

    def answer(
        self,
        question: str,
        limit: int = ...,
        document: str | None = None,
        context: Sequence[str] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to a question."""

    def passage(self, passage_id: str) -> PassageInContext:
        """Return a passage with its page."""


@dataclass(frozen=True, slots=True)
class BotOptions:
    """What an operator can choose about the bot."""

    state: Path  # folder for settings, votes and the hash of the commands
    public_url: str = ""  # of the page that people reach; without it cards carry no link to it
    picture: Callable[[Quote], bytes] | None = (
        None  # draws the page with the quote as a PNG, or raises UnknownPassage; blocking
    )
    picture_within: float = 1.1  # seconds after the question; a picture that is not ready by then is left out
    vote: Callable[[str, str, Verdict], None] | None = None  # counts a verdict on a passage of a document; blocking
    picture_cache_bytes: int = 8 * 2**20  # of finished pictures held in memory
    lexicon: Callable[[], Lexicon] = Lexicon  # gives the glossary of ``/define``, that of the live build
    person_per_minute: int = 10  # questions, unless a server chose otherwise
    channel_per_minute: int = 60
    most_waiting: int = 64  # questions that may wait for their turn
