"""What the settings mean for page and API; ``bot.runtime.discord_choices`` has the same for the bot.

Comes in: settings. Goes out: options. Refuses to read the environment.
"""

from bot.http.options import HttpOptions, Rate
from bot.settings import Settings


def http_options(settings: Settings) -> HttpOptions:
    """Return what the settings say about the HTTP surface."""
    return HttpOptions(
        public_url=settings.public_url.rstrip("/"),
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
