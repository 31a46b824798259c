"""Do what people do in Discord, and wait for what the bot says.

Comes in: what a person does. Goes out: what came of it, with the times.
"""

import asyncio
import time
from typing import Any

from tests.discord_double import shapes
from tests.discord_double.people import Json, command, interaction, message
from tests.discord_double.rest import Open
from tests.discord_double.server import Call, DiscordDouble
from tests.waiting import PATIENCE

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
# How discord.py names the tasks in which it serves events, commands, and buttons and forms.
_WORK = ("discord.py: ", "CommandTree-invoker", "discord-ui-")


async def begin(double: DiscordDouble, payload: dict[str, Any], expired: bool = False) -> Open:
    """Send an interaction and return at once."""
    opened = Open(payload, time.perf_counter(), expired=expired)
    double.rest.interactions[payload["token"]] = opened
    await double.gateway.dispatch("INTERACTION_CREATE", payload)
    return opened


async def finished(double: DiscordDouble, opened: Open, seconds: float = PATIENCE) -> Open:
    """Return the interaction when it was answered."""
    await double.until(lambda: opened.answered_at is not None, seconds)
    return opened


async def use(double: DiscordDouble, name: str, *, who: dict[str, Any] | None = None, **options: Json) -> Open:
    """Use a slash command and return the interaction when it was answered."""
    payload = interaction(COMMAND, command(name, **options), **(who or {}))
    return await finished(double, await begin(double, payload))


async def ask(double: DiscordDouble, question: str, *, who: dict[str, Any] | None = None, **options: Json) -> Open:
    """Use ``/ask`` and return the interaction when it was answered."""
    return await use(double, "ask", who=who, question=question, **options)


async def set_up(double: DiscordDouble, what: str, *values: str, page: int = 0, **who: Json) -> Open:
    """Open ``/settings``, choose ``values`` in the menu of ``what``, and return the press when it was answered."""
    shown = (await use(double, "settings")).message
    menus = [each for each in shapes.walk(shown["components"]) if each["type"] in shapes.MENUS]
    menu = next(each for each in menus if each["custom_id"].split(":")[2] == what)
    return await choose_values(double, shown, menu, list(values), **who)


async def find_guidance(double: DiscordDouble, content: str) -> Open:
    """Use the menu of somebody's message."""
    target = message(content) | {"content": content}  # a menu brings the words with it, whoever wrote them
    carried = {
        "id": "1",
        "name": "Find guidance on this",
        "type": 3,
        "target_id": target["id"],
        "resolved": {"messages": {target["id"]: target}},
    }
    return await finished(double, await begin(double, interaction(COMMAND, carried)))


async def press(double: DiscordDouble, shown: dict[str, Any], label: str, **who: Json) -> Open:
    """Press the button with ``label`` under a message of the bot's."""
    button = next(each for each in shapes.walk(shown["components"]) if each.get("label") == label)
    return await press_id(double, shown, button["custom_id"], **who)


async def press_id(double: DiscordDouble, shown: dict[str, Any], custom_id: str, **who: Json) -> Open:
    """Press the button with ``custom_id`` under a message of the bot's."""
    carried = {"custom_id": custom_id, "component_type": shapes.BUTTON}
    payload = interaction(COMPONENT, carried, **who) | {"message": shown}
    return await finished(double, await begin(double, payload))


async def choose(double: DiscordDouble, shown: dict[str, Any], label: str, **who: Json) -> Open:
    """Choose the line with ``label`` in the menu under a message of the bot's."""
    menu, value = next(
        (each, option["value"])
        for each in shapes.walk(shown["components"])
        for option in each.get("options", ())
        if option["label"] == label
    )
    return await choose_values(double, shown, menu, [value], **who)


async def choose_values(
    double: DiscordDouble, shown: dict[str, Any], menu: dict[str, Any], values: list[str], **who: Json
) -> Open:
    """Choose ``values`` in ``menu``, which stands under a message of the bot's."""
    carried = {"custom_id": menu["custom_id"], "component_type": menu["type"], "values": values}
    payload = interaction(COMPONENT, carried, **who) | {"message": shown}
    return await finished(double, await begin(double, payload))


async def fill_in(double: DiscordDouble, form: Open, shown: dict[str, Any], text: str) -> Open:
    """Send the form that a button under ``shown`` opened."""
    assert form.response is not None
    box = form.response["components"][0]["component"]
    row = {"type": shapes.LABEL, "component": {"type": shapes.TEXT_INPUT, "custom_id": box["custom_id"], "value": text}}
    carried = {"custom_id": form.response["custom_id"], "components": [row]}
    return await finished(double, await begin(double, interaction(FORM, carried) | {"message": shown}))


async def write(double: DiscordDouble, content: str, **how: Json) -> dict[str, Any]:
    """Write a message and return it at once."""
    written = message(content, **how)
    double.rest.messages[written["id"]] = written
    await double.gateway.dispatch("MESSAGE_CREATE", written)
    return written


async def settled(double: DiscordDouble) -> None:
    """Return when the bot has taken every event sent so far and has ended all that it does about them."""
    await double.gateway.ask_for_a_heartbeat()
    await double.until(lambda: double.gateway.taken == len(double.gateway.sent))
    async with asyncio.timeout(PATIENCE):
        while work := {task for task in asyncio.all_tasks() if task.get_name().startswith(_WORK)}:
            await asyncio.wait(work)


async def answer_to(double: DiscordDouble, written: dict[str, Any], seconds: float = PATIENCE) -> Call:
    """Return the call with which the bot replied to a message."""
    answers: list[Call] = await double.until(lambda: answers_to(double, written), seconds)
    return answers[0]


def answers_to(double: DiscordDouble, written: dict[str, Any]) -> list[Call]:
    """Return the calls with which the bot replied to a message so far."""
    return [
        call
        for call in double.to("POST", "/messages")
        if (call.payload or {}).get("message_reference", {}).get("message_id") == int(written["id"])
    ]


def said(call: Call) -> str:
    """Return all the words of a message that the bot sent."""
    return "\n".join([call.payload.get("content") or "", *shapes.texts_of(call.payload.get("components", []))])


def shown_words(opened: Open) -> str:
    """Return all the words of the answer to an interaction."""
    assert opened.message is not None
    return "\n".join([opened.message["content"], *shapes.texts_of(opened.message["components"])])
