"""Discord's documented limits and shapes of what a bot sends, checked as the real service does.

Comes in: the payload of a REST call. Goes out: a list of complaints, empty when Discord would take it.
"""

from collections.abc import Iterator
from typing import Any

COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6
ACTION_ROW, BUTTON, SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = (
    1,
    2,
    3,
    4,
    9,
    10,
    11,
    12,
    13,
    14,
    17,
    18,
)
ROLES, CHANNELS = 6, 8  # menus that Discord fills
MENUS = {SELECT, ROLES, CHANNELS}
_TOP_LEVEL = {ACTION_ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}


def message_complaints(payload: dict[str, Any], files: dict[str, bytes], edit: bool = False) -> list[str]:
    """Return what Discord would refuse about a message."""
    found = list(_mentions(payload))
    names = {given.get("filename") for given in payload.get("attachments", [])}
    found += [
        f"attachment {given}: description too long"
        for given in payload.get("attachments", [])
        if len(given.get("description") or "") > 1024
    ]
    if len(payload.get("attachments", [])) > 10 or sum(map(len, files.values())) > 10 * 2**20:
        found.append("files: too many or too large")
    if payload.get("flags", 0) & COMPONENTS_V2:
        found += _layout(payload, names)
    else:
        found += _content(payload, edit)
    if "message_reference" in payload and "message_id" not in payload["message_reference"]:
        found.append("message_reference: no message_id")
    if len(str(payload.get("nonce", ""))) > 25:
        found.append("nonce: more than 25 characters")
    return found


def modal_complaints(payload: dict[str, Any]) -> list[str]:
    """Return what Discord would refuse about a modal."""
    found = []
    if not 1 <= len(payload.get("custom_id", "")) <= 100 or not 1 <= len(payload.get("title", "")) <= 45:
        found.append("modal: custom_id 1 to 100, title 1 to 45 characters")
    rows = payload.get("components", [])
    if not 1 <= len(rows) <= 5:
        found.append("modal: 1 to 5 components")
    for row in rows:
        if row["type"] == LABEL and not 1 <= len(row.get("label", "")) <= 45:
            found.append("label: 1 to 45 characters")
        inputs = [row["component"]] if row["type"] == LABEL else row["components"]
        found += [
            f"text input: {given}"
            for given in inputs
            if given["type"] == TEXT_INPUT and not 1 <= len(given["custom_id"]) <= 100
        ]
    return found


def choices_complaints(payload: dict[str, Any]) -> list[str]:
    """Return what Discord would refuse about autocomplete choices."""
    choices = payload.get("choices", [])
    long = [choice for choice in choices if not (1 <= len(choice["name"]) <= 100 and 1 <= len(str(choice["value"])) <= 100)]
    return ["choices: more than 25"] * (len(choices) > 25) + [f"choice: {choice}" for choice in long]


def command_complaints(commands: list[dict[str, Any]]) -> list[str]:
    """Return what Discord would refuse about a set of commands."""
    found = []
    if len([command for command in commands if command.get("type", 1) == 1]) > 100:
        found.append("commands: more than 100")
    for command in commands:
        menu = command.get("type", 1) != 1
        found += _name(command, menu)
        if menu and command.get("description"):
            found.append(f"{command['name']}: a menu command has no description")
        if not menu:
            found += _options(command)
    return found


def _name(command: dict[str, Any], menu: bool) -> list[str]:
    name = command["name"]
    if not 1 <= len(name) <= 32 or (not menu and (name != name.lower() or " " in name)):
        return [f"name {name!r}: 1 to 32 characters, lower case, no space"]
    return []


def _options(command: dict[str, Any]) -> list[str]:
    found = []
    if not 1 <= len(command.get("description", "")) <= 100:
        found.append(f"{command['name']}: description 1 to 100 characters")
    options = command.get("options", [])
    if len(options) > 25:
        found.append(f"{command['name']}: more than 25 options")
    required = [option.get("required", False) for option in options if option["type"] > 2]
    if required != sorted(required, reverse=True):
        found.append(f"{command['name']}: required options come first")
    for option in options:
        found += _name(option, menu=False) + _options(option)
    return found


def _mentions(payload: dict[str, Any]) -> Iterator[str]:
    allowed = payload.get("allowed_mentions")
    if allowed is None:
        yield "allowed_mentions: not given, so quoted text may ping"
    elif allowed.get("parse") or allowed.get("users") or allowed.get("roles") or allowed.get("replied_user"):
        yield f"allowed_mentions: {allowed} may ping"


def _content(payload: dict[str, Any], edit: bool) -> Iterator[str]:
    content = payload.get("content") or ""
    if len(content.encode("utf-16-le")) // 2 > 2000:
        yield "content: more than 2000 characters"
    if not edit and not content.strip() and not payload.get("attachments") and not payload.get("components"):
        yield "empty message"
    if payload.get("embeds"):
        yield "embeds: not used by this bot"
    for each in walk(payload.get("components") or []):
        yield from _component(each, set())
    if any(each["type"] != ACTION_ROW for each in payload.get("components") or []):
        yield "beside words only rows of buttons and menus"


def _layout(payload: dict[str, Any], names: set[Any]) -> Iterator[str]:
    top = payload.get("components", [])
    everything = list(walk(top))
    identifiers = [each["id"] for each in everything if each.get("id")]
    customs = [each["custom_id"] for each in everything if "custom_id" in each]
    characters = sum(len(each["content"].encode("utf-16-le")) // 2 for each in everything if each["type"] == TEXT)
    wrong = {
        "content and embeds cannot stand beside components of version 2": payload.get("content") or payload.get("embeds"),
        f"components: {len(everything)}, 1 to 40": not 1 <= len(everything) <= 40,
        f"text: {characters} characters, at most 4000": characters > 4000,
        "id or custom_id: not unique": len(set(identifiers)) < len(identifiers) or len(set(customs)) < len(customs),
    }
    yield from (sentence for sentence, is_wrong in wrong.items() if is_wrong)
    yield from (f"type {each['type']} cannot stand at the top" for each in top if each["type"] not in _TOP_LEVEL)
    for each in everything:
        yield from _component(each, names)


def _component(each: dict[str, Any], names: set[Any]) -> Iterator[str]:
    kind = each["type"]
    if kind == TEXT and not each["content"].strip():
        yield "text display: empty"
    elif kind == BUTTON:
        yield from _button(each)
    elif kind == ACTION_ROW:
        yield from _row(each["components"])
    elif kind in MENUS:
        yield from _menu(each)
    elif kind == SECTION and not (
        1 <= len(each["components"]) <= 3 and each.get("accessory", {}).get("type") in (BUTTON, THUMBNAIL)
    ):
        yield "section: 1 to 3 texts and an accessory"
    elif kind == GALLERY:
        yield from _gallery(each, names)
    elif kind == CONTAINER and not each["components"]:
        yield "container: empty"


def _row(items: list[dict[str, Any]]) -> Iterator[str]:
    menus = [each for each in items if each["type"] in MENUS]
    if not 1 <= len(items) <= 5:
        yield "action row: 1 to 5 components"
    elif menus and len(items) > 1:
        yield "action row: a menu stands alone"


def _menu(menu: dict[str, Any]) -> Iterator[str]:
    options = menu.get("options", [])
    if not 1 <= len(menu.get("custom_id", "")) <= 100 or len(menu.get("placeholder") or "") > 150:
        yield "menu: custom_id 1 to 100, placeholder at most 150 characters"
    elif menu["type"] == SELECT and not 1 <= len(options) <= 25:
        yield "menu: 1 to 25 options"
    elif any(not 1 <= len(each[part]) <= 100 for each in options for part in ("label", "value")):
        yield "menu: an option has 1 to 100 characters"
    elif len({each["value"] for each in options}) < len(options):
        yield "menu: values are not unique"
    elif menu["type"] == SELECT and not menu.get("min_values", 1) <= menu.get("max_values", 1) <= len(options):
        yield "menu: more can be chosen than there is"


def _button(button: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(button.get("label") or "") <= 80:
        yield "button: label 1 to 80 characters"
    if button["style"] == 5:
        if not 1 <= len(button.get("url", "")) <= 512 or "custom_id" in button:
            yield "link button: url 1 to 512 characters, no custom_id"
        elif not button["url"].startswith(("http://", "https://", "discord://")):
            yield f"link button: scheme of {button['url']}"
    elif not 1 <= len(button.get("custom_id", "")) <= 100:
        yield "button: custom_id 1 to 100 characters"


def _gallery(gallery: dict[str, Any], names: set[Any]) -> Iterator[str]:
    if not 1 <= len(gallery["items"]) <= 10:
        yield "gallery: 1 to 10 items"
    for each in gallery["items"]:
        url = each["media"]["url"]
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
            yield f"gallery: {url} is not attached"
        if len(each.get("description") or "") > 1024:
            yield "gallery: description more than 1024 characters"


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every component, nested ones included."""
    for each in components:
        yield each
        yield from walk(each.get("components", []))
        if "accessory" in each:
            yield from walk([each["accessory"]])


def texts_of(components: list[dict[str, Any]]) -> list[str]:
    """Return the content of every text display, in order."""
    return [each["content"] for each in walk(components) if each["type"] == TEXT]
