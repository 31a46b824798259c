"""Write one build into PostgreSQL, where nobody can search it before it is finished.

Comes in: passages with their vectors, and the files of the build. Goes out: a finished generation. Refuses to make anything live.
The checksum of a row is worked out here as ``CHECKSUMS`` works it out there.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import psycopg
from numpy.typing import NDArray

from index.engines.embedded import EmbeddedSource
from index.engines.engine import Counts, PassageRow
from index.engines.passage_text import written_passage
from index.engines.postgres.faults import fault
from index.engines.postgres.postings import Part, signed
from index.engines.postgres.tables import make_generation, make_indices, schema_of
from index.engines.source import Shape
from index.errors import DamagedBuild
from index.sparse.bm25 import Postings, Words

COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
COPY_END = struct.pack("!h", -1)
# Of each table: the sum of all checksums, whatever the order of rows.
_SUM = "coalesce(bit_xor(('x' || substr(md5({}), 1, 16))::bit(64)::bigint), 0)"
CHECKSUMS = {
    "passages": _SUM.format(
        "int4send(row) || convert_to(record, 'UTF8') || halfvec_send(vector) || keys || tokens || sentences || lengths"
    ),
    "keys": _SUM.format("int4send(place) || halfvec_send(vector)"),
    "postings": _SUM.format("int2send(part) || int8send(term) || rows || weights"),
}


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
                (sums.row(*posting_fields(part, signed(term), one.rows, one.weights)) for term, one in _each_term(words)),
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


def _each_term(words: Words) -> Iterator[tuple[int, Postings]]:
    for terms, bounds, held in words.blocks():
        for term, (start, end) in zip(terms.tolist(), pairwise(bounds.tolist()), strict=True):
            yield term, Postings(held.rows[start:end], held.weights[start:end])


class Checksum:
    """The checksum of one table, row by row, and what is copied into it."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.rows, self.total = 0, 0

    def row(self, *fields: bytes) -> bytes:
        """Count a row and return it as COPY takes it."""
        digest = hashlib.md5(b"".join(fields), usedforsecurity=False).digest()
        self.total ^= struct.unpack("!q", digest[:8])[0]
        self.rows += 1
        return struct.pack("!h", len(fields)) + b"".join(struct.pack("!i", len(field)) + field for field in fields)


def passage_fields(one: PassageRow) -> tuple[bytes, ...]:
    """Return the columns of ``passages``."""
    arrays = (one.keys, one.tokens, one.sentences.astype("<i2"), one.lengths.astype("<f4"))
    return (
        number4(one.row),
        written_passage(one).encode(),
        halfvec(one.vector),
        *(np.ascontiguousarray(each).tobytes() for each in arrays),
    )


def key_fields(place: int, vector: NDArray[np.int8]) -> tuple[bytes, ...]:
    """Return the columns of ``keys``."""
    return number4(place), halfvec(vector.astype(np.float16))


def posting_fields(part: int, term: int, rows: NDArray[np.int32], weights: NDArray[np.float32]) -> tuple[bytes, ...]:
    """Return the columns of ``postings``."""
    return struct.pack("!h", part), struct.pack("!q", term), rows.astype("<i4").tobytes(), weights.astype("<f4").tobytes()


def number4(number: int) -> bytes:
    """Return an INT."""
    return struct.pack("!i", number)


def halfvec(vector: NDArray[np.float16]) -> bytes:
    """Return a HALFVEC."""
    return struct.pack("!hh", len(vector), 0) + vector.astype(">f2").tobytes()
