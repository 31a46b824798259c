"""One process of all is connected to Discord, for as long as the lease is its own; whoever takes over knows where its sessions stood.

Comes in: leases, a way to serve, session ids and numbers of events. Goes out: nothing, it goes on until cancelled; the sessions as
they were some seconds ago. Refuses to know Discord and its events.

The lease runs out on the database's clock some seconds after it was last renewed. Who cannot renew it lets go before that by its own
clock, counted from before it asked, so that the next one never meets it. What is kept of sessions lags behind: an event that was being
answered when its process died is fetched once more, and the nonce of the answer makes Discord take the second one for the first.
"""

import asyncio
import json
import logging
import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass

from bot.discord_bot.state.health import GatewayHealth
from bot.state.facts import Facts
from bot.state.machines import Leases
from bot.worker_thread import OffLoop
from index.errors import LocalismError

log = logging.getLogger(__name__)

_FACT = "discord sessions"
LAG = 3  # renewals of the lease, a second each: longer than an answer takes
LEASE = "discord gateway"
LEASE_SECONDS = 6.0
RENEW_SECONDS = 1.0
LET_GO_SECONDS = 4.5  # after the last renewal: what is left of the lease is for closing the connection
ASK_SECONDS = 0.5  # until somebody who does not hold it asks again
_Serve = Callable[[], Coroutine[None, None, None]]
_Beat = Callable[[], object]  # blocking; called with every renewal


@dataclass(frozen=True, slots=True)
class Session:
    """A session with Discord, of one shard."""

    id: str
    sequence: int  # of the last event
    address: str  # at which it is resumed


class Sessions:
    """What is known of the sessions, here and in the store."""

    def __init__(self, facts: Facts) -> None:
        """Keep them in ``facts``."""
        self._facts = facts
        self._seen: deque[tuple[Session, ...]] = deque(maxlen=LAG)
        self._written = ""

    def note(self, sessions: Iterable[Session]) -> None:
        """Keep ``sessions`` as they were a few calls ago; blocking.

        Raises:
            StoreFault: they cannot be kept.
        """
        self._seen.append(tuple(sessions))
        text = json.dumps([asdict(session) for session in self._seen[0]])
        if text != self._written:
            self._facts.put(_FACT, text)
            self._written = text

    def kept(self) -> list[Session]:
        """Return those that were kept last, by whichever process; blocking.

        Raises:
            StoreFault: they cannot be read.
        """
        return [Session(**fields) for fields in json.loads(self._facts.get(_FACT) or "[]")]

    def begin(self) -> None:
        """Forget what was seen here: another connection begins."""
        self._seen.clear()


class Holding:
    """Serves while the lease is held, and waits while somebody else holds it."""

    def __init__(self, leases: Leases, health: GatewayHealth, beat: _Beat) -> None:
        """Hold by ``leases``; ``health`` shows whether another process is connected."""
        self._leases = leases
        self._health = health
        self._beat = beat
        self._holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
        self._off_loop = OffLoop("discord-lease", 4)
        self._told = ""  # what was said last of why it is not held

    async def run(self, serve: _Serve) -> None:
        """Serve whenever the lease is ours, until cancelled.

        Raises:
            LocalismError: ``serve`` ended with it.
        """
        try:
            while True:
                self._health.elsewhere = not await self._is_taken()
                if not self._health.elsewhere:
                    log.info("this process connects to Discord")
                    await self._while_held(serve)
                await asyncio.sleep(ASK_SECONDS)
        finally:
            self._off_loop.close()
            self._leases.close()

    async def _is_taken(self) -> bool:
        try:
            taken = await self._off_loop.run(self._leases.take, LEASE, self._holder, LEASE_SECONDS)
        except LocalismError as error:
            self._say(f"whether another process is connected to Discord cannot be found out: {error}")
            return False
        self._say("" if taken else "another process is connected to Discord")
        return taken

    def _say(self, sentence: str) -> None:
        if sentence and sentence != self._told:
            log.info("%s", sentence)
        self._told = sentence

    async def _while_held(self, serve: _Serve) -> None:
        serving, holding = asyncio.create_task(serve()), asyncio.create_task(self._until_lost())
        try:
            await asyncio.wait({serving, holding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (serving, holding):
                task.cancel()
            ended, _ = await asyncio.gather(serving, holding, return_exceptions=True)
            with suppress(LocalismError):
                await self._off_loop.run(self._leases.give_back, LEASE, self._holder)
        if isinstance(ended, Exception):
            raise ended

    async def _until_lost(self) -> None:
        """Renew the lease every second, and return when it is not ours any more or may soon not be."""
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            asked, left = time.monotonic(), renewed + LET_GO_SECONDS - time.monotonic()
            try:
                held = await asyncio.wait_for(self._off_loop.run(self._renewed), max(left, 0.0))
            except (LocalismError, TimeoutError):
                if time.monotonic() - renewed < LET_GO_SECONDS:
                    continue
                log.warning("the lease on Discord could not be renewed in time; this process lets go of it")
                return
            if not held:
                log.warning("another process has taken over the connection to Discord")
                return
            renewed = asked

    def _renewed(self) -> bool:
        held = self._leases.take(LEASE, self._holder, LEASE_SECONDS)
        if held:
            self._beat()
        return held
