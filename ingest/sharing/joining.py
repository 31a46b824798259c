"""Join the shards of a corpus into one build, and bring it live as every build.

Comes in: the whole corpus, and where its shards are. Goes out: an Outcome, and an account of what was taken over. Refuses to copy
anything of a shard as it is: every document passes the stages of an ordinary build, which take over what was read and embedded, and
whatever is of the whole (copies, weights of words, adapter, calibration) is worked out anew.

Whoever calls holds the lock of the builds. What a run that was killed had brought, read and embedded is gone on with.
"""

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from index.build.layout import JOINING
from ingest.catalogue.corpus import Corpus
from ingest.encoder.model import Model
from ingest.outcome import Outcome, Step
from ingest.pipeline import build_index
from ingest.progress import Progress
from ingest.recipe import Recipe, corpus_digest
from ingest.sharing.fitting import (
    Account,
    FoundShard,
    account_of,
    check_complete,
    check_shards,
    check_undamaged,
    found_shards,
)
from ingest.sharing.places import brought
from ingest.standing import disk_faults, standing_build

if TYPE_CHECKING:
    from index.engines.engine import Engine


def join_shards(
    corpus: Corpus,
    builds: Path,
    recipe: Recipe,
    model: Model,
    progress: Progress,
    places: Sequence[str],
    step: Step = Step.PUBLISH,
    read_missing: bool = False,
    engine: "Engine | None" = None,
) -> tuple[Outcome, Account | None]:
    """Make a build of ``corpus`` from the shards at ``places``; no account where a build of exactly this corpus stands already.

    On any error the live build stays as it is, and so do the shards.

    Raises:
        ShardRefused: there is no shard, one is of another corpus, or one is missing and may not be read here (``read_missing``).
        BuildError: one cannot be had, is damaged, or was made otherwise than this machine makes builds.
        ModelError, CatalogueError: as for every build.
    """
    if standing_build(builds, corpus_digest(corpus, recipe, model.identity)):
        outcome = build_index(corpus, builds, recipe, model, progress, step, engine=engine)
        rmtree(builds / JOINING, ignore_errors=True)  # a run was stopped when all of it was in that build
        return outcome, None
    with disk_faults():
        progress.stage("bringing the shards")
        shards, notes = found_shards(brought(places, builds / JOINING))
        check_shards(shards, corpus, recipe, model.identity)
        account = account_of(shards, notes, corpus, recipe)
        if not read_missing:
            check_complete(shards, account, corpus)
        _verify(shards, builds / JOINING, progress)
    folders = [shard.folder for shard in shards]
    outcome = build_index(corpus, builds, recipe, model, progress, step, engine=engine, joined=folders)
    rmtree(builds / JOINING, ignore_errors=True)  # all of it is in the new build
    return outcome, account


def _verify(shards: Sequence[FoundShard], joining: Path, progress: Progress) -> None:
    for shard in shards:
        if shard.folder.parent != joining:  # what was brought was verified on the way
            progress.stage(f"verifying shard {shard.manifest.shard}")
            check_undamaged(shard)
