"""Fetch what was said to the bot while nobody was connected: resume the session of the process that died, for a moment.

Comes in: sessions. Goes out: the messages and interactions that they missed, as Discord sends them. Refuses to answer them.

Discord keeps a session for a while after its connection broke, and sends what it missed to whoever resumes it. Our own session begins
before, so that nothing falls between the two; what comes by both ways is answered once, by its id.
"""

import asyncio
import json
import logging
from typing import Any, TypeAlias

import aiohttp
import discord

from bot.discord_bot.gateway.client import LocalismClient
from bot.discord_bot.gateway.taking_over import Session

log = logging.getLogger(__name__)

SECONDS = 5.0  # for one session
_DISPATCH, _RESUME, _INVALID_SESSION, _HELLO = 0, 6, 9, 10
_WANTED = frozenset({"MESSAGE_CREATE", "INTERACTION_CREATE"})
Event: TypeAlias = dict[str, Any]  # one frame of the gateway


async def missed(token: str, sessions: list[Session]) -> list[Event]:
    """Return the events that ``sessions`` missed, and end them; of a session that is gone, nothing."""
    events: list[Event] = []
    async with aiohttp.ClientSession() as client:
        for session in sessions:
            try:
                async with asyncio.timeout(SECONDS):
                    events += await _missed(client, token, session)
            except (OSError, TimeoutError, aiohttp.ClientError, ValueError) as error:
                log.warning("what was asked meanwhile could not be fetched (%s)", type(error).__name__)
    return events


async def _missed(client: aiohttp.ClientSession, token: str, session: Session) -> list[Event]:
    events: list[Event] = []
    address = f"{session.address.rstrip('/')}/?v={discord.http.INTERNAL_API_VERSION}&encoding=json"
    async with client.ws_connect(address, max_msg_size=0) as socket:
        async for frame in socket:
            event: Event = json.loads(frame.data)
            if event["op"] == _HELLO:
                wanted = {"token": token, "session_id": session.id, "seq": session.sequence}
                await socket.send_json({"op": _RESUME, "d": wanted})
            elif event["op"] == _INVALID_SESSION:
                log.info("the session before is gone: what was asked meanwhile is not answered")
                break
            elif event["op"] == _DISPATCH and event["t"] == "RESUMED":
                break
            elif event["op"] == _DISPATCH and event["t"] in _WANTED:
                events.append(event)
    return events


async def serve_missed(client: LocalismClient, events: list[Event]) -> None:
    """Have ``client`` serve ``events`` as if they had come to it."""
    for event in events:
        # Without its number: that counts the events of the other session.
        await client.sockets()[0].received_message(json.dumps({**event, "s": None}))
    if events:
        log.info("%d messages and commands that came while nobody was connected are served", len(events))


def sessions_of(client: LocalismClient) -> list[Session]:
    """Return where the sessions of ``client`` stand."""
    return [
        Session(socket.session_id, socket.sequence, str(socket.gateway))
        for socket in client.sockets()
        if socket.session_id and socket.sequence is not None
    ]
