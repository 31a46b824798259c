"""What an engine is that several machines share: it keeps whole builds, names the live one, and lets one writer in at a time.

Comes in: nothing. Goes out: protocols, and what passes through them. Refuses to know which engine it is, and when something is
published.

A build lies in an engine under its own id, a *generation*. It can be searched only once it was finished: counted, and proved by
checksums of what the engine gives back. The pointer names the live one; its serial grows with every move.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.embedded import EmbeddedSource
from index.engines.source import CandidateSource, LocalPart
from index.records import Passage


@dataclass(frozen=True, slots=True)
class Generation:
    """A build in an engine."""

    build: str
    finished: bool  # counted and proved; what is not is never searched


@dataclass(frozen=True, slots=True)
class LivePointer:
    """Which build is live in an engine."""

    build: str
    serial: int  # greater after every move


@dataclass(frozen=True, slots=True)
class PassageRow:
    """What a sink takes of one passage."""

    row: int
    passage: Passage
    occurrence: int  # how many earlier passages of its document have the same text: its id was made from that too
    vector: NDArray[np.float16]  # unit length, shape (d,)
    keys: NDArray[np.int8]  # vectors of its expansions as an index in bytes holds them, shape (expansions, d)
    tokens: NDArray[np.uint8]  # as ``arrays.moved_up`` gives them, shape (tokens, kept numbers)
    sentences: NDArray[np.int16]  # shape (tokens,)
    lengths: NDArray[np.float32]  # shape (tokens,)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an engine gave back of a generation that was written: equal to what was sent, or ``finish`` would have raised."""

    passages: int
    keys: int
    words: int  # terms of all three indices of words, or passages with words where an engine keeps them so


class CandidateSink(Protocol):
    """One generation, as it is written. Nobody can search it before ``finish`` has returned."""

    def add(self, rows: Sequence[PassageRow]) -> None:
        """Write the next passages, in order.

        Raises:
            NotWritten: the engine has no room.
            EngineUnreachable: it does not answer.
        """

    def finish(self) -> Counts:
        """Write what is left, see that everything is there, and give the generation free to be searched; raises as ``add`` does.

        Raises:
            DamagedBuild: what the engine gives back is not what was sent.
        """


class Engine(Protocol):
    """An engine. Safe to use from several threads; every method raises EngineUnreachable where it does not answer."""

    name: str  # as messages call it, without user and password

    def pointer(self) -> LivePointer | None:
        """Return which build is live, None where none was ever published; asks all nodes, and is not to be called for each question.

        Raises:
            EngineRefused: it does not let us in.
        """

    def source(self, part: LocalPart) -> CandidateSource:
        """Return the source of one build's candidates, which stays with that build whatever becomes live.

        Raises:
            UnknownBuild: no finished generation of that id is there.
            ForeignBuild: it is in another format, or another build of that id.
        """

    def writing(self) -> AbstractContextManager["EngineWriter"]:
        """Let in who changes what the engine holds, one at a time.

        Raises:
            IndexLocked: somebody else is writing.
            EngineRefused: it does not let us write, or lacks what is needed.
        """

    def close(self) -> None:
        """Let go of it."""


class EngineWriter(Protocol):
    """What may be done to an engine by the one who holds its lock; raises as Engine does."""

    def generations(self) -> list[Generation]:
        """Return all that are there, finished or not, the oldest first."""

    def begin(self, part: LocalPart, files: EmbeddedSource) -> CandidateSink:
        """Begin the generation of a build whose files are these; a half-written one of the same id is removed first."""

    def point_to(self, build: str) -> LivePointer:
        """Make a finished generation live.

        Raises:
            UnknownBuild: there is none of that id.
        """

    def drop(self, build: str) -> None:
        """Remove a generation that is not live.

        Raises:
            UnknownBuild: it is the live one.
        """


def digest_of(files: dict[str, str]) -> str:
    """Return one digest for the hashes of all ``files``."""
    return hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()
