"""The Discord bot as the settings want it. Imported only where a token is set: discord.py takes 17 MB and a tenth of a second.

Comes in: settings and the answer service. Goes out: the bot, ready to be run. Refuses to read the environment.
"""

from collections.abc import Coroutine

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Quote
from bot.discord_bot.gateway.runner import run_bot
from bot.discord_bot.options import BotOptions
from bot.discord_bot.state.health import GatewayHealth
from bot.discord_bot.texts import open_texts
from bot.pictures.page_pictures import PagePictures
from bot.settings import Settings
from bot.state.databases.opening import open_store
from bot.state.feedback import FeedbackStore
from index.installation import data_folder

# The bot must remember which commands Discord knows and what servers chose, even where the operator names no folder.
DEFAULT_STATE = data_folder() / "state"


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


def bot_of(service: AnswerSource, token: str, settings: Settings, health: GatewayHealth) -> Coroutine[None, None, None]:
    """Return the bot: it runs until it is cancelled, and tells ``health`` how its connection is."""
    return run_bot(service, token, bot_options(service, settings), health)
