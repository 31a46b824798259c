"""The buttons of a card: what they are called inside, and how a press finds its way after a restart.

Comes in: an action with its argument. Goes out: a button whose custom id carries both, so that nothing needs to be remembered.
Refuses to know what a press does: it hands every one to the client.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, Self, cast

import discord
from typing_extensions import override

# The number is the version of these ids: raise it when an action or its argument changes its meaning; old buttons then explain
# themselves.
PREFIX = "l1"
CUSTOM_ID_LIMIT = 100
LABEL_LIMIT = 80
URL_LIMIT = 512


class Action(Enum):
    """What a button does."""

    MORE = "more"  # argument: see ``Further``
    CONTEXT = "context"  # argument: passage id
    TURN = "turn"  # argument: passage id; shows it in the same message
    HELPFUL = "helpful"  # argument: passage id
    UNHELPFUL = "unhelpful"
    WRONG_PAGE = "wrong"
    FURTHER = "further"  # argument: the digest of the source or nothing; opens a form for the next question
    SHARE = "share"  # argument: id of the person who asked, and the digest of the source or nothing


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, as read from its custom id."""

    action: Action
    argument: str


@dataclass(frozen=True, slots=True)
class Further:
    """Which passages a press on "More passages" shows."""

    offset: int  # of the first one to show, among all but the one on the first card
    digest: str  # of the source that was asked for, or nothing
    first: str  # id of the passage on the first card

    def argument(self) -> str:
        """Return what a button carries."""
        return f"{self.offset}:{self.digest}:{self.first}"

    @classmethod
    def from_argument(cls, argument: str) -> Self | None:
        """Return what a button carries, or None where it cannot be read."""
        offset, _, rest = argument.partition(":")
        digest, _, first = rest.partition(":")
        return cls(int(offset), digest, first) if offset.isdecimal() and len(offset) < 4 else None


class PressHandler(Protocol):
    """The client, as far as a button knows it."""

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what the button says."""


class Control(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(rf"{PREFIX}:(?P<action>{'|'.join(action.value for action in Action)}):(?P<argument>.*)"),
):
    """A button that works after a restart, because its custom id says everything."""

    def __init__(
        self, action: Action, argument: str, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> None:
        """Make the button of ``action`` with ``argument``."""
        super().__init__(discord.ui.Button(label=label[:LABEL_LIMIT], style=style, custom_id=custom_id(action, argument)))
        self.press = Press(action, argument)

    @classmethod
    @override
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button again as it was made."""
        return cls(Action(match["action"]), match["argument"], cast("discord.ui.Button[Any]", item).label or "")

    @classmethod
    def knows(cls, custom_id: str) -> bool:
        """Tell whether a custom id is one of ours as they are now."""
        return cls.__discord_ui_compiled_template__.fullmatch(custom_id) is not None

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        await cast("PressHandler", interaction.client).pressed(interaction, self.press)


def custom_id(action: Action, argument: str) -> str:
    """Return the custom id that carries ``action`` and ``argument``."""
    return f"{PREFIX}:{action.value}:{argument}"


def link(label: str, url: str) -> discord.ui.Button[Any] | None:
    """Return a link button, or None where Discord would not take the address."""
    if not url.startswith(("https://", "http://")) or len(url) > URL_LIMIT or any(letter.isspace() for letter in url):
        return None
    return discord.ui.Button(label=label[:LABEL_LIMIT], url=url)
