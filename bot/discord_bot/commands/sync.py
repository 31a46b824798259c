"""Tell Discord about our commands, but only when they changed: syncing is rate limited and takes up to an hour to spread.

Comes in: the command tree and a folder. Goes out: whether Discord was told. Refuses to know what the commands do.
"""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.state.state_file import make_private

log = logging.getLogger(__name__)

_FILE = "discord_commands.sha256"


async def sync_if_changed(tree: app_commands.CommandTree[Any], state: Path, application_id: int) -> bool:
    """Sync the commands of ``tree`` unless the hash kept in ``state`` says that Discord knows them; return whether it was done."""
    wanted = await _digest(tree, application_id)
    if _known(state) == wanted:
        return False
    try:
        commands = await tree.sync()
    except (discord.HTTPException, app_commands.CommandSyncFailure):
        # The old commands keep working; the next start tries again.
        log.exception("Discord did not take the commands")
        return False
    _remember(state, wanted)
    log.info("ResultGroup Discord about %d commands", len(commands))
    return True


def _known(state: Path) -> str:
    path = state / _FILE
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _remember(state: Path, digest: str) -> None:
    make_private(state / _FILE)
    (state / _FILE).write_text(digest, encoding="ascii")


async def _digest(tree: app_commands.CommandTree[Any], application_id: int) -> str:
    translator = tree.translator
    payload = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    return hashlib.sha256(json.dumps([application_id, payload], sort_keys=True).encode()).hexdigest()
