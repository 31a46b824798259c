"""How the connection to Discord is: numbers that the HTTP side shows in ``/readyz`` and ``/metrics``.

Comes in: events of the client. Goes out: plain numbers. Refuses to know discord.py, questions and people.
"""

import math
import time
from dataclasses import dataclass, field

SILENT_AFTER = 180.0  # seconds without any event or heartbeat: unhealthy
DEAD_AFTER = 300.0  # seconds: the connection is to be given up and made again


@dataclass(slots=True)
class GatewayHealth:
    """Counters and times of the gateway; written by the client's loop, read by anyone."""

    connected: bool = False
    elsewhere: bool = False  # another process is the one that connects
    latency: float = float("nan")  # seconds between a heartbeat and its answer
    last_event: float = field(default_factory=time.monotonic)  # monotonic time
    connects: int = 0
    disconnects: int = 0
    resumes: int = 0
    questions: int = 0  # taken on
    answered: int = 0  # quotes sent
    not_found: int = 0
    refused: int = 0  # empty, too long, too many
    failed: int = 0  # ended in an error of ours or of Discord's

    def heard(self, latency: float) -> None:
        """Note that something came in from Discord, and the latency measured last, in seconds."""
        self.last_event = time.monotonic()
        if math.isfinite(latency):  # it is not before the first heartbeat
            self.latency = latency

    @property
    def silence(self) -> float:
        """Seconds since anything was heard."""
        return time.monotonic() - self.last_event

    @property
    def healthy(self) -> bool:
        """Whether Discord is connected and was heard lately."""
        return self.connected and self.silence < SILENT_AFTER
