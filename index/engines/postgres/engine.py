"""PostgreSQL with pgvector as an engine: up to about half a million passages, on as many nodes as should answer.

Comes in: an address. Goes out: sources of candidates, and a way to write builds. Refuses to show the address: it holds a password.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo

from index.engines.embedded import EmbeddedSource
from index.engines.engine import Generation, LivePointer
from index.engines.postgres.faults import fault, refused
from index.engines.postgres.node import PatientConnection
from index.engines.postgres.nodes import Nodes
from index.engines.postgres.sink import PostgresSink
from index.engines.postgres.source import PostgresSource
from index.engines.postgres.tables import only_writer, schema_of, set_up
from index.engines.source import LocalPart, Shape
from index.errors import DamagedBuild, UnknownBuild

_SHAPE = (
    "SELECT build, passages, keys, dimension, digest, format FROM localism_engine.generations WHERE build = %s AND finished"
)
_MOVE = """INSERT INTO localism_engine.pointer SELECT 1, build, 1 FROM localism_engine.generations WHERE build = %s AND finished
    ON CONFLICT (one) DO UPDATE SET build = excluded.build, serial = localism_engine.pointer.serial + 1 RETURNING build, serial"""


class PostgresEngine:
    """See Engine."""

    def __init__(self, address: str) -> None:
        """Use the nodes of ``address``; nothing is opened yet.

        Raises:
            EngineRefused: it is no address of a PostgreSQL.
        """
        self._nodes = Nodes(address)
        self.name = f"PostgreSQL at {self._nodes.place}"

    def pointer(self) -> LivePointer | None:
        """Return which build is live; see Engine."""
        return self._nodes.pointer()

    def source(self, part: LocalPart) -> PostgresSource:
        """Return the source of a build; see Engine."""
        self._nodes.pointer()
        build = part.shape.build
        try:
            found = self._nodes.run(lambda connection: connection.execute(_SHAPE, [build]).fetchall(), self._nodes.serial)
        except DamagedBuild:  # there is no table of ours at all
            found = []
        if not found:
            raise UnknownBuild(f"{self.name} holds no finished build {build}. Publish it: localism-ingest engine")
        part.shape.check(Shape(*found[0]), self.name)
        return PostgresSource(self._nodes, part)

    @contextmanager
    def writing(self) -> Iterator["PostgresWriter"]:
        """Let in one who writes; see Engine."""
        address = make_conninfo(self._nodes.address, target_session_attrs="read-write")
        try:
            connection = _Writing.connect(address, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise refused(error, self._nodes.place) from None
        try:
            with only_writer(connection, self._nodes.place):
                set_up(connection, self._nodes.place)
                yield PostgresWriter(connection, self._nodes.place)
        finally:
            connection.close()

    def close(self) -> None:
        """Let go of the nodes."""
        self._nodes.close()


class _Writing(PatientConnection):
    """A connection that waits as long as an index takes."""

    patience = None


class PostgresWriter:
    """See EngineWriter. What psycopg raises, ``only_writer`` turns into words."""

    def __init__(self, connection: psycopg.Connection, place: str) -> None:
        """Write on ``connection``."""
        self._connection, self._place = connection, place

    def generations(self) -> list[Generation]:
        """Return what is there; see EngineWriter."""
        found = self._connection.execute("SELECT build, finished FROM localism_engine.generations ORDER BY build").fetchall()
        return [Generation(*row) for row in found]

    def begin(self, part: LocalPart, files: EmbeddedSource) -> PostgresSink:
        """Begin a generation; see EngineWriter."""
        if part.shape.build in [one.build for one in self.generations()]:
            self.drop(part.shape.build)
        return PostgresSink(self._connection, self._place, part.shape, files)

    def point_to(self, build: str) -> LivePointer:
        """Make a generation live; see EngineWriter."""
        moved = self._connection.execute(_MOVE, [build]).fetchall()
        if not moved:
            raise UnknownBuild(f"PostgreSQL at {self._place} holds no finished build {build[:60]!r}; nothing was changed.")
        return LivePointer(*moved[0])

    def drop(self, build: str) -> None:
        """Remove a generation; see EngineWriter."""
        if self._connection.execute("SELECT 1 FROM localism_engine.pointer WHERE build = %s", [build]).fetchall():
            raise UnknownBuild(f"Build {build} is live in PostgreSQL at {self._place} and is not removed.")
        try:
            # Not to be searched any more before anything of it goes.
            self._connection.execute("UPDATE localism_engine.generations SET finished = false WHERE build = %s", [build])
            self._connection.execute(f"DROP SCHEMA IF EXISTS {schema_of(build)} CASCADE".encode())
            self._connection.execute("DELETE FROM localism_engine.generations WHERE build = %s", [build])
        except psycopg.Error as error:
            raise fault(error, self._place) from None
