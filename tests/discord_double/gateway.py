"""The gateway of the double: HELLO, READY, events with sequence numbers, heartbeats, disconnects and resumes.

Events that were sent while nobody was connected, or that a broken connection lost, are sent again after RESUME.
"""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord_double.people import APPLICATION, BOT, guild, new_id, user

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
UNPRIVILEGED = (1 << 0) | (1 << 9) | (1 << 12)  # guilds, guild messages, direct messages


class Gateway:
    """One session, which survives its connections."""

    def __init__(self, token: str, changed: asyncio.Event, heartbeat_ms: int = 40_000) -> None:
        """Take clients with ``token``; set ``changed`` when a connection ends and when a heartbeat comes."""
        self.token = token
        self.changed = changed
        self.heartbeat_ms = heartbeat_ms
        self.url = ""
        self.session = new_id()
        self.sent: list[dict[str, Any]] = []  # every event of the session, in order
        self.identifies: list[dict[str, Any]] = []
        self.resumes = 0
        self.heartbeats = 0
        self.taken = 0  # the number of the last event that the client had taken at its last heartbeat
        self.connected = asyncio.Event()
        self.sockets: set[web.WebSocketResponse] = set()
        self.transports: dict[web.WebSocketResponse, asyncio.WriteTransport] = {}
        self.guild = guild()
        self._socket: web.WebSocketResponse | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.add(socket)
        if request.transport is not None:
            self.transports[socket] = request.transport
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        try:
            async for received in socket:
                if received.type is WSMsgType.TEXT:
                    await self._receive(socket, json.loads(received.data))
        finally:
            self.sockets.discard(socket)
            self.changed.set()
            self.transports.pop(socket, None)
            if self._socket is socket:
                self._socket = None
                self.connected.clear()
        return socket

    async def dispatch(self, event: str, carried: dict[str, Any]) -> None:
        """Send an event now, or after the next resume when nobody is connected."""
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": carried})
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(self.sent[-1])

    async def ask_for_a_heartbeat(self) -> None:
        """Let the client say at once which event it took last, as Discord may."""
        if self._socket is not None:
            await self._socket.send_json({"op": HEARTBEAT, "d": None})

    async def drop(self, code: int = 4000) -> None:
        """Break the connection with a close code."""
        socket, self._socket = self._socket, None
        self.connected.clear()
        if socket is not None:
            await socket.close(code=code)

    async def vanish(self) -> None:
        """Break the connection without a word, as a dead network does."""
        socket, self._socket = self._socket, None
        self.connected.clear()
        if socket is not None and (transport := self.transports.get(socket)) is not None:
            transport.abort()

    async def ask_to_reconnect(self) -> None:
        """Send RECONNECT, as Discord does before it restarts a server of its own."""
        if self._socket is not None:
            socket, self._socket = self._socket, None
            self.connected.clear()
            await socket.send_json({"op": RECONNECT, "d": None})

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self.sockets):
            await socket.close()

    async def _receive(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if frame["op"] == HEARTBEAT:
            self.heartbeats += 1
            self.taken = frame["d"] or 0
            self.changed.set()
            await socket.send_json({"op": HEARTBEAT_ACK, "d": None})
        elif frame["op"] == IDENTIFY:
            await self._identify(socket, frame["d"])
        elif frame["op"] == RESUME:
            await self._resume(socket, frame["d"])

    async def _identify(self, socket: web.WebSocketResponse, identity: dict[str, Any]) -> None:
        self.identifies.append(identity)
        if identity["token"] != self.token:
            await socket.close(code=4004)
            return
        if identity["intents"] & ~UNPRIVILEGED:
            await socket.close(code=4014)
            return
        self._socket = socket
        ready = {
            "v": 10,
            "user": user(BOT, bot=True),
            "guilds": [{"id": self.guild["id"], "unavailable": True}],
            "session_id": self.session,
            "resume_gateway_url": self.url,
            "application": {"id": APPLICATION, "flags": 0},
            "shard": [0, 1],
        }
        await self.dispatch("READY", ready)
        await self.dispatch("GUILD_CREATE", self.guild)
        self.connected.set()

    async def _resume(self, socket: web.WebSocketResponse, wanted: dict[str, Any]) -> None:
        if wanted["session_id"] != self.session or wanted["token"] != self.token:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return
        self.resumes += 1
        place = wanted["seq"]
        while place < len(self.sent):  # events may be added while the missed ones are sent
            await socket.send_json(self.sent[place])
            place += 1
        self._socket = socket
        await self.dispatch("RESUMED", {})
        self.connected.set()
