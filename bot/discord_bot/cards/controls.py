"""The buttons and the menu of a card: what they are called inside, and how a press finds its way after a restart.

Comes in: an action with its argument. Goes out: a button whose custom id carries both, so that nothing needs to be remembered.
Refuses to know what a press does: it hands every one to the client.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, Self, cast

import discord
from typing_extensions import override

from bot.discord_bot.escaping import clip, one_line

# The number is the version of these ids: raise it when an action or its argument changes its meaning; old buttons then explain
# themselves.
PREFIX = "l1"
CUSTOM_ID_LIMIT = 100
_MENU = "menu"
_SECTIONS = "sections"
LABEL_LIMIT = 80
_LINE_LIMIT = 100  # of the lines of a menu
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
    CITE = "cite"  # argument: passage id; gives the words, where they stand and the links, to be copied
    SET = "set"  # argument: what of the settings, the page of the sources, and the values, with commas
    SOLVED = "solved"  # argument: nothing; marks the post of a forum in which the message stands


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

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        await cast("PressHandler", interaction.client).pressed(interaction, self.press)


class Menu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=re.compile(rf"{PREFIX}:{_MENU}:(?P<digest>[^:]*):(?P<passage>.*)")
):
    """A menu for what is wanted less often; it too works after a restart, and each of its lines is a press."""

    def __init__(self, digest: str, passage: str, prompt: str, lines: Sequence[tuple[Action, str]]) -> None:
        """Offer ``lines``, an action and its label each, about the passage of an answer from the source of ``digest``."""
        options = [discord.SelectOption(label=label[:LABEL_LIMIT], value=action.value) for action, label in lines]
        super().__init__(
            discord.ui.Select(
                custom_id=f"{PREFIX}:{_MENU}:{digest}:{passage}", placeholder=prompt[:LABEL_LIMIT], options=options
            )
        )
        self._digest = digest
        self._passage = passage

    @classmethod
    @override
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the menu again as it was made."""
        shown = cast("discord.ui.Select[Any]", item)
        lines = [(Action(option.value), option.label) for option in shown.options]
        return cls(match["digest"], match["passage"], shown.placeholder or "", lines)

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the line that was chosen to the client, as the press that it is."""
        action = Action(self.item.values[0])
        arguments = {
            Action.MORE: Further(0, self._digest, self._passage).argument(),
            Action.FURTHER: self._digest,
            Action.SOLVED: "",
        }
        await cast("PressHandler", interaction.client).pressed(
            interaction, Press(action, arguments.get(action, self._passage))
        )


class SectionsMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=re.compile(rf"{PREFIX}:{_SECTIONS}")):
    """A menu of sections that came near: choosing one shows the passage, as the button for its context would."""

    def __init__(self, prompt: str, sections: Sequence[tuple[str, str, str]]) -> None:
        """Offer ``sections``: the id of a passage, the heading that it stands under, and the title of its document."""
        options = [
            discord.SelectOption(value=passage, label=_line(heading) or _line(title) or "…", description=_line(title) or None)
            for passage, heading, title in sections
        ]
        super().__init__(
            discord.ui.Select(custom_id=f"{PREFIX}:{_SECTIONS}", placeholder=clip(prompt, LABEL_LIMIT), options=options)
        )

    @classmethod
    @override
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the menu again as it was made."""
        shown = cast("discord.ui.Select[Any]", item)
        lines = [(option.value, option.label, option.description or "") for option in shown.options]
        return cls(shown.placeholder or "", lines)

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the section that was chosen to the client, as a press for its context."""
        await cast("PressHandler", interaction.client).pressed(interaction, Press(Action.CONTEXT, self.item.values[0]))


def _line(text: str) -> str:
    return clip(one_line(text), _LINE_LIMIT)


def is_known(custom_id: str, items: Iterable[type[discord.ui.DynamicItem[Any]]]) -> bool:
    """Tell whether a custom id is one of those of ``items`` as they are now."""
    return any(item.__discord_ui_compiled_template__.fullmatch(custom_id) for item in items)


def custom_id(action: Action, argument: str) -> str:
    """Return the custom id that carries ``action`` and ``argument``."""
    return f"{PREFIX}:{action.value}:{argument}"


def link(label: str, url: str) -> discord.ui.Button[Any] | None:
    """Return a link button, or None where Discord would not take the address."""
    if not url.startswith(("https://", "http://")) or len(url) > URL_LIMIT or any(letter.isspace() for letter in url):
        return None
    return discord.ui.Button(label=label[:LABEL_LIMIT], url=url)


def in_markdown(label: str, url: str) -> str:
    """Return a link in running text, without a preview; nothing where ``link`` would give nothing."""
    return f"[{label}](<{url}>)" if link(label, url) and not set(url) & set("<>()[]") else ""
