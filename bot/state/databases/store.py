"""What everything that is kept needs of a database: one protocol, which SQLite and PostgreSQL both are.

Comes in: nothing. Goes out: protocols, and the tables. Refuses to know which database it is.

Statements are written once, in what both understand: ``?`` for a value, ``ON CONFLICT``, ``RETURNING``, ``FILTER``.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = str | int | float
Row: TypeAlias = tuple[Any, ...]  # as the statement names its columns
FORMAT = 1  # of the tables; another program version that cannot read these writes another number


class Room(Enum):
    """What is kept together: a file of SQLite, tables of PostgreSQL."""

    FEEDBACK = "feedback"
    QUESTIONS = "questions"
    DISCORD = "discord_settings"
    TOGETHER = "together"  # what several processes settle among each other
    LEASES = "leases"  # apart: whoever holds one must never wait for anything else


# BIGINT and DOUBLE PRECISION mean the same in both.
TABLES: dict[Room, tuple[str, ...]] = {
    Room.FEEDBACK: (
        "CREATE TABLE IF NOT EXISTS feedback (passage TEXT NOT NULL, document TEXT NOT NULL, verdict TEXT NOT NULL, "
        "day TEXT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (passage, verdict, day))",
    ),
    Room.QUESTIONS: (
        "CREATE TABLE IF NOT EXISTS questions (question TEXT NOT NULL, status TEXT NOT NULL, day TEXT NOT NULL, "
        "times BIGINT NOT NULL, PRIMARY KEY (question, status, day))",
        "CREATE TABLE IF NOT EXISTS verdicts (question TEXT NOT NULL, passage TEXT NOT NULL, document TEXT NOT NULL, "
        "verdict TEXT NOT NULL, day TEXT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (question, passage, verdict, day))",
    ),
    Room.DISCORD: ("CREATE TABLE IF NOT EXISTS servers (id BIGINT PRIMARY KEY, settings TEXT NOT NULL)",),
    Room.TOGETHER: (
        "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS jobs (machine TEXT NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL, "
        "seen DOUBLE PRECISION NOT NULL, PRIMARY KEY (machine, id))",
        "CREATE TABLE IF NOT EXISTS hits (name TEXT PRIMARY KEY, times BIGINT NOT NULL, until DOUBLE PRECISION NOT NULL)",
        "CREATE TABLE IF NOT EXISTS ended (name TEXT PRIMARY KEY, until DOUBLE PRECISION NOT NULL)",
    ),
    Room.LEASES: (
        "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until DOUBLE PRECISION NOT NULL)",
    ),
}
MOST_ROWS = 300_000  # of a table to which anybody's questions and verdicts add


class Database(Protocol):
    """A database that several threads may use, each statement a transaction of its own."""

    @property
    def now(self) -> str:
        """SQL for the seconds since 1970, by the one clock of all who share the database."""

    def ask(self, statement: str, *values: Value) -> list[Row]:
        """Run ``statement`` and return its rows.

        Raises:
            StoreUnreachable: the database does not answer.
            StoreFull: it takes nothing more.
            SettingsError: it may not be used as it stands: password, rights, tables of somebody else.
        """

    def ask_many(self, statement: str, rows: Iterable[tuple[Value, ...]]) -> list[Row]:
        """Run ``statement`` for each of ``rows``, all or none, and return what each returned first; raises as ``ask`` does."""

    def check_room(self, table: str) -> None:
        """Raise StoreFull where ``table`` has as many rows as are allowed; SQLite's files know their limit themselves."""

    def empty(self, *tables: str) -> None:
        """Remove all that stands in ``tables``, from the disk too; raises as ``ask`` does."""

    def close(self) -> None:
        """Let go of it."""


class Store(Protocol):
    """Where an installation keeps everything."""

    @property
    def shared(self) -> bool:
        """Whether other machines may have it open too."""

    @property
    def secret(self) -> str:
        """What all who may open it know and what is not kept in it; empty where there is none."""

    def open(self, room: Room) -> Database:
        """Return the database of ``room``, to be closed by who asked for it.

        Raises:
            SettingsError: it cannot be used as the settings name it.
        """

    def forget(self, room: Room) -> bool:
        """Remove ``room`` with all that was kept in it; tells whether there was anything.

        Raises:
            SettingsError: it cannot be removed.
            StoreUnreachable: the database does not answer.
        """
