"""Everything in files of one folder: the way of one machine.

Comes in: the folder. Goes out: databases, a file each, for the server's own user alone, and gone without a rest when they go.
Refuses to grow beyond a limit: anybody may send questions and verdicts.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import SettingsError, StoreFault, StoreFull, StoreUnreachable
from bot.state.databases.store import TABLES, Room, Row, Value

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
MOST_BYTES = 64 * 2**20  # of one file: some hundred thousand questions
_LOG_BYTES = 4 * 2**20  # of the write-ahead log beside it, once it was taken over
NO_ROOM = "There is no room left on this server to keep that, so nothing was changed. Its operator has to make room."
NO_RIGHT = (
    "This server may not write where it would keep that, so nothing was changed. Its operator has to give it the right to."
)
_NOT_WRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
}


def make_private(path: Path) -> None:
    """Make ``path`` and its folder where they are missing, and close them up to all but this user.

    What SQLite makes beside it later gets the same rights; what it has made before is closed up too.

    Raises:
        OSError: it cannot be made or opened there.
    """
    path.parent.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE))
    for one in _with_companions(path):
        # Only who owns a file may do that: where another user looks at the report, the server has done it before.
        with suppress(FileNotFoundError, PermissionError):
            one.chmod(_PRIVATE_FILE)


def remove_private(path: Path) -> bool:
    """Remove ``path`` and all that SQLite keeps beside it; tells whether there was any.

    Raises:
        SettingsError: it cannot be removed.
    """
    there = [one for one in _with_companions(path) if one.exists()]
    try:
        for one in there:
            one.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} cannot be removed ({error.strerror}). Remove it by hand, or give this user the right to, "
            "and start again."
        ) from error
    return bool(there)


def _with_companions(path: Path) -> Iterator[Path]:
    for ending in ("", "-wal", "-shm", "-journal"):
        yield path.with_name(path.name + ending)


class SqliteStore:
    """The files of one folder."""

    shared = False
    secret = ""

    def __init__(self, folder: Path) -> None:
        """Keep everything in ``folder``, which is made with the first file."""
        self.folder = folder

    def open(self, room: Room) -> "SqliteDatabase":
        """Return the file of ``room``, made where it is missing; see Store."""
        return SqliteDatabase(self._path(room), TABLES[room])

    def forget(self, room: Room) -> bool:
        """Remove the file of ``room`` with all that SQLite keeps beside it; see Store."""
        return remove_private(self._path(room))

    def _path(self, room: Room) -> Path:
        return self.folder / f"{room.value}.sqlite"


class SqliteDatabase:
    """One file."""

    now = "((julianday('now') - 2440587.5) * 86400.0)"

    def __init__(self, path: Path, tables: Iterable[str]) -> None:
        """Open the file at ``path``, made with its folder and ``tables`` where they are missing.

        Raises:
            SettingsError: it cannot be opened or made there.
        """
        self._lock = threading.Lock()
        self._connection = _opened(path, tables, MOST_BYTES)

    def ask(self, statement: str, *values: Value) -> list[Row]:
        """Run ``statement`` and return its rows; see Database."""
        return self.ask_many(statement, [values])

    def ask_many(self, statement: str, rows: Iterable[tuple[Value, ...]]) -> list[Row]:
        """Run ``statement`` for each of ``rows``; see Database."""
        found: list[Row] = []
        with _in_words(), self._lock, self._connection:
            for values in rows:
                found += self._connection.execute(statement, values).fetchall()
        return found

    def check_room(self, table: str) -> None:
        """Do nothing: SQLite itself says when the file has reached its limit."""

    def empty(self, *tables: str) -> None:
        """Remove all that stands in ``tables``; what goes is written over (``secure_delete``)."""
        for table in tables:
            self.ask(f"DELETE FROM {table}")  # noqa: S608  # the name of the table is ours

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _opened(path: Path, tables: Iterable[str], most_bytes: int) -> sqlite3.Connection:
    try:
        make_private(path)
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last counts, never the file
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(most_bytes // page_bytes, 1)}")
        for table in tables:
            connection.execute(table)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(
            f"{path} cannot be written to ({error}). Give this user the right to write in {path.parent}, make room there, "
            "or name another folder in LOCALISM_STATE."
        ) from error
    return connection


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what SQLite raises into what a person can mend."""
    try:
        yield
    except sqlite3.Error as error:
        raise _fault(error) from error


def _fault(error: sqlite3.Error) -> StoreFault:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it tells kinds of one fault apart
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(NO_ROOM)
    return StoreUnreachable(NO_RIGHT) if code in _NOT_WRITABLE else StoreFault(f"What is kept cannot be used: {error}.")
