"""Settings in force and where each comes from, in words that may be shown to anybody.

Comes in: settings that were read. Goes out: name, value and source of each, secrets and passwords left out. Refuses to read any by
itself, and to say what they mean.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

DEFAULT, ENVIRONMENT, FILE = "default", "environment", ".env"
HIDDEN = "set, not shown"
_PASSWORD = re.compile(r"(?<=//)[^/@\s]+@")  # user and password in an address


@dataclass(frozen=True, slots=True)
class ToldSetting:
    """One setting as it is told."""

    name: str  # of the environment variable
    value: str
    source: str


def told_settings(settings: BaseSettings) -> list[ToldSetting]:
    """Return every setting of ``settings``, in the order in which they are declared."""
    kind = type(settings)
    given = {ENVIRONMENT: EnvSettingsSource(kind)(), FILE: DotEnvSettingsSource(kind)()}
    prefix = str(kind.model_config.get("env_prefix", ""))
    return [
        ToldSetting(
            f"{prefix}{name.upper()}",
            told_value(getattr(settings, name)),
            next((source for source, values in given.items() if name in values), DEFAULT),
        )
        for name in kind.model_fields
    ]


def told_value(value: object) -> str:
    """Return a value as it may be shown: no secret, no password in an address, and a home without the name of its owner."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else "not set"
    if value is None or value == "":
        return "not set"
    text = str(value.value if isinstance(value, Enum) else value)
    return without_home(_PASSWORD.sub("…@", text))


def without_home(text: str) -> str:
    """Return ``text`` with ~ for the user's home, whose name may be a person's."""
    home = str(Path.home())
    return text if home == "/" else text.replace(home, "~")


def secrets_of(settings: BaseSettings) -> list[str]:
    """Return the values that must not be shown."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with … wherever one of ``secrets`` stands: one may have been pasted into another setting."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def unknown_names(settings: BaseSettings, known: Iterable[str]) -> list[str]:
    """Return the names in the environment and in .env that look like settings and are none, without their values."""
    kind = type(settings)
    prefix = str(kind.model_config.get("env_prefix", ""))
    seen = {name.upper() for source in (EnvSettingsSource(kind), DotEnvSettingsSource(kind)) for name in source.env_vars}
    return sorted(name for name in seen - set(known) if name.startswith(prefix))
