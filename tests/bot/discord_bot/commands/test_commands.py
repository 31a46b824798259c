"""The commands as Discord is told about them."""

import asyncio
from contextlib import closing

from bot.discord_bot.commands.naming import _FACT
from bot.state.databases.opening import open_store
from bot.state.facts import Facts

ANYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
SERVERS = {"integration_types": [0], "contexts": [0]}


async def test_the_whole_set_of_commands(double, connect):
    """Every command with the places it can be used in, its options and which of them offer choices while typing."""
    await connect()
    told = {command["name"]: command for command in double.to("PUT", "/commands")[0].payload}
    assert list(told) == [
        "ask",
        "sources",
        "source",
        "passage",
        "define",
        "help",
        "privacy",
        "settings",
        "Find guidance on this",
    ]
    places = {name: {key: command[key] for key in ANYWHERE} for name, command in told.items()}
    assert places == {name: SERVERS if name == "settings" else ANYWHERE for name in told}
    assert told["settings"]["default_member_permissions"] == 1 << 5
    asked = [
        (option["name"], option["type"], option["required"], option.get("autocomplete")) for option in told["ask"]["options"]
    ]
    assert asked == [
        ("question", 3, True, None),
        ("source", 3, False, True),
        ("private", 5, False, None),
        ("plain", 5, False, None),
    ]


async def test_commands_that_discord_does_not_take_do_not_stop_the_bot(double, connect, tmp_path):
    """The old commands keep working, and the next start tries again."""
    double.fail("PUT", "/commands", 400, body={"message": "Invalid Form Body", "code": 50035})
    task = await connect()
    with closing(Facts(open_store(tmp_path))) as facts:
        assert facts.get(_FACT) == ""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await connect()
    with closing(Facts(open_store(tmp_path))) as facts:
        assert len(facts.get(_FACT)) == 64
    assert len(double.to("PUT", "/commands")) == 2
