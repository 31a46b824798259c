"""Make a build: begin a run with what earlier builds and interrupted runs hold, let each document pass through the stages once.

Comes in: a corpus, a model, the folder of the builds. Goes out: a finished build. Refuses to bring it live.

The stages stand in ``ingest.stages.sequence`` and ``ingest.stages.write``: read, describe, deduplicate, split, embed, write.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import finished_builds
from ingest.cache.checkpoint import Checkpoint, forget_checkpoint
from ingest.catalogue.corpus import Corpus
from ingest.encoder.light_encoder import LightEncoder
from ingest.encoder.model import Model
from ingest.progress import Progress
from ingest.recipe import Recipe
from ingest.report import EarlierReports
from ingest.stages.sequence import Run
from ingest.stages.write import Made, write

if TYPE_CHECKING:
    from ingest.cache.build_cache import EarlierBuild


def make_build(
    corpus: Corpus,
    builds: Path,
    recipe: Recipe,
    model: Model,
    digest: str,
    progress: Progress,
    shard: str = "",
    joined: Sequence[Path] = (),
) -> Made:
    """Make a build of ``corpus`` in ``builds``; returns its id and how each document was read. It is not live yet.

    It is noted as a ``shard`` where it is one ("2/3"). What builds in ``joined`` hold is taken over before what is in ``builds``; they
    are verified.

    Raises:
        ModelError: the model cannot be loaded, or its light encoder strays from it.
        CatalogueError: nothing in the corpus could be read.
    """
    told = EarlierReports(builds)  # before the new build is there
    build_cache = _opened_build_cache(builds, model, joined)
    checkpoint = Checkpoint(builds, model.identity)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            LightEncoder(model, build_cache, Path(folder) / "encoder", progress) as encoder,
        ):
            build, reports = write(Run(corpus, builds, recipe, digest, encoder, build_cache, checkpoint, progress, shard))
    finally:
        checkpoint.close()
        for one in build_cache:
            one.close()
    forget_interrupted(builds)
    return build, tuple(told.compared(report) for report in reports)


def _opened_build_cache(builds: Path, model: Model, joined: Sequence[Path]) -> "list[EarlierBuild]":
    if not finished_builds(builds) and not joined:
        return []  # before what opens builds is loaded: the first build has its light encoder to begin
    from ingest.cache.build_cache import earlier_builds

    return earlier_builds(builds, model.identity, joined)


def forget_interrupted(builds: Path) -> None:
    """Forget what an interrupted run had made: there is a build, and nothing is gone on with."""
    forget_checkpoint(builds)
