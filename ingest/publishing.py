"""Bring a finished build live: compare it with the live one, and switch where the gate allows.

Comes in: a finished build. Goes out: an Outcome. Refuses to make builds. Whoever calls it holds the lock of the builds.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import live_id, prune, publish
from index.build.hold_reason import HoldReason, note_hold_reason
from index.build.manifest import Manifest, check_whole
from index.errors import BuildError
from ingest.carrying import publish_everywhere
from ingest.catalogue.corpus import Corpus
from ingest.outcome import Outcome, Reports, State, Step
from ingest.progress import Progress
from ingest.recipe import Recipe
from ingest.regression_gate.comparison import Comparison

if TYPE_CHECKING:
    from index.engines.engine import Engine

log = logging.getLogger(__name__)


def bring_live(
    corpus: Corpus,
    builds: Path,
    build: str,
    recipe: Recipe,
    progress: Progress,
    step: Step = Step.PUBLISH,
    reports: Reports = (),
    engine: "Engine | None" = None,
) -> Outcome:
    """Compare the finished ``build`` with the live one and switch to it where ``step`` and the gate allow.

    Raises:
        DamagedBuild: it does not verify.
        NotWhole: it is a shard.
        BuildError: the ``engine`` did not take it; the build waits for a person.
    """
    check_whole(builds / build)
    comparison = _compared(corpus, builds, build, progress, engine)
    if step is Step.HOLD or not _may_go_live(comparison, step, recipe.tolerance):
        held = HoldReason.HELD if step is Step.HOLD else HoldReason.REFUSED
        note_hold_reason(builds, build, held)
        state = State.HELD if step is Step.HOLD else State.REFUSED
        return Outcome(build, state, reports, corpus.warnings, comparison=comparison)
    if engine is None:
        progress.stage("verifying and switching")
        publish(builds, build)
    else:
        publish_everywhere(corpus, builds, build, recipe, progress, engine)
    removed = prune(builds, recipe.keep_builds)
    return Outcome(build, State.PUBLISHED, reports, corpus.warnings, tuple(removed), comparison)


def _may_go_live(comparison: Comparison | None, step: Step, tolerance: float) -> bool:
    if comparison is None or step is Step.ACCEPT:
        return True
    return not comparison.lost if step is Step.REMOVE else comparison.passes(tolerance)


def fit_confidence(corpus: Corpus, folder: Path, progress: Progress) -> None:
    """Fit the confidence of the build in ``folder`` to the golden questions, where that was not done yet."""
    if Manifest.open(folder).calibration:
        return  # done by a run that stopped after it
    from ingest.regression_gate.gate import calibrate  # what opens builds takes long to import

    progress.stage("asking the golden questions, to know how sure to be")
    calibrate(folder, corpus.golden)


def _compared(corpus: Corpus, builds: Path, build: str, progress: Progress, engine: "Engine | None") -> Comparison | None:
    live = live_id(builds)
    if live is None or live == build:
        return None
    from ingest.regression_gate.gate import compare  # what opens builds takes long to import

    progress.stage("asking the golden questions of both builds")
    listed = [entry.document.id for entry in (*corpus.entries, *corpus.missing)]
    try:
        return compare(builds / live, builds / build, corpus.golden, listed, engine)
    except BuildError as error:
        Manifest.open(builds / build)  # a new build that cannot be opened is an error; an old one is the reason to replace it
        log.warning("the live build cannot be asked, so nothing is compared with it: %s", error)
        return None
