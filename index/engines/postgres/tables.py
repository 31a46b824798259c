"""The tables of an engine in PostgreSQL: which builds it holds, which is live, and a schema of its own for each build.

Comes in: a connection that may write. Goes out: tables. Refuses to change tables of another format.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from index.engines.postgres.faults import fault
from index.engines.source import ENGINE_FORMAT
from index.errors import EngineRefused, ForeignBuild, IndexLocked, UnknownBuild

LEAST_SERVER = 160_000  # as server_version_num says it
LEAST_VECTOR = (0, 8)  # searches on under a filter until enough is found
ONE_WRITER = 72_151_965  # any number, another than that of the shared store
_TABLES = """
CREATE SCHEMA localism_engine;
CREATE TABLE localism_engine.format (version INT NOT NULL);
INSERT INTO localism_engine.format VALUES (1);
CREATE TABLE localism_engine.generations (build TEXT PRIMARY KEY, finished BOOLEAN NOT NULL, passages BIGINT NOT NULL,
    keys BIGINT NOT NULL, dimension INT NOT NULL, digest TEXT NOT NULL, format INT NOT NULL);
CREATE TABLE localism_engine.pointer (one INT PRIMARY KEY CHECK (one = 1), build TEXT NOT NULL, serial BIGINT NOT NULL);
"""
# Vectors of expansions stand in whole numbers, -127 to 127, which half precision holds exactly. Postings and tokens are bytes as they
# are: they are read whole or not at all, and hardly shrink.
_GENERATION = """
CREATE SCHEMA {0};
CREATE TABLE {0}.passages (row INT PRIMARY KEY, record TEXT NOT NULL, vector HALFVEC({1}) NOT NULL, keys BYTEA NOT NULL,
    tokens BYTEA NOT NULL, sentences BYTEA NOT NULL, lengths BYTEA NOT NULL);
ALTER TABLE {0}.passages ALTER vector SET STORAGE PLAIN, ALTER keys SET STORAGE EXTERNAL, ALTER tokens SET STORAGE EXTERNAL;
CREATE TABLE {0}.keys (place INT PRIMARY KEY, vector HALFVEC({1}) NOT NULL);
ALTER TABLE {0}.keys ALTER vector SET STORAGE PLAIN;
CREATE TABLE {0}.postings (part SMALLINT NOT NULL, term BIGINT NOT NULL, rows BYTEA NOT NULL, weights BYTEA NOT NULL,
    PRIMARY KEY (part, term));
ALTER TABLE {0}.postings ALTER rows SET STORAGE EXTERNAL, ALTER weights SET STORAGE EXTERNAL;
"""
_INDICES = """
CREATE INDEX ON {0}.passages USING hnsw (vector halfvec_ip_ops) WITH (m = 16, ef_construction = 128);
CREATE INDEX ON {0}.keys USING hnsw (vector halfvec_ip_ops) WITH (m = 16, ef_construction = 128);
ANALYZE {0}.passages; ANALYZE {0}.keys; ANALYZE {0}.postings;
"""
_BUILD_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,40}")


def schema_of(build: str) -> str:
    """Return the name of the schema that holds ``build``.

    Raises:
        UnknownBuild: no build can be called so.
    """
    if not _BUILD_NAME.fullmatch(build):
        raise UnknownBuild(f"There is no build {build[:60]!r}.")
    return f"localism_{build.lower().replace('-', '_')}"


def make_generation(connection: psycopg.Connection, build: str, dimension: int) -> None:
    """Make the tables of a build, empty."""
    connection.execute(_GENERATION.format(schema_of(build), dimension).encode())


def make_indices(connection: psycopg.Connection, build: str) -> None:
    """Make what finds vectors quickly, once all are there."""
    connection.execute(_INDICES.format(schema_of(build)).encode())


def set_up(connection: psycopg.Connection, place: str) -> None:
    """See that ``place`` has what is needed, and make the tables that all builds share where they are missing.

    Raises:
        EngineRefused: it lacks something, or there is no right.
        ForeignBuild: its tables are of another format.
    """
    _check_versions(connection, place)
    if not _first(connection, "SELECT to_regclass('localism_engine.format') IS NOT NULL"):
        with connection.transaction():
            connection.execute(_TABLES.encode())
    version = _first(connection, "SELECT max(version) FROM localism_engine.format")
    if version != ENGINE_FORMAT:
        raise ForeignBuild(
            f"PostgreSQL at {place} keeps builds in format {version}, this program writes format {ENGINE_FORMAT}. Update the older of "
            "both, or name another database in LOCALISM_ENGINE."
        )


def _check_versions(connection: psycopg.Connection, place: str) -> None:
    if connection.info.server_version < LEAST_SERVER:
        raise EngineRefused(
            f"PostgreSQL at {place} is of version {connection.info.server_version // 10_000}; 16 or newer is wanted. Update it."
        )
    if _vector_version(connection) is None:
        try:
            connection.execute("CREATE EXTENSION vector")
        except psycopg.errors.InsufficientPrivilege:
            raise EngineRefused(
                f"PostgreSQL at {place} has pgvector, but not switched on in this database. As its administrator: "
                "CREATE EXTENSION vector"
            ) from None
        except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedObject):
            raise EngineRefused(
                f"PostgreSQL at {place} has no pgvector, which finds vectors. Install its package (postgresql-16-pgvector or newer)."
            ) from None
    version = _vector_version(connection) or ""
    if tuple(map(int, version.split(".")[:2])) < LEAST_VECTOR:
        raise EngineRefused(f"PostgreSQL at {place} has pgvector {version}; 0.8 or newer is wanted. Update its package.")


def _vector_version(connection: psycopg.Connection) -> str | None:
    found = _first(connection, "SELECT max(extversion) FROM pg_extension WHERE extname = 'vector'")
    return None if found is None else str(found)


@contextmanager
def only_writer(connection: psycopg.Connection, place: str) -> Iterator[None]:
    """Hold the lock of who writes; it goes with the connection, however that ends.

    Who is done lets go of it before that: a server may take a moment to notice that a connection was closed.

    Raises:
        IndexLocked: somebody else holds it.
    """
    try:
        if not _first(connection, f"SELECT pg_try_advisory_lock({ONE_WRITER})"):
            raise IndexLocked(
                f"Somebody else is publishing to PostgreSQL at {place} at this moment. Try again when that is done."
            )
        yield
    except psycopg.Error as error:
        raise fault(error, place) from None
    with suppress(psycopg.Error):
        connection.execute(f"SELECT pg_advisory_unlock({ONE_WRITER})".encode())


def _first(connection: psycopg.Connection, statement: str) -> object:
    found = connection.execute(statement.encode()).fetchone()
    return found[0] if found else None
