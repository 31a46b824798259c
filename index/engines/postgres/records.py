"""Rows of an engine as PostgreSQL takes and gives them: bytes to be copied in, their checksum, and passages as text.

Comes in: what a sink takes. Goes out: bytes. Refuses to speak to a database. The checksum of a row is worked out here as
``CHECKSUMS`` works it out there.
"""

import hashlib
import struct

import numpy as np
from numpy.typing import NDArray

from index.engines.engine import PassageRow
from index.engines.passage_text import written_passage

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
