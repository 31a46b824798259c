"""Everything in one PostgreSQL, which the processes of all machines share.

Comes in: the address. Goes out: databases. Refuses to write the address into any log or message, and to make anybody wait long: who
finds it silent is told so at once for a moment, and then it is tried again.
"""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from bot.errors import SettingsError, StoreFull
from bot.state.databases.store import MOST_ROWS, TABLES, Room, Row, Value
from index.errors import LocalismError

try:
    import psycopg
except ImportError:
    raise SettingsError(
        "LOCALISM_STATE names a PostgreSQL, and the package that speaks to one is not here. Install it: pip install "
        "'localism[postgres]', or from a checkout: .venv/bin/pip install --require-hashes --no-deps -r requirements/postgres.txt"
    ) from None

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.state.databases.postgres_faults import fault, refused, where
from bot.state.databases.postgres_tables import set_up

CONNECT_SECONDS = 2  # libpq waits no shorter
SILENT_MS = 2000  # of a connection that takes nothing any more
STATEMENT_MS = 5000
QUIET_SECONDS = 1.0  # after a failure nobody tries: each try may cost two seconds, and threads would pile up
LOOK_SECONDS = 10.0  # until a table is counted again
# What the address may say otherwise.
_OURS: dict[str, str | int] = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": SILENT_MS,
    "application_name": "localism",
}
_Connection = psycopg.Connection[Row]
_Done = TypeVar("_Done")


class PostgresStore:
    """One database for all rooms."""

    shared = True

    def __init__(self, address: str) -> None:
        """Keep everything at ``address``; nothing is opened yet.

        Raises:
            SettingsError: it is no address of a PostgreSQL.
        """
        self._place = where(address)
        given = conninfo_to_dict(address)
        self.secret = str(given.get("password") or "")
        ours: dict[str, str | int] = {
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": SILENT_MS,
            "application_name": "localism",
        }
        self._address = make_conninfo(address, **{name: value for name, value in ours.items() if name not in given})
        self._common = PostgresDatabase(self._address, self._place)

    def open(self, room: Room) -> "PostgresDatabase":
        """Return the database of ``room``: one connection for all, and one of its own for leases; see Store."""
        database = PostgresDatabase(self._address, self._place) if room is Room.LEASES else self._common
        return database.used_once_more()

    def forget(self, room: Room) -> bool:
        """Empty the tables of ``room``; see Store."""
        database, tables = self.open(room), [statement.split()[5] for statement in TABLES[room]]
        try:
            found = any(database.ask(f"SELECT 1 FROM {table} LIMIT 1") for table in tables)  # noqa: S608  # names of ours
            if found:
                database.empty(*tables)
            return found
        finally:
            database.close()


class PostgresDatabase:
    """One connection, made when it is first used and made again when it is lost.

    What was on its way when a connection broke is done once more on the next: whether it had arrived nobody knows, and a verdict
    counted twice is better than one lost.
    """

    now = "extract(epoch FROM clock_timestamp())::float8"

    def __init__(self, address: str, place: str) -> None:
        """Speak to ``address``, which messages call ``place``."""
        self._address = address
        self._place = place
        self._lock = threading.RLock()
        self._connection: _Connection | None = None
        self._refusal: tuple[float, LocalismError] | None = None  # until when it is repeated
        self._counted: dict[str, tuple[float, int]] = {}  # table to when, and how many rows
        self._users = 0

    def used_once_more(self) -> "PostgresDatabase":
        """Return itself, to be closed once more."""
        self._users += 1
        return self

    def ask(self, statement: str, *values: Value) -> list[Row]:
        """Run ``statement`` and return its rows; see Database."""
        return self.ask_many(statement, [values])

    def ask_many(self, statement: str, rows: Iterable[tuple[Value, ...]]) -> list[Row]:
        """Run ``statement`` for each of ``rows``; see Database."""
        # In one order whoever writes, or two that write the same rows could wait for each other.
        ordered = sorted(tuple(map(_taken, values)) for values in rows)
        return self._do(lambda connection: _asked(connection, statement.replace("?", "%s"), ordered)) if ordered else []

    def check_room(self, table: str) -> None:
        """Raise StoreFull where ``table`` has as many rows as are allowed; counted every few seconds only."""
        when, rows = self._counted.get(table, (0.0, 0))
        if time.monotonic() - when > LOOK_SECONDS or rows >= MOST_ROWS:
            ((rows,),) = self.ask(f"SELECT count(*) FROM {table}")  # noqa: S608  # the name of the table is ours
            self._counted[table] = time.monotonic(), rows
        if rows >= MOST_ROWS:
            raise StoreFull(
                f"{rows:,} of these are kept, and no more are taken until old ones make room. Nothing was changed."
            )

    def empty(self, *tables: str) -> None:
        """Remove all that stands in ``tables``; their files are gone at once."""
        self.ask(f"TRUNCATE {', '.join(tables)}")

    def close(self) -> None:
        """Let go of it; the last who does closes the connection."""
        self._users -= 1
        if self._users <= 0:
            with self._lock:
                self._drop()

    def _do(self, work: Callable[[_Connection], _Done]) -> _Done:
        with self._lock:
            old = self._connection
            try:
                connection = self._connected()
                try:
                    return work(connection)
                except psycopg.OperationalError:
                    if connection is not old or not connection.closed:
                        raise
                    return work(self._connected())
            except psycopg.Error as error:
                # Without the error behind it: that repeats values, which may be what somebody asked.
                raise fault(error, self._place) from None

    def _connected(self) -> _Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        if self._refusal is not None and time.monotonic() < self._refusal[0]:
            raise type(self._refusal[1])(str(self._refusal[1]))
        self._drop()
        try:
            self._connection = self._opened()
        except LocalismError as error:
            self._refusal = time.monotonic() + QUIET_SECONDS, error
            raise
        self._refusal = None
        return self._connection

    def _opened(self) -> _Connection:
        try:
            # Nothing is prepared: a pooler between us and the database may give each statement another connection.
            connection = psycopg.connect(self._address, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise refused(error, self._place) from None
        try:
            connection.execute(f"SET statement_timeout = {STATEMENT_MS}")
            set_up(connection, self._place)
        except psycopg.Error as error:
            connection.close()
            raise fault(error, self._place) from None
        except LocalismError:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


def _taken(value: Value) -> Value:
    """Return ``value`` as PostgreSQL takes it: a text of its own holds no zero byte."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _asked(connection: _Connection, statement: str, rows: list[tuple[Value, ...]]) -> list[Row]:
    found: list[Row] = []
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(statement, rows, returning=True)
        while True:
            if cursor.description is not None:
                found += cursor.fetchall()
            if not cursor.nextset():
                return found
