"""Make a build from a corpus and bring it live: read, split, embed, write, verify, compare, switch.

Comes in: a corpus, a model, the folder of the builds. Goes out: an Outcome. Refuses to know how progress and results are shown.
Whoever calls what changes anything holds the lock of the builds.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import live_id, sweep_unfinished
from index.build.hold_reason import HoldReason, read_hold_reasons
from ingest.build_run import forget_interrupted, make_build
from ingest.carrying import carry_live
from ingest.catalogue.corpus import Corpus
from ingest.encoder.model import Model
from ingest.outcome import Outcome, State, Step
from ingest.progress import Progress
from ingest.publishing import bring_live, fit_confidence
from ingest.recipe import Recipe, corpus_digest
from ingest.standing import disk_faults, made_from, standing_build

if TYPE_CHECKING:
    from index.engines.engine import Engine


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
        if live and not force and made_from(builds, live) == digest:
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
        fit_confidence(corpus, builds / build, progress)
        return bring_live(corpus, builds, build, recipe, progress, step, reports, engine)
