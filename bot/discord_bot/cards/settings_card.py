"""The settings of a server as one message: a menu for each, filled with what is chosen.

Comes in: the settings as they stand, and what can be chosen. Goes out: a LayoutView. Pure: nothing is changed here.
Limits: 40 components, 25 lines in a menu; of more sources than that a page is shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, cast

import discord
from discord.ui import ActionRow, ChannelSelect, Container, Item, LayoutView, RoleSelect, Select, TextDisplay
from typing_extensions import override

from bot.discord_bot.cards.controls import LABEL_LIMIT, PREFIX, Action, Control, Press, PressHandler
from bot.discord_bot.state.server_settings import ServerSettings
from bot.discord_bot.texts import Texts
from index.records import Document

A_PAGE = 25  # lines of a menu
MOST_CHANNELS = 25
_ID_LIMIT = 100  # characters of the value of a line
PACES = ("5/30", "10/60", "20/120", "60/600")  # questions a minute, a person / a channel
ANSWERS = ("private", "threads", "plain")  # the fields of ServerSettings that are yes or no
_TALKED_IN = [discord.ChannelType.text, discord.ChannelType.forum, discord.ChannelType.voice, discord.ChannelType.news]
Menu: TypeAlias = Select[Any] | ChannelSelect[Any] | RoleSelect[Any]


class SettingsMenu(
    discord.ui.DynamicItem[Item[Any]], template=re.compile(rf"{PREFIX}:choose:(?P<what>[a-z_]+):(?P<page>\d{{1,3}})")
):
    """A menu of the settings; it works after a restart, and what is chosen in it is a press."""

    @classmethod
    @override
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Item[Any], match: re.Match[str], /) -> Self:
        """Return the menu again as it was made."""
        return cls(item)

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand what was chosen to the client."""
        given: Any = interaction.data or {}
        what = str(given["custom_id"]).removeprefix(f"{PREFIX}:choose:")
        press = Press(Action.SET, f"{what}:{','.join(map(str, given.get('values', ())))}")
        await cast("PressHandler", interaction.client).pressed(interaction, press)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a server can choose from, and what it has chosen."""

    settings: ServerSettings
    pace: str  # as in PACES, the operator's where the server has chosen none
    documents: Sequence[Document]
    languages: Sequence[str]
    permissions: str  # what the bot lacks where this is shown, or that it lacks nothing
    page: int = 0  # of the sources


def settings_card(choices: Choices, texts: Texts) -> LayoutView:
    """Return the message of all settings."""
    parts: list[Item[Any]] = [TextDisplay(f"### {texts.say('settings.title')}\n-# {choices.permissions}")]
    for menu, key in _menus(choices, texts):
        parts.extend((TextDisplay(texts.say(key)), ActionRow(menu)))
    parts.append(ActionRow(*_buttons(choices, texts)))
    view = LayoutView(timeout=None)
    view.add_item(Container(*parts))
    return view


def pages_of(documents: Sequence[Document]) -> list[list[Document]]:
    """Return ``documents`` in as many pages as menus need; one whose id Discord cannot carry is left out."""
    fitting = [document for document in documents if len(document.id) <= _ID_LIMIT and "," not in document.id]
    return [fitting[start : start + A_PAGE] for start in range(0, len(fitting), A_PAGE)]


def _menus(choices: Choices, texts: Texts) -> Iterable[tuple[SettingsMenu, str]]:
    """Yield each menu with the key of what is said above it."""
    chosen = choices.settings
    talked_in = {"channel_types": _TALKED_IN, "max_values": MOST_CHANNELS}
    yield _channels("channels", chosen.channels[:MOST_CHANNELS], talked_in), "settings.channels"
    yield _roles("role", chosen.role), "settings.role"
    yield _channels("log", filter(None, [chosen.log_channel]), {"channel_types": _TALKED_IN[:1]}), "settings.log"
    answers = [(name, texts.say(f"settings.{name}"), bool(getattr(chosen, name))) for name in ANSWERS]
    yield _lines("answers", answers, several=True), "settings.answers"
    paces = [(pace, _pace_said(pace, texts), pace == choices.pace) for pace in dict.fromkeys((choices.pace, *PACES))]
    yield _lines("pace", paces), "settings.pace"
    pages = pages_of(choices.documents)
    if pages:
        sources = [(one.id, one.title, one.id in chosen.sources) for one in pages[choices.page % len(pages)]]
        yield _lines("sources", sources, several=True, page=choices.page), "settings.sources"
    if len(choices.languages) > 1:
        yield (
            _lines("language", [(code, code, code == texts.language) for code in choices.languages[:A_PAGE]]),
            "settings.language",
        )


def _buttons(choices: Choices, texts: Texts) -> Iterable[Control]:
    pages = len(pages_of(choices.documents))
    if pages > 1:
        following = (choices.page + 1) % pages
        label = texts.say("settings.more_sources", page=following + 1, pages=pages)
        yield Control(Action.SET, f"page:{following}:", label)
    yield Control(Action.SET, "reset:0:", texts.say("settings.reset"), discord.ButtonStyle.danger)


def _lines(what: str, lines: Sequence[tuple[str, str, bool]], several: bool = False, page: int = 0) -> SettingsMenu:
    options = [discord.SelectOption(label=label[:LABEL_LIMIT], value=value, default=on) for value, label, on in lines]
    least, most = (0, len(options)) if several else (1, 1)
    return SettingsMenu(Select(custom_id=_id_of(what, page), options=options, min_values=least, max_values=most))


def _channels(what: str, chosen: Iterable[int], more: dict[str, Any]) -> SettingsMenu:
    kind = discord.SelectDefaultValueType.channel
    shown = [discord.SelectDefaultValue(id=one, type=kind) for one in chosen]
    return SettingsMenu(ChannelSelect(custom_id=_id_of(what), default_values=shown, min_values=0, **more))


def _roles(what: str, chosen: int | None) -> SettingsMenu:
    kind = discord.SelectDefaultValueType.role
    shown = [discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else []
    return SettingsMenu(RoleSelect(custom_id=_id_of(what), default_values=shown, min_values=0))


def _id_of(what: str, page: int = 0) -> str:
    return f"{PREFIX}:choose:{what}:{page}"


def _pace_said(pace: str, texts: Texts) -> str:
    person, _, channel = pace.partition("/")
    return texts.say("settings.paces", person=person, channel=channel)
