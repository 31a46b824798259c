"""Open the engine that the settings name.

Comes in: what LOCALISM_ENGINE says. Goes out: an Engine, or none where the files of the build are searched. Refuses to show an
address: it may hold a password.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from index.engines.engine import Engine
from index.engines.place import EnginePlace
from index.errors import EngineRefused

_POSTGRES = ("postgresql://", "postgres://")
_QDRANT = "qdrant+"


@contextmanager
def opened_engine(place: EnginePlace) -> Iterator[Engine | None]:
    """Hold the engine at ``place`` open, None where the files of the build are searched; raises as ``open_engine`` does."""
    engine = open_engine(place)
    try:
        yield engine
    finally:
        if engine is not None:
            engine.close()


def open_engine(place: EnginePlace) -> Engine | None:
    """Return the engine at ``place``, None for the files of the build; nothing is connected to yet.

    Raises:
        EngineRefused: there is none of that name, or the package that speaks to it is not here.
    """
    if isinstance(place, str):
        return None
    address = place.get_secret_value()
    # Imported only where it is named: an extra that most installations do not have.
    if address.startswith(_POSTGRES):
        try:
            from index.engines.postgres.engine import PostgresEngine
        except ModuleNotFoundError as error:
            raise _not_installed(error, "psycopg", "PostgreSQL", "postgres") from None
        return PostgresEngine(address)
    if address.startswith(_QDRANT):
        try:
            from index.engines.qdrant.engine import QdrantEngine
        except ModuleNotFoundError as error:
            raise _not_installed(error, "qdrant_client", "Qdrant", "qdrant") from None
        return QdrantEngine.open(address)
    raise EngineRefused(
        "LOCALISM_ENGINE names no engine that is known. Wanted is embedded, qdrant+https://key:<the API key>@host:6333 or "
        "postgresql://user:password@host/database."
    )


def _not_installed(error: ModuleNotFoundError, package: str, engine: str, extra: str) -> Exception:
    if (error.name or "").split(".")[0] != package:
        return error
    return EngineRefused(
        f"LOCALISM_ENGINE names {engine}, and the package that speaks to it is not here. Install it: pip install "
        f"'localism[{extra}]', or from a checkout: .venv/bin/pip install --require-hashes --no-deps -r requirements/{extra}.txt"
    )
