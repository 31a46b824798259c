"""Settings of the server and the bot, read once from the environment (``LOCALISM_…``) and handed down.

Comes in: the environment. Goes out: Settings. Refuses to be read anywhere but in ``__main__``.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from index.build.layout import DEFAULT_BUILDS
from index.engines.place import EMBEDDED, EnginePlace, engine_place
from index.installation import data_folder
from index.processors import usable_processors
from index.settings import not_readable

MOST_WORKERS = 64
LEAST_CHARACTERS = 20
_HOW = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'
Place: TypeAlias = Path | SecretStr  # of what is kept: a folder, or the address of a PostgreSQL, which holds a password
POSTGRES = ("postgresql://", "postgres://")
DEFAULT_CORPUS = data_folder() / "corpus"


class Settings(BaseSettings):
    """What an operator can set; every name is an environment variable with ``LOCALISM_`` in front."""

    model_config = SettingsConfigDict(env_prefix="LOCALISM_", env_file=".env", extra="ignore")

    index: Path = Field(DEFAULT_BUILDS, description="Folder of the builds.")
    corpus: Path = Field(DEFAULT_CORPUS, description="Folder of the corpus, for the admin page.")
    engine: EnginePlace = Field(
        EMBEDDED, description="Where passages are searched: embedded, or an engine that machines share."
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the server listens on; 0 takes a free one.")
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] | Literal["auto"] = Field(
        1, description="Processes that answer; auto for one on each processor."
    )
    discord_token: SecretStr | None = Field(None, description="Token of the Discord bot; without it only page and API run.")
    discord_texts: Path | None = Field(
        None, description="File of sentences that the bot says instead of its own; see docs/discord.md."
    )
    public_url: str = Field("", description="Address under which people reach the page; links in Discord point there.")
    operator: str = Field("", max_length=200, description="Who runs this, as people are told: a name, how to reach them.")
    base_path: str = Field("", pattern=r"^(/[\w.~-]+)*$", description="Path below which a proxy serves the page: /localism.")
    trusted_proxies: str = Field("", description="Addresses of proxies whose forwarded headers are believed, with commas.")
    allowed_origins: str = Field("", description="Sites whose pages may use the API and the widget, with commas; * for all.")
    questions_per_minute: int = Field(120, ge=1, description="Questions that one client may ask in a minute.")
    requests_per_minute: int = Field(600, ge=10, description="Pages and lists that one client may read in a minute.")
    state: Place | None = Field(
        None,
        description="Folder for feedback and kept questions, or postgresql://…, which machines share; without it neither is kept.",
    )
    keep_questions_days: int = Field(0, ge=0, description="Days that questions are kept, without identity; 0 keeps none.")
    admin_token: SecretStr | None = Field(None, description="Opens /admin, 20 characters or more; without it there is none.")
    mcp: bool = Field(False, description="Whether programs that speak the Model Context Protocol may ask at /mcp.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    _engine = field_validator("engine", mode="before")(engine_place)

    @field_validator("state", mode="before")
    @classmethod
    def _place_is_known(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return SecretStr(value) if value.startswith(POSTGRES) else Path(value)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_named(cls, text: str) -> str:
        for part in filter(None, map(str.strip, text.split(","))):
            if not _names_a_proxy(part):
                raise ValueError(
                    f"{part!r} names no proxy, and whoever is trusted may pretend to any address; wanted are the addresses or "
                    "networks of your own proxies, parted by commas, such as 127.0.0.1 or 10.0.0.0/24"
                )
        return text


def _names_a_proxy(text: str) -> bool:
    """Tell whether ``text`` is an address, or a network that is not the whole internet."""
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False


def processes(workers: int | Literal["auto"]) -> int:
    """Return how many processes ``workers`` stands for; "auto" counts the processors that this process may use."""
    return min(usable_processors(), MOST_WORKERS) if workers == "auto" else workers


def read_settings() -> Settings:
    """Return the settings from the environment and, where there is one, the file .env.

    Raises:
        SettingsError: a value cannot be used; the message names the variable. Or the file must not be read.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # every field comes from the environment or its default
    except PermissionError as error:
        raise SettingsError(not_readable(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "LOCALISM_" + str(first["loc"][0]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is set to something that cannot be used: {reason}. Correct it and start again.") from None


def checked_token(token: str) -> str:
    """Return the operator's ``token``, empty where none is set: guessing it must be hopeless, and it is never shown.

    Raises:
        SettingsError: it is too short, or holds what a header cannot carry.
    """
    if not token:
        return ""
    if len(token) < LEAST_CHARACTERS:
        raise SettingsError(
            f"LOCALISM_ADMIN_TOKEN has {len(token)} characters; at least {LEAST_CHARACTERS} are wanted, that nobody can guess. {_HOW}"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(
            f"LOCALISM_ADMIN_TOKEN holds a space or a letter that cannot be sent; take plain letters, digits and signs. {_HOW}"
        )
    return token
