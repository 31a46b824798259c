"""A message ready to be sent.

Comes in: nothing. Goes out: the one type that those who make messages and those who send them share.
"""

from dataclasses import dataclass
from io import BytesIO

import discord

from bot.discord_bot.cards.cards import PICTURE_NAME


@dataclass(frozen=True, slots=True)
class Reply:
    """A card with its picture, or plain text; ``fallback`` is sent where there is no card or Discord takes none."""

    fallback: str
    view: discord.ui.LayoutView | None = None
    picture: bytes | None = None
    alt: str = ""

    def files(self) -> list[discord.File]:
        """Return the files to upload; fresh ones at every call, because sending uses them up."""
        if self.picture is None or self.view is None:
            return []
        return [discord.File(BytesIO(self.picture), PICTURE_NAME, description=self.alt)]
