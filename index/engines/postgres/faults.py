"""What PostgreSQL says when it cannot be used as an engine, in words that an operator can act on.

Comes in: an error of psycopg. Goes out: an error of ours. Refuses to repeat the address that was given: it holds a password.
"""

import re

import psycopg

from index.errors import BuildError, DamagedBuild, EngineRefused, EngineUnreachable, NotWritten

UNREADABLE = (
    "LOCALISM_ENGINE cannot be read as the address of a PostgreSQL. Wanted is postgresql://user:password@host:5432/database, "
    "with @ : / % and # in the password written as %40 %3A %2F %25 and %23, and commas between hosts."
)
# What libpq says while it connects comes without a code. Servers that speak another language than English get the last sentence.
_REFUSALS = (
    (r"password authentication failed", "refuses the password", "Correct user and password in {setting}."),
    (r"no password supplied", "wants a password", "Put it into {setting}: postgresql://user:password@host/database."),
    (r"pg_hba\.conf", "lets nobody in from this address", "Add this machine to its pg_hba.conf."),
    (r"role .* does not exist", "does not know the user", "Make it (CREATE ROLE … LOGIN PASSWORD …), or correct {setting}."),
    (r"database .* does not exist", "has no such database", "Make it (CREATE DATABASE …), or correct {setting}."),
)
FULL = {"53100", "53200", "54000"}  # disk, memory, a limit of the program
_GONE = {"42P01", "3F000", "42703"}  # no such table, schema, column


def refusal(error: psycopg.Error, place: str, setting: str) -> str:
    """Return why ``place`` lets nobody in, and what to do about it in ``setting``; empty where it was not reached at all."""
    said = " ".join(str(error).split())
    told = ((what, mend.format(setting=setting)) for mark, what, mend in _REFUSALS if re.search(mark, said))
    return next((f"PostgreSQL at {place} {what}. {mend}" for what, mend in told), "")


def refused(error: psycopg.Error, place: str) -> BuildError:
    """Return what it means that ``place`` could not be connected to."""
    told = refusal(error, place, "LOCALISM_ENGINE")
    return EngineRefused(told) if told else unreachable(place)


def unreachable(place: str) -> EngineUnreachable:
    """Say that ``place`` does not answer."""
    return EngineUnreachable(
        f"The passages lie in PostgreSQL at {place}, which does not answer at this moment. Ask again in a minute."
    )


def fault(error: psycopg.Error, place: str) -> BuildError:
    """Return what it means that a statement failed at ``place``."""
    code = error.sqlstate or ""
    if code in FULL:
        return NotWritten(f"PostgreSQL at {place} takes nothing more: there is no room. Make room there, and publish again.")
    if code == "42501":
        return EngineRefused(
            f"PostgreSQL at {place} gives this user no right to do that. As its owner: GRANT CREATE ON DATABASE … TO …, and "
            "publish with the user that published before."
        )
    if code in _GONE:
        return DamagedBuild(
            f"PostgreSQL at {place} has lost tables of this build, or somebody dropped it. Publish it again: localism-ingest engine"
        )
    if code == "25006":
        return EngineRefused(
            f"PostgreSQL at {place} only reads: it is a replica. Name the node that leads in LOCALISM_ENGINE too."
        )
    if isinstance(error, psycopg.OperationalError):
        return unreachable(place)
    return DamagedBuild(f"PostgreSQL at {place} did not do what was asked of it ({type(error).__name__}, {code}).")


def is_gone(error: psycopg.Error) -> bool:
    """Tell whether a table was missing, as on a replica that lags behind."""
    return (error.sqlstate or "") in _GONE
