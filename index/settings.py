"""Settings of ``localism-index``, read once from the environment (``LOCALISM_…``) or the file .env, as the other commands read them.

Comes in: the environment. Goes out: Settings. Refuses to be read anywhere but in ``__main__``.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.build.layout import DEFAULT_BUILDS
from index.errors import LocalismError
from index.installation import data_folder

_Kind = TypeVar("_Kind", bound=BaseSettings)


class Settings(BaseSettings):
    """Where the builds and the corpus are; every name is an environment variable with ``LOCALISM_`` in front."""

    model_config = SettingsConfigDict(env_prefix="LOCALISM_", env_file=".env", extra="ignore")

    index: Path = Field(DEFAULT_BUILDS, description="Folder of the builds.")
    corpus: Path = Field(data_folder() / "corpus", description="Folder of the corpus, for its golden questions.")


def read_settings() -> Settings:
    """Return the settings of this command; see ``read_as``."""
    return read_as(Settings)


def read_as(kind: type[_Kind]) -> _Kind:
    """Return settings of that ``kind`` from the environment and, where there is one, the file .env.

    Raises:
        LocalismError: a value cannot be used; the message names the variable. Or the file must not be read.
    """
    try:
        return kind()
    except PermissionError as error:
        raise LocalismError(not_readable(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "LOCALISM_" + str(first["loc"][0]).upper()
        raise LocalismError(
            f"{name} is set to something that cannot be used: {first['msg']}. Correct it and run again."
        ) from None


def not_readable(error: OSError) -> str:
    """Return the sentence for who begins where the file of settings, or the folder that may hold one, is not theirs to read."""
    return (
        f"The settings in {Path.cwd() / '.env'} cannot be read by this user: {error.strerror}. "
        "Run it as the user whom they are for, in a folder that this user may read."
    )
