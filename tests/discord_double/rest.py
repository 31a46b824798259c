"""The REST side of the double: login, commands, interaction responses, messages, threads.

Comes in: a call. Goes out: a status and a body. What Discord would refuse is refused with 50035 and noted as a complaint.
"""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.discord_double import forums, shapes
from tests.discord_double.account import application
from tests.discord_double.people import (
    APPLICATION,
    BOT,
    CHANNEL,
    DIRECT,
    GUILD,
    Json,
    direct_channel,
    message,
    new_id,
    thread_channel,
    user,
)

if TYPE_CHECKING:
    from tests.discord_double.server import DiscordDouble

Outcome = tuple[int, Json]
UNKNOWN_INTERACTION = 10062
DEFERRED, MESSAGE, UPDATE_LATER, UPDATE, CHOICES, MODAL = 5, 4, 6, 7, 8, 9


@dataclass
class Open:
    """An interaction and what was said to it."""

    payload: dict[str, Any]
    sent_at: float
    acknowledged_at: float | None = None
    kind: int | None = None  # of the first response
    answered_at: float | None = None
    response: Json = None  # data of the first response: modal, choices
    message: Json = None
    writes: int = 0  # how often the original message was written
    followups: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    expired: bool = False


class Rest:
    """Serves REST calls."""

    def __init__(self, double: "DiscordDouble") -> None:
        """Serve for ``double``."""
        self._double = double
        self.interactions: dict[str, Open] = {}  # by token
        self.messages: dict[str, dict[str, Any]] = {}  # by id
        self.commands: list[dict[str, Any]] = []
        self.granted: list[int] = []  # the bot's permissions on each of its servers, where they are listed
        self.silent_channels: dict[str, int] = {}  # channel id: error code given on writing there
        self.nonces: dict[str, dict[str, Any]] = {}
        self.added_by = ""  # who added the bot, in the audit log; empty where the bot may not read it
        self.post_changes: list[dict[str, Any]] = []

    async def serve(self, method: str, path: str, payload: Json, files: dict[str, bytes], request: web.Request) -> Outcome:
        """Return status and body of a call."""
        parts = path.strip("/").split("/")
        if parts[0] == "interactions":
            return self._callback(parts[2], payload, files)
        if parts[0] == "webhooks":
            return self._webhook(method, parts, payload, files)
        if request.headers.get("Authorization") != f"Bot {self._double.token}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        if parts[0] == "guilds" and parts[2:] == ["audit-logs"]:
            return forums.audit_log(self.added_by)
        if parts[0] == "channels":
            return await self._channel(method, parts[1], parts[2:], payload, files)
        return self._account(parts, payload)

    def _account(self, parts: list[str], payload: Json) -> Outcome:
        match parts:
            case ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return 200, {"url": self._double.gateway.url, "shards": self._double.shards, "session_start_limit": limit}
            case ["users", "@me"]:
                return 200, user(BOT, bot=True)
            case ["users", "@me", "guilds"]:
                return 200, [{"id": new_id(), "name": "A server", "permissions": str(value)} for value in self.granted]
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, application()
            case ["applications", _, "commands"]:
                return self._sync(payload)
            case ["users", "@me", "channels"]:
                return 200, direct_channel(payload["recipient_id"])
        return 404, {"message": f"The double does not know {parts}", "code": 0}

    def _sync(self, payload: list[dict[str, Any]]) -> Outcome:
        if refused := self._refuse(shapes.command_complaints(payload)):
            return refused
        common = {"application_id": APPLICATION, "version": "1", "default_member_permissions": None}
        self.commands = [common | {"id": new_id(), "description": "", "type": 1} | command for command in payload]
        return 200, self.commands

    def _callback(self, token: str, payload: dict[str, Any], files: dict[str, bytes]) -> Outcome:
        opened = self.interactions.get(token)
        if opened is None or opened.expired:
            return 404, {"message": "Unknown interaction", "code": UNKNOWN_INTERACTION}
        if opened.acknowledged_at is not None:
            return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
        kind, carried = payload["type"], payload.get("data") or {}
        if refused := self._refuse(_response_complaints(kind, carried, files)):
            return refused
        opened.acknowledged_at = time.perf_counter()
        opened.kind, opened.response = kind, carried
        if kind == DEFERRED:
            opened.message = self._store(carried | {"flags": carried.get("flags", 0)}, opened.payload["channel_id"])
        elif kind in (MESSAGE, UPDATE):
            opened.message = self._store(carried, opened.payload["channel_id"])
            opened.files = files
            opened.answered_at = opened.acknowledged_at
            opened.writes += 1
        elif kind in (CHOICES, MODAL):
            opened.answered_at = opened.acknowledged_at
        return 200, _callback_body(opened)

    def _webhook(self, method: str, parts: list[str], payload: Json, files: dict[str, bytes]) -> Outcome:
        opened = self.interactions.get(parts[2])
        if opened is None or opened.expired or opened.acknowledged_at is None:
            return 404, {"message": "Unknown Webhook", "code": 10015}
        if method == "GET":
            return 200, opened.message
        edit = method == "PATCH"
        if refused := self._refuse(shapes.message_complaints(payload, files, edit)):
            return refused
        if not edit:
            opened.followups.append(self._store(payload, opened.payload["channel_id"]))
            return 200, opened.followups[-1]
        flags = (opened.message or {}).get("flags", 0) | payload.get("flags", 0)
        identity = {"id": opened.message["id"]} if opened.message else {}
        opened.message = self._store(payload | {"flags": flags}, opened.payload["channel_id"], **identity)
        opened.files, opened.answered_at = files, time.perf_counter()
        opened.writes += 1
        return 200, opened.message

    async def _channel(self, method: str, channel: str, rest: list[str], payload: Json, files: dict[str, bytes]) -> Outcome:
        match method, rest:
            case "POST", ["typing"]:
                return 204, None
            case "POST", ["messages"]:
                return self._post(channel, payload, files)
            case "GET", ["messages"]:
                here = [each for each in self.messages.values() if each["channel_id"] == channel]
                return 200, here[::-1][:50]
            case "GET", ["messages", identifier]:
                known = self.messages.get(identifier)
                return (200, known) if known else (404, {"message": "Unknown Message", "code": 10008})
            case "POST", ["messages", identifier, "threads"]:
                return await self._thread(channel, identifier)
            case "PATCH", []:
                return self._change_post(channel, payload)
            case "GET", []:
                return 200, direct_channel() if channel == DIRECT else thread_channel(channel)
        return 404, {"message": "Unknown Channel", "code": 10003}

    def _post(self, channel: str, payload: dict[str, Any], files: dict[str, bytes]) -> Outcome:
        if channel in self.silent_channels:
            return 403, {"message": "Missing Permissions", "code": self.silent_channels[channel]}
        if refused := self._refuse(shapes.message_complaints(payload, files)):
            return refused
        nonce = payload.get("nonce")
        if payload.get("enforce_nonce") and nonce in self.nonces:
            return 200, self.nonces[nonce]
        made = self._store(payload, channel)
        if nonce:
            self.nonces[nonce] = made
        return 200, made

    async def _thread(self, channel: str, identifier: str) -> Outcome:
        if channel in self.silent_channels:
            return 403, {"message": "Missing Permissions", "code": self.silent_channels[channel]}
        thread = thread_channel(identifier, channel)
        await self._double.gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return 201, thread

    def _change_post(self, channel: str, payload: dict[str, Any]) -> Outcome:
        if channel in self.silent_channels:
            return 403, {"message": "Missing Permissions", "code": self.silent_channels[channel]}
        self.post_changes.append(payload)
        return 200, forums.post(channel) | payload

    def _store(self, payload: dict[str, Any], channel: str = CHANNEL, **more: Json) -> dict[str, Any]:
        """Keep a message of the bot's as Discord would give it back: ids on components, addresses on media."""
        guild_id = None if channel == DIRECT else GUILD
        made = message(payload.get("content") or "", user(BOT, bot=True), channel, guild_id)
        made |= {"flags": payload.get("flags", 0), "components": received(payload.get("components", []))} | more
        if "message_reference" in payload:
            made |= {"message_reference": payload["message_reference"], "type": 19}
        self.messages[made["id"]] = made
        return made

    def _refuse(self, complaints: list[str]) -> Outcome | None:
        if not complaints:
            return None
        self._double.complaints += complaints
        return 400, {"message": "Invalid Form Body", "code": 50035, "errors": {}}


def received(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return components as Discord gives them back: every one with an id, attachments with an address."""
    given = {each["id"] for each in shapes.walk(components) if each.get("id")}
    numbers = (number for number in range(1, 1000) if number not in given)
    for each in shapes.walk(components):
        each["id"] = each.get("id") or next(numbers)
        for shown in each.get("items", []):
            address = shown["media"]["url"].replace("attachment://", "https://cdn.invalid/")
            shown["media"] = {"url": address, "proxy_url": address, "width": 10, "height": 10, "content_type": "image/png"}
    return components


def _response_complaints(kind: int, carried: dict[str, Any], files: dict[str, bytes]) -> list[str]:
    if kind in (MESSAGE, UPDATE):
        return shapes.message_complaints(carried, files)
    if kind == MODAL:
        return shapes.modal_complaints(carried)
    return shapes.choices_complaints(carried) if kind == CHOICES else []


def _callback_body(opened: Open) -> dict[str, Any]:
    body: dict[str, Any] = {
        "interaction": {
            "id": opened.payload["id"],
            "type": opened.payload["type"],
            "response_message_loading": opened.kind == DEFERRED,
        }
    }
    if opened.message is not None:
        body["interaction"]["response_message_id"] = opened.message["id"]
        body["resource"] = {"type": opened.kind, "message": opened.message}
    return body
