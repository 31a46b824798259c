"""The health of the connection to Discord where the other processes of the server can read it: only one of them holds it.

Comes in: the numbers of the process that runs the bot, once a second. Goes out: the same numbers in the other processes. Refuses to
know Discord, and to wait for anyone: the numbers are written one by one, and may be of two moments.
"""

import asyncio
import multiprocessing
from collections.abc import MutableSequence
from dataclasses import dataclass, field
from typing import cast

from bot.discord_bot.state.health import GatewayHealth

EVERY_SECONDS = 1.0
PLACES = 7


def _shared() -> MutableSequence[float]:
    # Without a lock: only one process writes. Times of time.monotonic mean the same in every process of a machine.
    return cast("MutableSequence[float]", multiprocessing.get_context("spawn").Array("d", PLACES, lock=False))


@dataclass(frozen=True, slots=True)
class SharedHealth:
    """Numbers that all processes of one server see."""

    _numbers: MutableSequence[float] = field(default_factory=_shared)

    async def keep_posting(self, health: GatewayHealth) -> None:
        """Write ``health`` down once a second until cancelled."""
        while True:
            self.post(health)
            await asyncio.sleep(EVERY_SECONDS)

    async def keep_reading(self, health: GatewayHealth) -> None:
        """Make ``health`` what was written down, once a second until cancelled."""
        while True:
            self.read(health)
            await asyncio.sleep(EVERY_SECONDS)

    def post(self, health: GatewayHealth) -> None:
        """Write down what ``health`` says at this moment."""
        counts = (health.connects, health.disconnects, health.resumes)
        self._numbers[:] = [float(health.connected), float(health.elsewhere), health.latency, health.last_event, *counts]

    def read(self, health: GatewayHealth) -> None:
        """Make ``health`` what was written down last: not connected where nothing was."""
        connected, elsewhere, health.latency, health.last_event, *counts = self._numbers[:]
        health.connected, health.elsewhere = bool(connected), bool(elsewhere)
        health.connects, health.disconnects, health.resumes = map(int, counts)
