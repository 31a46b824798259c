"""Arrays of numbers as a build keeps them: vectors of length 1, in a byte a number, and parts of what lies on disk.

Comes in: vectors; or a mapped array. Goes out: vectors whose inner product is their cosine, and those as they are written; parts of an
array, in memory. Refuses to know what the numbers stand for.

A small array stays mapped, which is quickest. Parts of a large one are read: what is mapped and was looked at once stays resident
until the system wants the room, and with a million passages that would soon be gigabytes. Read or mapped, the disk's cache holds the
file once for all processes.
"""

import os
import weakref
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild

# A component of a unit vector of 384 dimensions is seldom above 0.5; at this scale int8 holds -0.5 to 0.5, and the cosine of
# two such vectors is off by 0.0016 (root of the mean square), by 0.006 at most among thousands.
BYTE_SCALE = 254.0
MAPPED_UP_TO = (
    64 * 1024**2
)  # bytes: the token vectors of some 1,500 passages; reading them takes 6 in 100 of a question's time

_Number = TypeVar("_Number", bound=np.generic)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``vectors`` (the last axis) at length 1; a vector of zeros stays as it is."""
    squares = np.einsum("...i,...i->...", vectors, vectors)  # a third of the time of np.linalg.norm
    return np.asarray(vectors / np.maximum(np.sqrt(squares), 1e-12)[..., None], np.float32)


def as_stored(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``vectors`` as an index gives them back.

    Half precision changes no ranking that was measured, and halves memory and the time of a search.
    """
    return vectors.astype(np.float16).astype(np.float32)


def in_bytes(vectors: NDArray[np.float32], scale: float = BYTE_SCALE) -> NDArray[np.int8]:
    """Return unit ``vectors`` times ``scale`` as int8, -127 to 127, shape unchanged."""
    return np.asarray(np.clip(np.rint(vectors * np.float32(scale)), -127, 127), np.int8)


def moved_up(vectors: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return ``vectors`` as they are stored: each number 128 above what it stands for."""
    return np.bitwise_xor(vectors.view(np.uint8), np.uint8(128))


def moved_down(stored: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return the numbers that ``stored`` ones stand for."""
    return np.bitwise_xor(stored, np.uint8(128)).view(np.int8)


class StoredArray(Generic[_Number]):
    """An array of which parts along the first axis are taken."""

    def __init__(self, mapped: NDArray[_Number], mapped_up_to: int = MAPPED_UP_TO) -> None:
        """Take parts of ``mapped``: a ``numpy.memmap``, or any array where there is nothing to map."""
        self.shape: tuple[int, ...] = mapped.shape
        self._kind = mapped.dtype
        # A plain array over the mapped file: slices of a memmap cost ten times as much.
        self._mapped: NDArray[_Number] | None = np.asarray(mapped)
        if isinstance(mapped, np.memmap) and mapped.nbytes > mapped_up_to:
            self._mapped = None
            self._row = mapped.nbytes // len(mapped)
            self._offset = mapped.offset
            self._handle = os.open(str(mapped.filename), os.O_RDONLY)
            weakref.finalize(self, os.close, self._handle)

    @property
    def mapped(self) -> bool:
        """Whether parts are views of what is mapped, and not read."""
        return self._mapped is not None

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0]

    def part(self, start: int, end: int) -> NDArray[_Number]:
        """Return the rows from ``start`` to ``end``, half-open."""
        if self._mapped is not None:
            return self._mapped[start:end]
        read = os.pread(self._handle, (end - start) * self._row, self._offset + start * self._row)
        return np.frombuffer(read, self._kind).reshape(-1, *self.shape[1:])

    def parts(self, bounds: list[tuple[int, int]]) -> NDArray[_Number]:
        """Return several parts, one after the other."""
        if self._mapped is not None:
            return np.concatenate([self._mapped[start:end] for start, end in bounds or [(0, 0)]])
        # Read where they are wanted: put together afterwards, everything would be copied once more.
        together = np.empty((sum(end - start for start, end in bounds), *self.shape[1:]), self._kind)
        room, place = together.reshape(-1).view(np.uint8), 0
        for start, end in bounds:
            here = room[place : place + (end - start) * self._row]
            place += os.preadv(self._handle, [here.data], self._offset + start * self._row)
        if place != len(room):
            raise DamagedBuild("A file of the build has become shorter. Build the index again: localism-ingest build")
        return together
