"""One node of a PostgreSQL: connections that wait to be used again, and how it stands.

Comes in: the address of one host. Goes out: work done there, or the reason why not. Refuses to know of other nodes, and to make
anybody wait long for one that is silent.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import psycopg
from typing_extensions import override

from index.engines.engine import LivePointer
from index.engines.postgres.faults import fault, refused
from index.errors import BuildError

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2  # libpq waits no shorter
PATIENCE = 1.5  # seconds for one statement of a question
QUICK = 0.4  # seconds within which a connection that broke may be made again, and the question still have its answer in time
MOST_IDLE = 8  # connections a node
EF_SEARCH = 400  # of 20,000 passages' nearest 100, this finds .993
_SET_UP = (
    f"SET statement_timeout = {int(PATIENCE * 1000)}; SET hnsw.ef_search = {EF_SEARCH}; SET hnsw.iterative_scan = strict_order; "
    "SET hnsw.max_scan_tuples = 200000; SET jit = off"
)
_STANDS = """SELECT NOT pg_is_in_recovery(),
    CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END,
    NOT pg_is_in_recovery() OR EXISTS (SELECT 1 FROM pg_stat_wal_receiver),
    to_regclass('localism_engine.pointer') IS NOT NULL"""
_POINTER = "SELECT build, serial FROM localism_engine.pointer"

Row: TypeAlias = tuple[Any, ...]
_Done = TypeVar("_Done")


class PatientConnection(psycopg.Connection[Row]):
    """A connection that waits for an answer so long and no longer, whatever becomes of the node."""

    patience: float | None = PATIENCE

    @override
    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # as psycopg's own
        """Wait for what the node says."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stood when it was looked at."""

    leads: bool
    timeline: int  # of a node that leads; 0 of others
    follows: bool  # whether somebody tells it what is new; who leads needs nobody
    pointer: LivePointer | None

    @property
    def serial(self) -> int:
        """The serial of its pointer, 0 where nothing was published."""
        return self.pointer.serial if self.pointer else 0


class Node:
    """One node, with connections that wait to be used again."""

    def __init__(self, address: str, place: str) -> None:
        """Speak to ``address``, which messages call ``place``; nothing is opened yet."""
        self.place = place
        self.standing: Standing | None = None  # None while it does not answer
        self._address = address
        self._idle: deque[PatientConnection] = deque()
        self._told_alone = False

    def look(self) -> BuildError | None:
        """See how it stands; returns why not, where it does not answer."""
        try:
            self.standing = self.run(_standing)
        except psycopg.Error as error:
            self.standing = None
            return fault(error, self.place)
        except BuildError as error:
            self.standing = None
            return error
        if self._told_alone != (not self.standing.follows):
            self._told_alone = not self.standing.follows
            if self._told_alone:
                log.warning("PostgreSQL at %s follows no primary: it does not learn what is published.", self.place)
        return None

    def run(self, work: Callable[[PatientConnection], _Done]) -> _Done:
        """Do ``work`` on a connection; where one that was waiting turns out broken at once, on a new one.

        Raises:
            psycopg.Error: it failed.
            BuildError: the node cannot be connected to.
        """
        began = time.monotonic()
        connection, is_new = self._connection()
        try:
            try:
                done = work(connection)
            except psycopg.OperationalError:
                connection.close()
                self._drop_idle()
                if is_new or time.monotonic() - began > QUICK:
                    raise
                connection = self._opened()
                done = work(connection)
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError):
                connection.close()
            raise
        finally:
            self._give_back(connection)
        return done

    def close(self) -> None:
        """Close what is open."""
        self.standing = None
        self._drop_idle()

    def _connection(self) -> tuple[PatientConnection, bool]:
        try:
            return self._idle.pop(), False
        except IndexError:
            return self._opened(), True

    def _give_back(self, connection: PatientConnection) -> None:
        if connection.closed:
            return
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _opened(self) -> PatientConnection:
        try:
            # Nothing is prepared: a pooler between us and the database may give each statement another connection.
            connection = PatientConnection.connect(self._address, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise refused(error, self.place) from None
        try:
            connection.execute(_SET_UP)
        except psycopg.Error:
            connection.close()
            raise
        return connection


def _standing(connection: PatientConnection) -> Standing:
    ((leads, timeline, follows, has_pointer),) = connection.execute(_STANDS).fetchall()
    found = connection.execute(_POINTER).fetchall() if has_pointer else []
    return Standing(leads, timeline, follows, LivePointer(*found[0]) if found else None)
