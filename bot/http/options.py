"""What an operator can choose about the HTTP surface, and what the settings say of that.

Comes in: settings. Goes out: plain values with safe defaults. Refuses to read the environment.
"""

from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import Place, Settings


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one client may ask: so many ``requests`` in any ``seconds``, counted in whole seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """What an operator can choose about the HTTP surface."""

    public_url: str = ""  # "https://ask.example.org" without the base path; shared links and pictures need it
    base_path: str = ""  # "/localism" where a proxy serves the page below a path
    operator: str = ""  # who runs this, as people are told: a name, and how to reach them
    allowed_origins: tuple[str, ...] = ()  # sites whose pages may read the API; "*" for all
    admin_token: str = ""  # opens the reports under /admin; without it they do not exist
    state: Place | None = None  # of feedback and the question log; without it neither is kept
    keep_questions_days: int = 0  # 0 keeps no question; else they are removed after so many days
    asking: Rate = field(default_factory=lambda: Rate(120, 60.0))  # of questions, for each client
    drawing: Rate = field(default_factory=lambda: Rate(240, 60.0))  # of pictures of pages, for each client
    reading: Rate = field(
        default_factory=lambda: Rate(600, 60.0)
    )  # of everything else; ``route_kinds`` says what gets a share of it
    most_waiting: int = 64  # questions that may wait for their turn; more are asked to come back
    most_pictures_waiting: int = 16  # likewise: each may take seconds
    # A longer request body is refused. Eleven questions of the greatest length, each letter written as twelve bytes, are 264,000.
    most_body_bytes: int = 320 * 1024
    body_seconds: float = 10.0  # a request whose body takes longer is refused
    picture_cache_bytes: int = 16 * 2**20  # of finished pictures held in memory


@dataclass(frozen=True, slots=True)
class KeepingOptions:
    """What an operator can choose about keeping the index over the web."""

    token: str  # without it nothing of this exists
    builds: Path
    corpus: Path
    most_upload_bytes: int = 100 * 2**20
    state: Place | None = None  # where machines tell each other of their jobs


def http_options(settings: Settings) -> HttpOptions:
    """Return what the settings say about the HTTP surface; ``bot.discord_bot.options`` has the same for the bot."""
    return HttpOptions(
        public_url=settings.public_url.rstrip("/"),
        operator=settings.operator,
        base_path=settings.base_path,
        allowed_origins=listed(settings.allowed_origins),
        admin_token=settings.admin_token.get_secret_value() if settings.admin_token else "",
        state=settings.state,
        keep_questions_days=settings.keep_questions_days,
        asking=Rate(settings.questions_per_minute, 60.0),
        reading=Rate(settings.requests_per_minute, 60.0),
        drawing=Rate(max(1, settings.requests_per_minute * 2 // 5), 60.0),
    )


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a setting that are parted by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
