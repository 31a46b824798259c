"""A gateway that knows several sessions, as Discord does: one for each connection and shard, each with its own numbers of events.

A session whose connection broke goes on collecting events until somebody resumes it; one that was closed for good (1000, 1001) is
gone.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from typing_extensions import override

from tests.discord_double.gateway import DISPATCH, INVALID_SESSION, Gateway
from tests.discord_double.people import APPLICATION, BOT, new_id, user

FOR_GOOD = {1000, 1001}


@dataclass
class OneSession:
    """A session."""

    shard: int
    shards: int
    id: str = field(default_factory=new_id)
    sent: list[dict[str, Any]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None

    async def send(self, event: str, carried: dict[str, Any]) -> None:
        """Send an event now, or after the next resume."""
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": carried})
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_json(self.sent[-1])


class ManySessions(Gateway):
    """Sessions of any number of clients."""

    def __init__(self, token: str, changed: asyncio.Event) -> None:
        """Take clients with ``token``; see Gateway."""
        super().__init__(token, changed)
        self.sessions: dict[str, OneSession] = {}
        self.serving: dict[web.WebSocketResponse, OneSession] = {}  # connections that identified and are open
        self.most_at_once = 0  # of the same shard

    @override
    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        try:
            return await super().serve(request)
        finally:
            for session in list(self.sessions.values()):
                self._look_at(session)
            if not self.serving:
                self.connected.clear()

    def _look_at(self, session: OneSession) -> None:
        """Note that the connection of ``session`` ended, where it did, and forget one that was closed for good."""
        socket = session.socket
        if socket is None or not socket.closed:
            return
        session.socket = None
        self.serving.pop(socket, None)
        if socket.close_code in FOR_GOOD:
            del self.sessions[session.id]

    @override
    async def dispatch(self, event: str, carried: dict[str, Any]) -> None:
        server = int(carried.get("guild_id") or (carried["id"] if event.startswith("GUILD") else 0))
        for session in list(self.sessions.values()):
            if (server >> 22) % session.shards == session.shard:
                await session.send(event, carried)

    @override
    async def _identify(self, socket: web.WebSocketResponse, identity: dict[str, Any]) -> None:
        self.identifies.append(identity)
        if identity["token"] != self.token:
            await socket.close(code=4004)
            return
        shard, shards = identity.get("shard", (0, 1))
        session = OneSession(shard, shards, socket=socket)
        self.sessions[session.id] = self.serving[socket] = session
        self.most_at_once = max(self.most_at_once, sum(other.shard == shard for other in self.serving.values()))
        ours = (int(self.guild["id"]) >> 22) % shards == shard
        ready = {
            "v": 10,
            "user": user(BOT, bot=True),
            "guilds": [{"id": self.guild["id"], "unavailable": True}] * ours,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": APPLICATION, "flags": 0},
            "shard": [shard, shards],
        }
        await session.send("READY", ready)
        if ours:
            await session.send("GUILD_CREATE", self.guild)
        self.connected.set()

    @override
    async def _resume(self, socket: web.WebSocketResponse, wanted: dict[str, Any]) -> None:
        session = self.sessions.get(wanted["session_id"])
        if session is None or wanted["token"] != self.token:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return
        self.resumes += 1
        for event in session.sent[wanted["seq"] :]:
            await socket.send_json(event)
        session.socket = socket
        await session.send("RESUMED", {})
