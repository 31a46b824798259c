"""What PostgreSQL says when it does not do what was asked, in words that an operator can act on.

Comes in: an error of psycopg. Goes out: an error of ours. Refuses to repeat the address that was given: it holds a password.
"""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bot.errors import SettingsError, StoreFault, StoreFull, StoreUnreachable
from index.engines.postgres.faults import FULL, refusal
from index.errors import LocalismError

UNREADABLE = (
    "LOCALISM_STATE cannot be read as the address of a PostgreSQL. Wanted is postgresql://user:password@host:5432/database, "
    "with @ : / % and # in the password written as %40 %3A %2F %25 and %23."
)
_NO_RIGHT = {"42501", "3F000", "3D000", "28000", "28P01"}
_NOT_OURS = {"42P01", "42703", "42804", "42883"}  # no such table, no such column, another type


def where(address: str) -> str:
    """Return host, port and database of ``address``, without user and password.

    Raises:
        SettingsError: it is no address of a PostgreSQL.
    """
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        raise SettingsError(UNREADABLE) from None  # what psycopg says repeats a piece of the password
    host, port = parts.get("host") or "this machine", parts.get("port")
    return f"{host}{f':{port}' if port else ''}, database {parts.get('dbname') or parts.get('user') or 'of this user'}"


def refused(error: psycopg.Error, place: str) -> LocalismError:
    """Return what it means that ``place`` could not be connected to."""
    if told := refusal(error, place, "LOCALISM_STATE"):
        return SettingsError(told)
    return StoreUnreachable(f"PostgreSQL at {place} cannot be reached. What would be kept there is not kept until it answers.")


def fault(error: psycopg.Error, place: str) -> LocalismError:
    """Return what it means that a statement failed at ``place``."""
    code = error.sqlstate or ""
    if code in FULL:
        return StoreFull(f"PostgreSQL at {place} takes nothing more: there is no room. Its operator has to make room.")
    if code in _NO_RIGHT:
        return SettingsError(f"PostgreSQL at {place} gives this user no right to its tables. {rights_wanted()}")
    if code in _NOT_OURS:
        return SettingsError(not_ours(place))
    if code == "25006":
        return StoreUnreachable(
            f"PostgreSQL at {place} only reads at this moment: it is a replica. Name all of them in LOCALISM_STATE, with "
            "?target_session_attrs=read-write behind, or wait until one of them leads."
        )
    if isinstance(error, psycopg.OperationalError):
        return StoreUnreachable(f"PostgreSQL at {place} does not answer. What would be kept there is not kept until it does.")
    return StoreFault(f"PostgreSQL at {place} did not take what was to be kept ({type(error).__name__}).")


def rights_wanted() -> str:
    """Say how to give the rights."""
    return "Give it a schema of its own: CREATE SCHEMA localism AUTHORIZATION <user>."


def not_ours(place: str) -> str:
    """Say that the tables at ``place`` are not ours."""
    return (
        f"The schema localism of PostgreSQL at {place} holds tables that this program did not make. Name another database in "
        "LOCALISM_STATE, or move that schema away: ALTER SCHEMA localism RENAME TO …"
    )
