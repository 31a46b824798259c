"""The setting that names an engine: ``embedded``, or an address, which is a secret. Imports nothing that searches."""

from typing import Literal, TypeAlias

from pydantic import SecretStr

EMBEDDED: Literal["embedded"] = "embedded"
EnginePlace: TypeAlias = Literal["embedded"] | SecretStr


def engine_place(value: object) -> object:
    """Return a setting as it is kept: whatever is an address is a secret, and may hold a password."""
    return SecretStr(value) if isinstance(value, str) and value != EMBEDDED else value
