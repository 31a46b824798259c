"""Carry what becomes live into the engine that several machines share, and remove there what is old.

Comes in: an engine, the folder of the builds. Goes out: what was removed. Refuses to know which engine it is. What opens a build is
imported where it is needed: it takes longer than a run with nothing to do.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import live_id, publish
from index.build.hold_reason import HoldReason, note_hold_reason
from index.build.layout import live_build
from index.errors import BuildError
from ingest.catalogue.corpus import Corpus
from ingest.progress import Progress, Silence
from ingest.recipe import Recipe

if TYPE_CHECKING:
    from index.engines.engine import Engine


def carry_live(corpus: Corpus, builds: Path, recipe: Recipe, progress: Progress, engine: "Engine") -> list[str]:
    """See that the live build of ``builds`` is live in ``engine`` too; returns what was removed there.

    Raises:
        NoBuild: there is none.
        BuildError: the engine did not take it.
    """
    from ingest.engine_steps import writing_to

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
    from ingest.engine_steps import writing_to

    with writing_to(engine, (), Silence()) as steps:
        return steps.prune(keep)


def publish_everywhere(corpus: Corpus, builds: Path, build: str, recipe: Recipe, progress: Progress, engine: "Engine") -> None:
    """Make ``build`` live in ``engine`` and in the folder, or in neither: what could not be brought there waits for a person."""
    from ingest.engine_steps import writing_to

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
