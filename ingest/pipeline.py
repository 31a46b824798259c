"""Make a build from a corpus and bring it live: read, split, embed, write, verify, compare, switch.

Comes in: a corpus, a model, the folder of the builds. Goes out: an Outcome. Refuses to know how progress and results are shown.
Whoever calls what changes anything holds the lock of the builds.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.build.history import finished_builds, live_id, prune, publish, sweep_unfinished
from index.build.hold_reason import HoldReason, note_hold_reason, read_hold_reasons
from index.build.layout import live_build
from index.build.manifest import Manifest, check_whole
from index.errors import BuildError, NotWritten
from ingest.build_run import forget_interrupted, make_build
from ingest.catalogue.corpus import Corpus
from ingest.encoder.model import Model
from ingest.progress import Progress, Silence
from ingest.recipe import Recipe, corpus_digest
from ingest.regression_gate.comparison import Comparison
from ingest.report import DocumentReport

if TYPE_CHECKING:
    from index.engines.engine import Engine


class Step(Enum):
    """How far a new build may go by itself."""

    PUBLISH = "publish"  # live, where the gate lets it through
    ACCEPT = "accept"  # live, whatever the gate says
    HOLD = "hold"  # finished, not live


class State(Enum):
    """What became of a build."""

    UNCHANGED = "unchanged"  # the live build was made from exactly this
    PUBLISHED = "published"
    REFUSED = "refused"  # by the gate
    HELD = "held"
    SHARD = "shard"  # of the corpus, to be joined with the others; never live
    RESTING = "resting"  # it was rolled back, and nothing has changed since


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingestion did."""

    build: str
    state: State
    reports: tuple[DocumentReport, ...] = ()  # empty where nothing was built
    warnings: tuple[str, ...] = ()
    removed_builds: tuple[str, ...] = ()
    comparison: Comparison | None = None  # None where there was nothing to compare with

    @property
    def changed(self) -> bool:
        """Whether the live build is another one than before."""
        return self.state is State.PUBLISHED

    def json(self) -> dict[str, Any]:
        """Return the outcome as a JSON object."""
        return {
            "build": self.build,
            "state": self.state.value,
            "changed": self.changed,
            "documents": [report.json() | {"new": not report.told} for report in self.reports],
            "warnings": list(self.warnings),
            "removed_builds": list(self.removed_builds),
            "gate": None if self.comparison is None else self.comparison.json(),
        }


def build_index(
    corpus: Corpus,
    builds: Path,
    recipe: Recipe,
    model: Model,
    progress: Progress,
    step: Step = Step.PUBLISH,
    force: bool = False,
    engine: "Engine | None" = None,
    joined: Sequence[Path] = (),
) -> Outcome:
    """Make a build of ``corpus`` in ``builds`` where none stands for it yet, and bring it as far as ``step`` and the gate allow.

    On any error the live build stays as it is. With an ``engine``, what becomes live is brought there too. What the verified builds
    in ``joined`` hold is taken over.

    Raises:
        ModelError: the model is missing or not the pinned one.
        CatalogueError: nothing in the corpus could be read.
        BuildError: the engine did not take it.
        NotWritten: the disk did not take the build, or a file changed while it was read.
    """
    digest = corpus_digest(corpus, recipe, model.identity)
    live = live_id(builds)
    with disk_faults():
        builds.mkdir(parents=True, exist_ok=True)
        sweep_unfinished(builds)
        if live and not force and _made_from(builds, live) == digest:
            forget_interrupted(builds)
            if engine is not None:
                carry_live(corpus, builds, recipe, progress, engine)
            return Outcome(live, State.UNCHANGED, warnings=corpus.warnings)
        standing = None if force else standing_build(builds, digest)
        if standing and read_hold_reasons(builds).get(standing) is HoldReason.ROLLED_BACK and step is Step.PUBLISH:
            return Outcome(standing, State.RESTING, warnings=corpus.warnings)
        build, reports = (
            (standing, ()) if standing else make_build(corpus, builds, recipe, model, digest, progress, joined=joined)
        )
        _fit_confidence(corpus, builds / build, progress)
        return bring_live(corpus, builds, build, recipe, progress, step, reports, engine)


def bring_live(
    corpus: Corpus,
    builds: Path,
    build: str,
    recipe: Recipe,
    progress: Progress,
    step: Step = Step.PUBLISH,
    reports: tuple[DocumentReport, ...] = (),
    engine: "Engine | None" = None,
) -> Outcome:
    """Compare the finished ``build`` with the live one and switch to it where ``step`` and the gate allow.

    Raises:
        DamagedBuild: it does not verify.
        NotWhole: it is a shard.
        BuildError: the ``engine`` did not take it; the build waits for a person.
    """
    check_whole(builds / build)
    comparison = _compared(corpus, builds, build, progress)
    passes = comparison is None or comparison.passes(recipe.tolerance)
    if step is Step.HOLD or (step is Step.PUBLISH and not passes):
        held = HoldReason.HELD if step is Step.HOLD else HoldReason.REFUSED
        note_hold_reason(builds, build, held)
        state = State.HELD if step is Step.HOLD else State.REFUSED
        return Outcome(build, state, reports, corpus.warnings, comparison=comparison)
    if engine is None:
        progress.stage("verifying and switching")
        publish(builds, build)
    else:
        _publish_everywhere(corpus, builds, build, recipe, progress, engine)
    removed = prune(builds, recipe.keep_builds)
    return Outcome(build, State.PUBLISHED, reports, corpus.warnings, tuple(removed), comparison)


def carry_live(corpus: Corpus, builds: Path, recipe: Recipe, progress: Progress, engine: "Engine") -> list[str]:
    """See that the live build of ``builds`` is live in ``engine`` too; returns what was removed there.

    Raises:
        NoBuild: there is none.
        BuildError: the engine did not take it.
    """
    from ingest.engine_steps import writing_to  # what opens a build takes longer to import than a run with nothing to do takes

    live = live_build(builds)
    with writing_to(engine, corpus.golden, progress) as steps:
        if not steps.is_live(live.name):
            steps.bring(live)
        return steps.make_live(live.name, recipe.keep_builds)


def prune_engine(engine: "Engine", keep: int) -> list[str]:
    """Remove from ``engine`` what is half-written, and all but the ``keep`` newest builds; returns what was removed.

    Raises:
        BuildError: it does not answer, or somebody is publishing.
    """
    from ingest.engine_steps import writing_to  # as above

    with writing_to(engine, (), Silence()) as steps:
        return steps.prune(keep)


def _publish_everywhere(
    corpus: Corpus, builds: Path, build: str, recipe: Recipe, progress: Progress, engine: "Engine"
) -> None:
    """Make ``build`` live in ``engine`` and in the folder, or in neither: what could not be brought there waits for a person."""
    from ingest.engine_steps import writing_to  # as above

    try:
        with writing_to(engine, corpus.golden, progress) as steps:
            steps.bring(builds / build)
            progress.stage("verifying and switching")
            publish(builds, build)
            steps.make_live(build, recipe.keep_builds)
    except BuildError:
        if live_id(builds) != build:
            note_hold_reason(builds, build, HoldReason.HELD)
        raise


def _made_from(builds: Path, build: str, shard: str = "") -> str:
    """Return the digest of what ``build`` was made from; empty where it is another ``shard``, or not all there any more."""
    try:
        manifest = Manifest.open(builds / build)
    except BuildError:
        return ""
    as_wanted = manifest.shard == shard
    return manifest.corpus_digest if as_wanted and all((builds / build / name).is_file() for name in manifest.files) else ""


def standing_build(builds: Path, digest: str, shard: str = "") -> str | None:
    """Return the newest finished build of the same corpus or ``shard`` of it: a run may have stopped before the switch."""
    return next((build for build in reversed(finished_builds(builds)) if _made_from(builds, build, shard) == digest), None)


def _fit_confidence(corpus: Corpus, folder: Path, progress: Progress) -> None:
    if Manifest.open(folder).calibration:
        return  # done by a run that stopped after it
    from ingest.regression_gate.gate import calibrate  # as above

    progress.stage("asking the golden questions, to know how sure to be")
    calibrate(folder, corpus.golden)


def _compared(corpus: Corpus, builds: Path, build: str, progress: Progress) -> Comparison | None:
    live = live_id(builds)
    if live is None or live == build:
        return None
    from ingest.regression_gate.gate import compare  # as above

    progress.stage("asking the golden questions of both builds")
    listed = [entry.document.id for entry in (*corpus.entries, *corpus.missing)]
    try:
        return compare(builds / live, builds / build, corpus.golden, listed)
    except BuildError:
        Manifest.open(builds / build)  # a new build that cannot be opened is an error; an old one is the reason to replace it
        return None


@contextmanager
def disk_faults() -> Iterator[None]:
    """Say in a sentence what the disk did not take."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NotWritten(
            f"The build could not be written: {reason}. The live build is as it was; make room and run again."
        ) from error
