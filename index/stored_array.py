"""An array on disk of which a question looks at small parts.

Comes in: a mapped array. Goes out: parts of it, in memory. Refuses to know what they hold.

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

MAPPED_UP_TO = 8 * 1024**2  # bytes

_Number = TypeVar("_Number", bound=np.generic)


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
