"""What the health routes show of the connection to Discord, where the bot runs in the same process."""

from typing import Protocol


class Gateway(Protocol):
    """The health of the connection to Discord; ``bot.discord_bot.state.health`` has it."""

    latency: float  # seconds between a heartbeat and its answer
    connects: int
    disconnects: int
    resumes: int

    @property
    def silence(self) -> float:
        """Seconds since anything was heard."""

    @property
    def healthy(self) -> bool:
        """Whether Discord is connected and was heard lately."""


def gateway_gauges(gateway: Gateway | None) -> dict[str, float]:
    """Return what can be read off ``gateway`` at this moment; nothing where no bot runs."""
    if gateway is None:
        return {}
    return {
        "discord_healthy": float(gateway.healthy),
        "discord_latency_seconds": gateway.latency,
        "discord_silence_seconds": gateway.silence,
        "discord_connects": gateway.connects,
        "discord_disconnects": gateway.disconnects,
        "discord_resumes": gateway.resumes,
    }
