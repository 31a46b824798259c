"""The tables in PostgreSQL: made where they are missing, left alone where they are not ours.

Comes in: a connection. Goes out: the same, which finds our tables by their names. Refuses to change tables of another format.
"""

import psycopg

from bot.errors import SettingsError
from bot.state.databases.postgres_faults import not_ours, rights_wanted
from bot.state.databases.store import FORMAT, TABLES, Row

SCHEMA = "localism"
# Looked up by statements that read the catalogue: its functions may answer from a cache that another process has outdated.
_TABLE = f"SELECT 1 FROM pg_tables WHERE schemaname = '{SCHEMA}'"  # noqa: S608  # ours
_ONE_AT_A_TIME = 72_151_964  # any number: processes that begin at once make the tables one after the other
_Connection = psycopg.Connection[Row]


def set_up(connection: _Connection, place: str) -> None:
    """Make the tables where they are missing, and let ``connection`` find them; messages call the database ``place``.

    Raises:
        SettingsError: there is no right to make them, or what stands there is not ours or of another format.
        psycopg.Error: the database does not answer.
    """
    connection.execute(f"SET search_path TO {SCHEMA}")
    version = _version(connection)
    if version is None:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            version = _version(connection)
            if version is None:
                _make(connection, place)
                version = FORMAT
    if version != FORMAT:
        mend = "Update the program on this machine" if version > FORMAT else "Update it with the program that made it"
        raise SettingsError(
            f"What PostgreSQL at {place} keeps is of format {version}, this program reads format {FORMAT}. {mend}, or name another "
            "database in LOCALISM_STATE."
        )


def _version(connection: _Connection) -> int | None:
    if _first(connection, _TABLE + " AND tablename = 'format'") is None:
        return None
    version = _first(connection, "SELECT max(version) FROM format")
    return version if isinstance(version, int) else 0


def _make(connection: _Connection, place: str) -> None:
    if _first(connection, "SELECT 1 FROM pg_namespace WHERE nspname = 'localism'") is None:
        try:
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
        except psycopg.errors.InsufficientPrivilege:
            raise SettingsError(f"PostgreSQL at {place} lets this user make no tables. {rights_wanted()}") from None
    elif _first(connection, _TABLE) is not None:
        raise SettingsError(not_ours(place))
    for statements in TABLES.values():
        for statement in statements:
            connection.execute(statement)
    connection.execute("CREATE TABLE format (version BIGINT PRIMARY KEY)")
    connection.execute("INSERT INTO format VALUES (%s)", [FORMAT])


def _first(connection: _Connection, statement: str) -> object:
    """Return the first column of the first row, None where there is none."""
    row = connection.execute(statement).fetchone()
    return row[0] if row else None
