"""Payloads as Discord sends them: users, a server with channels, messages, interactions.

Field names and shapes follow Discord's documentation of API version 10.
"""

import itertools
from typing import Any, TypeAlias

Json: TypeAlias = Any  # whatever JSON can hold

APPLICATION = "9000"
BOT = "9000"
GUILD = "100"
CHANNEL = "200"
OTHER_CHANNEL = "201"
DIRECT = "300"
OWNER = "500"
ASKER = "501"
EVERYONE = str((1 << 63) - 1 & ~(1 << 3))  # every permission but Administrator
_ids = itertools.count(1_000_000)


def new_id() -> str:
    """Return a fresh snowflake."""
    return str(next(_ids))


def user(identifier: str = ASKER, bot: bool = False) -> dict[str, Any]:
    """Return a user."""
    return {
        "id": identifier,
        "username": f"person{identifier}",
        "discriminator": "0",
        "global_name": f"Person {identifier}",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
    }


def member(identifier: str = ASKER, bot: bool = False, permissions: int | None = None) -> dict[str, Any]:
    """Return a member of the server, with computed permissions where an interaction carries them."""
    made: dict[str, Any] = {
        "user": user(identifier, bot),
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
    }
    if permissions is not None:
        made["permissions"] = str(permissions)
    return made


def text_channel(identifier: str = CHANNEL, overwrites: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return a text channel of the server."""
    return {
        "id": identifier,
        "type": 0,
        "guild_id": GUILD,
        "name": f"channel-{identifier}",
        "position": 0,
        "permission_overwrites": overwrites or [],
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
    }


def thread_channel(identifier: str, parent: str = CHANNEL, owner: str = BOT) -> dict[str, Any]:
    """Return a public thread."""
    return {
        "id": identifier,
        "type": 11,
        "guild_id": GUILD,
        "parent_id": parent,
        "owner_id": owner,
        "name": "a thread",
        "message_count": 0,
        "member_count": 1,
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
            "locked": False,
        },
    }


def direct_channel(recipient: str = ASKER) -> dict[str, Any]:
    """Return a direct message channel."""
    return {"id": DIRECT, "type": 1, "recipients": [user(recipient)], "last_message_id": None, "flags": 0}


def guild(channels: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the server as GUILD_CREATE gives it."""
    role = {
        "id": GUILD,
        "name": "@everyone",
        "permissions": EVERYONE,
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    return {
        "id": GUILD,
        "name": "A campaign",
        "owner_id": OWNER,
        "member_count": 3,
        "members": [member(BOT, bot=True)],
        "channels": channels or [text_channel(), text_channel(OTHER_CHANNEL)],
        "threads": [],
        "roles": [role],
        "emojis": [],
        "stickers": [],
        "features": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "unavailable": False,
        "large": False,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-GB",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "application_id": None,
        "max_members": 500000,
        "joined_at": "2024-01-01T00:00:00+00:00",
    }


def message(
    content: str = "",
    author: dict[str, Any] | None = None,
    channel: str = CHANNEL,
    guild_id: str | None = GUILD,
    mentions: tuple[str, ...] = (),
    **more: Json,
) -> dict[str, Any]:
    """Return a message as MESSAGE_CREATE gives it to a bot without the message content intent.

    Content is there only in direct messages, in messages that mention the bot, and in the bot's own.
    """
    author = author or user()
    may_read = guild_id is None or BOT in mentions or author["id"] == BOT
    made: dict[str, Any] = {
        "id": new_id(),
        "channel_id": channel,
        "author": author,
        "content": content if may_read else "",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(each, bot=each == BOT) for each in mentions],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
    if guild_id is not None:
        made["guild_id"] = guild_id
        made["member"] = {key: value for key, value in member(author["id"]).items() if key != "user"}
    return made | more


def interaction(
    kind: int,
    carried: dict[str, Any],
    person: str = ASKER,
    channel: str = CHANNEL,
    guild_id: str | None = GUILD,
    permissions: int = int(EVERYONE),
    app_permissions: int = int(EVERYONE),
    roles: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return an interaction as INTERACTION_CREATE gives it; ``carried`` is its "data"."""
    place = text_channel(channel) if guild_id is not None else direct_channel(person)
    made: dict[str, Any] = {
        "id": new_id(),
        "application_id": APPLICATION,
        "type": kind,
        "data": carried,
        "channel_id": place["id"],
        "channel": place,
        "token": f"token-{new_id()}",
        "version": 1,
        "app_permissions": str(app_permissions),
        "locale": "en-GB",
        "entitlements": [],
        "authorizing_integration_owners": {"0": guild_id or "0"},
        "context": 0 if guild_id is not None else 1,
        "attachment_size_limit": 10485760,
    }
    if guild_id is None:
        return made | {"user": user(person)}
    return made | {
        "guild_id": guild_id,
        "guild_locale": "en-GB",
        "guild": {"id": guild_id, "features": [], "locale": "en-GB"},
        "member": member(person, permissions=permissions) | {"roles": list(roles)},
    }


def command(name: str, **options: Json) -> dict[str, Any]:
    """Return the data of a slash command with its options."""
    kinds = {bool: 5, int: 4, str: 3}
    return {
        "id": "1",
        "name": name,
        "type": 1,
        "options": [{"name": key, "type": kinds[type(value)], "value": value} for key, value in options.items()],
    }
