"""A local Discord: enough of its gateway and REST for the real discord.py client to log in, listen and answer.

Every REST call is recorded with its time, checked against Discord's limits, and can be made to fail on demand.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from tests.discord_double.gateway import Gateway
from tests.discord_double.people import Json
from tests.discord_double.rest import Rest
from tests.waiting import PATIENCE

GOOD = "a.good.one"  # the token that the double takes


LOST = 0  # as the status of a fault: the connection breaks instead of an answer


@dataclass(frozen=True)
class Call:
    """One REST call as it came in."""

    method: str
    path: str
    payload: Json
    files: dict[str, bytes]
    at: float  # seconds of the monotonic clock
    status: int


@dataclass
class Fault:
    """A failure to give to the next calls that fit; ``body`` None gives a usual one."""

    method: str
    part: str  # of the path
    status: int
    times: int = 1
    body: dict[str, Any] | None = None
    after: bool = False  # do the work, then fail: the call arrived, its answer was lost


class DiscordDouble:
    """The server; start it, point discord.py at its addresses, send events, look at ``calls``."""

    def __init__(self, token: str = GOOD) -> None:
        """Accept bots with ``token``."""
        self.token = token
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.faults: list[Fault] = []
        self.changed = asyncio.Event()
        self.gateway = Gateway(token, self.changed)
        self.rest = Rest(self)
        self.shards = 1  # that Discord recommends
        self._runner: web.AppRunner | None = None
        self.address = ""

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_get("/", self._connect)
        app.router.add_route("*", "/api/v10/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"127.0.0.1:{port}"
        self.gateway.url = f"ws://{self.address}/"

    async def stop(self) -> None:
        """Close everything."""
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, method: str, part: str, status: int, **how: Json) -> None:
        """Make the next fitting calls fail."""
        self.faults.append(Fault(method, part, status, **how))

    async def until(self, wanted: Callable[[], Json], seconds: float = PATIENCE) -> Json:
        """Return what ``wanted()`` returns as soon as it is truthy, looking after calls, heartbeats and ends of connections."""
        async with asyncio.timeout(seconds):
            while not (found := wanted()):
                self.changed.clear()
                await self.changed.wait()
        return found

    def to(self, method: str, part: str) -> list[Call]:
        """Return the calls made so far with ``method`` to paths that hold ``part``."""
        return [call for call in self.calls if call.method == method and part in call.path]

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        return await self.gateway.serve(request)  # looked up now: a test may have put another in its place

    async def _serve(self, request: web.Request) -> web.Response:
        payload, files = await _read(request)
        path = "/" + request.match_info["path"]
        at = time.perf_counter()
        fault = self._fault(request.method, path)
        status, body = 500, None
        if fault is None or fault.after:
            status, body = await self.rest.serve(request.method, path, payload, files, request)
        if fault is not None:
            status, body = fault.status, fault.body or _usual_body(fault.status)
        self.calls.append(Call(request.method, path, payload, files, at, status))
        self.changed.set()
        if status == LOST and request.transport is not None:
            request.transport.abort()
        if status == 204:
            return web.Response(status=204)
        # discord.py takes a 429 without "Via" for a ban by the network in front of Discord, and reads JSON only under this exact type.
        headers = {"Via": "1.1 double", "Content-Type": "application/json"}
        return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.part in path and fault.times > 0:
                fault.times -= 1
                return fault
        return None


async def _read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    if request.content_type.startswith("multipart/"):
        payload, files = None, {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader), "the parts of Discord's requests have none of their own"
            if part.name == "payload_json":
                payload = json.loads(await part.text())
            else:
                files[part.filename or ""] = bytes(await part.read())
        return payload, files
    text = await request.text()
    return (json.loads(text) if text else None), {}


def _usual_body(status: int) -> dict[str, Any]:
    if status == 429:
        return {"message": "You are being rate limited.", "retry_after": 0.05, "global": False}
    return {"message": f"{status}", "code": 0}
