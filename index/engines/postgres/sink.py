"""Write one build into PostgreSQL, where nobody can search it before it is finished.

Comes in: passages with their vectors, and the files of the build. Goes out: a finished generation. Refuses to make anything live.
"""

from collections.abc import Iterator, Sequence

import psycopg

from index.engines.embedded import EmbeddedSource
from index.engines.engine import Counts, PassageRow, Shape
from index.engines.postgres.faults import fault
from index.engines.postgres.postings import Part, signed
from index.engines.postgres.records import (
    CHECKSUMS,
    COPY_END,
    COPY_HEADER,
    Checksum,
    key_fields,
    passage_fields,
    posting_fields,
)
from index.engines.postgres.tables import make_generation, make_indices, schema_of
from index.errors import DamagedBuild


class PostgresSink:
    """See CandidateSink."""

    def __init__(self, connection: psycopg.Connection, place: str, shape: Shape, files: EmbeddedSource) -> None:
        """Begin a generation of that ``shape`` on a ``connection`` that holds the lock."""
        self._connection, self._place, self._shape, self._files = connection, place, shape, files
        self._schema = schema_of(shape.build)
        self._sums = {table: Checksum() for table in CHECKSUMS}
        values = (shape.build, shape.passages, shape.keys, shape.dimension, shape.digest, shape.format)
        connection.execute("INSERT INTO localism_engine.generations VALUES (%s, false, %s, %s, %s, %s, %s)", values)
        make_generation(connection, shape.build, shape.dimension)

    def add(self, rows: Sequence[PassageRow]) -> None:
        """Write passages; see CandidateSink."""
        bounds = self._files.expansion_bounds
        sums, keyed = (
            self._sums["keys"],
            [(int(bounds[one.row]) + place, key) for one in rows for place, key in enumerate(one.keys)],
        )
        self._copy("passages", (self._sums["passages"].row(*passage_fields(one)) for one in rows))
        self._copy("keys", (sums.row(*key_fields(place, key)) for place, key in keyed))

    def finish(self) -> Counts:
        """Write postings, count and prove; see CandidateSink."""
        files = (self._files.words, self._files.expansion_words, self._files.pairs)
        sums = self._sums["postings"]
        for part, words in zip(Part, files, strict=True):
            self._copy(
                "postings",
                (sums.row(*posting_fields(part, signed(term), one.rows, one.weights)) for term, one in words.all_postings()),
            )
        try:
            make_indices(self._connection, self._shape.build)
            self._prove()
            done = "UPDATE localism_engine.generations SET finished = true WHERE build = %s"
            self._connection.execute(done, [self._shape.build])
        except psycopg.Error as error:
            raise fault(error, self._place) from None
        return Counts(*(self._sums[table].rows for table in ("passages", "keys", "postings")))

    def _prove(self) -> None:
        for table, checksum in CHECKSUMS.items():
            ((rows, total),) = self._connection.execute(
                f"SELECT count(*), {checksum} FROM {self._schema}.{table}".encode()  # noqa: S608  # names of ours
            ).fetchall()
            sent = self._sums[table]
            wanted = {"passages": self._shape.passages, "keys": self._shape.keys}.get(table, sent.rows)
            if (rows, total) != (sent.rows, sent.total) or rows != wanted:
                raise DamagedBuild(
                    f"PostgreSQL at {self._place} holds {rows} rows of {table} that are not the {wanted} that were to be written. "
                    "Nothing was published; publish again."
                )

    def _copy(self, table: str, rows: Iterator[bytes]) -> None:
        try:
            with (
                self._connection.cursor() as cursor,
                cursor.copy(f"COPY {self._schema}.{table} FROM STDIN (FORMAT BINARY)".encode()) as copy,
            ):
                copy.write(COPY_HEADER)
                for row in rows:
                    copy.write(row)
                copy.write(COPY_END)
        except psycopg.Error as error:
            raise fault(error, self._place) from None
