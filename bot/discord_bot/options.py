"""What an operator can choose about the bot, what the bot needs from others, and what the settings say of both.

Comes in: settings and the answer service. Goes out: plain values and functions. Refuses to read the environment.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Quote
from bot.discord_bot.texts import Texts, open_texts
from bot.pictures.page_pictures import PagePictures
from bot.settings import Place, Settings
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore, Verdict
from index.installation import data_folder
from index.lexicon import Lexicon

# The bot must remember which commands Discord knows and what servers chose, even where the operator names no folder.
DEFAULT_STATE = data_folder() / "state"


@dataclass(frozen=True, slots=True)
class BotOptions:
    """What an operator can choose about the bot."""

    state: Place  # of settings, votes and the hash of the commands
    public_url: str = ""  # of the page that people reach; without it cards carry no link to it
    picture: Callable[[Quote], bytes] | None = (
        None  # draws the page with the quote as a PNG, or raises UnknownPassage; blocking
    )
    picture_within: float = 1.1  # seconds after the question; a picture that is not ready by then is left out
    vote: Callable[[str, str, Verdict], None] | None = None  # counts a verdict on a passage of a document; blocking
    picture_cache_bytes: int = 8 * 2**20  # of finished pictures held in memory
    lexicon: Callable[[], Lexicon] = Lexicon  # gives the glossary of ``/define``, that of the live build
    texts: dict[str, Texts] = field(default_factory=open_texts)  # what the bot says, by language
    person_per_minute: int = 10  # questions, unless a server chose otherwise
    channel_per_minute: int = 60
    most_waiting: int = 64  # questions that may wait for their turn


def bot_options(service: AnswerSource, settings: Settings) -> BotOptions:
    """Return what the settings say about the Discord bot.

    Raises:
        SettingsError: the file of the bot's sentences cannot be used.
    """
    state = settings.state or DEFAULT_STATE

    def picture(quote: Quote) -> bytes:
        return PagePictures(service.build).of_passage(quote.id)

    return BotOptions(
        state=state,
        public_url=f"{settings.public_url.rstrip('/')}{settings.base_path}",
        picture=picture,
        vote=FeedbackStore(open_store(state)).add if settings.state else None,
        lexicon=lambda: service.build.lexicon,
        texts=open_texts(settings.discord_texts),
    )
