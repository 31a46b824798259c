"""A forum with its posts, a role, and who added the bot, as Discord sends them."""

from typing import Any

from tests.discord_double.people import ASKER, BOT, Json, new_id, text_channel, thread_channel, user

FORUM, POST, ROLE = "210", "211", "400"
SOLVED_TAG = "90"


def forum(*tags: str) -> dict[str, Any]:
    """Return a forum with ``tags``, the first of which has the id ``SOLVED_TAG``."""
    made = [
        {"id": str(int(SOLVED_TAG) + place), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for place, name in enumerate(tags)
    ]
    more = {"available_tags": made, "default_reaction_emoji": None, "default_sort_order": None, "default_forum_layout": 0}
    return text_channel(FORUM) | {"type": 15, "flags": 0, "template": ""} | more


def post(identifier: str = POST, title: str = "Who keeps the list?", owner: str = ASKER) -> dict[str, Any]:
    """Return a post of the forum."""
    return thread_channel(identifier, FORUM, owner) | {"name": title, "applied_tags": []}


def role(identifier: str = ROLE) -> dict[str, Any]:
    """Return a role without any permission."""
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    made: dict[str, Any] = {
        "id": identifier,
        "name": "Members",
        "permissions": "0",
        "position": 1,
        "color": 0,
        "colors": colours,
    }
    return made | {"hoist": False, "managed": False, "mentionable": False, "flags": 0}


def audit_log(added_by: str) -> tuple[int, Json]:
    """Return the audit log as a REST call gives it: ``added_by`` added the bot; 403 where that is empty."""
    if not added_by:
        return 403, {"message": "Missing Permissions", "code": 50013}
    entry = {"id": new_id(), "user_id": added_by, "target_id": BOT, "action_type": 28}
    lists = ("webhooks", "integrations", "guild_scheduled_events", "threads", "application_commands", "auto_moderation_rules")
    people = [user(added_by), user(BOT, bot=True)]
    return 200, {"audit_log_entries": [entry], "users": people} | {name: [] for name in lists}


def joined(guild: dict[str, Any], identifier: str) -> dict[str, Any]:
    """Return a server as GUILD_CREATE gives it when the bot was added to it just now."""
    there = guild | {"id": identifier, "roles": [guild["roles"][0] | {"id": identifier}], "channels": []}
    del there["unavailable"]
    return there
