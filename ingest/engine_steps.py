"""Bring a build into the engine that the settings name, beside the folder of the builds.

Comes in: an engine, a finished build, the golden questions. Goes out: a generation that answers as the files do. Refuses to know which
engine it is, and to make anything live that was not asked by its name.

In order: written under its own id, counted and proved by the sink, asked the golden questions by name, and only then pointed to.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from index.arrays import in_bytes
from index.build.reader import Build, local_part, open_build
from index.documents.store import Records
from index.engines.embedded import EmbeddedSource
from index.engines.engine import CandidateSink, Counts, Engine, EngineWriter, PassageRow
from index.engines.source import LocalPart
from index.errors import BuildError, DamagedBuild, NotWritten
from index.evaluation.golden import GoldenQuestion
from index.evaluation.golden_run import evaluate_golden
from index.records import Passage, passage_id
from ingest.progress import Progress

MOST_DIFFERENT = 0.01  # share of the golden questions that an engine may answer otherwise
LEAST_DIFFERENT = 1  # and so many always: of thirty questions one is more than a hundredth
MOST_ASKED = 300  # golden questions, taken evenly
TOGETHER = 200  # passages: with the tokens of the largest model some 15 MB
LEAST_KEPT = 2  # generations: some worker may still be answering from the one before


class EngineSteps:
    """What the holder of an engine's lock does there."""

    def __init__(self, engine: Engine, writer: EngineWriter, golden: Sequence[GoldenQuestion], progress: Progress) -> None:
        """Work by ``writer``, who writes to ``engine``."""
        self._engine, self._writer, self._golden, self._progress = engine, writer, golden, progress

    def bring(self, folder: Path) -> None:
        """See that the build in ``folder`` lies in the engine and answers as its files do; it is not live there yet.

        Raises:
            DamagedBuild: it does not; it was removed again.
            BuildError: the engine did not take it.
        """
        with threadpool_limits(1, user_api="blas"), closing(open_build(folder)) as build:
            part = local_part(folder, build.manifest, build.expansion_bounds)
            standing = {one.build: one.finished for one in self._writer.generations()}
            if not standing.get(build.id):
                self._write(build, part)
            self._ask(build)

    def is_live(self, build: str) -> bool:
        """Tell whether the engine points to ``build``."""
        pointer = self._engine.pointer()
        return pointer is not None and pointer.build == build

    def make_live(self, build: str, keep: int) -> list[str]:
        """Point the engine to ``build``, and remove what is half-written or older than the ``keep`` newest; returns those removed."""
        before = self._engine.pointer()
        if before is None or before.build != build:
            self._writer.point_to(build)
        return self.prune(keep, before.build if before else "")

    def prune(self, keep: int, before: str = "") -> list[str]:
        """Remove what is half-written, and finished generations beyond the ``keep`` newest; never the live one or that ``before``."""
        standing, live = self._writer.generations(), self._engine.pointer()
        finished = [one.build for one in standing if one.finished]
        kept = {before, live.build if live else ""}.union(finished[-max(keep, LEAST_KEPT) :])
        gone = [one.build for one in standing if not one.finished or one.build not in kept]
        for build in gone:
            self._writer.drop(build)
        return gone

    def _write(self, build: Build, part: LocalPart) -> None:
        self._progress.stage(f"writing into {self._engine.name}")
        try:
            sink = self._writer.begin(part, build.files)
            copy_build(build.records, build.files, sink, lambda done: self._progress.embedded(done, build.records.size))
        except NotWritten:
            with suppress(BuildError):  # what was written takes the room that others need
                self._writer.drop(build.id)
            raise

    def _ask(self, build: Build) -> None:
        """Ask the generation of ``build`` by its name, and compare with what its files answer."""
        self._progress.stage(f"asking the golden questions of {self._engine.name}")
        asked = self._golden[:: max(1, -(-len(self._golden) // MOST_ASKED))]
        with closing(open_build(build.folder, beside=build, engine=self._engine)) as there:
            pairs = zip(*(evaluate_golden(one, asked).outcomes for one in (build, there)), strict=True)
            different = sum((one.found[:1], one.status) != (other.found[:1], other.status) for one, other in pairs)
        if different > max(LEAST_DIFFERENT, MOST_DIFFERENT * len(asked)):
            self._writer.drop(build.id)
            raise DamagedBuild(
                f"{self._engine.name} answers {different} of {len(asked)} golden questions otherwise than the files of build "
                f"{build.id}. Nothing was published there, and what was written was removed again; please report it."
            )


@contextmanager
def writing_to(engine: Engine, golden: Sequence[GoldenQuestion], progress: Progress) -> Iterator[EngineSteps]:
    """Hold the lock of ``engine``.

    Raises:
        IndexLocked: somebody else is publishing.
        BuildError: it cannot be written to.
    """
    with engine.writing() as writer:
        yield EngineSteps(engine, writer, golden, progress)


def copy_build(records: Records, files: EmbeddedSource, sink: CandidateSink, told: Callable[[int], object]) -> Counts:
    """Write everything into ``sink`` and finish it; ``told`` hears how many passages are done.

    Raises:
        BuildError: the engine did not take it; what is half-written there cannot be searched.
    """
    for start in range(0, records.size, TOGETHER):
        rows = range(start, min(start + TOGETHER, records.size))
        sink.add(list(_rows(records, files, rows)))
        told(rows.stop)
    return sink.finish()


def _rows(records: Records, files: EmbeddedSource, rows: range) -> Iterator[PassageRow]:
    numbers = np.arange(rows.start, rows.stop, dtype=np.int64)
    vectors = files.vectors.rows(numbers).astype(np.float16)
    bounds = files.expansion_bounds
    for place, (row, passage) in enumerate(zip(rows, records.passages(rows), strict=True)):
        keys = files.keys.rows(np.arange(bounds[row], bounds[row + 1], dtype=np.int64))
        tokens = files.tokens.of(numbers[place : place + 1])
        yield PassageRow(
            row,
            passage,
            _occurrence(passage),
            vectors[place],
            in_bytes(keys),
            tokens.vectors,
            tokens.sentences,
            tokens.lengths,
        )


def _occurrence(passage: Passage) -> int:
    return next(one for one in count() if passage_id(passage.document_id, passage.text, one) == passage.id)
