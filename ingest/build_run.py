"""Make a build: read, split, embed and write, all at the same time as far as one does not wait for the other.

Comes in: a corpus, a model, the folder of the builds. Goes out: a finished build. Refuses to bring it live.
"""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import finished_builds
from index.build.left_out import LeftOut
from index.errors import CatalogueError
from ingest.cache.checkpoint import Checkpoint, forget_kept
from ingest.catalogue.corpus import Corpus
from ingest.encoder.light_encoder import AwaitingEmbedder, LightEncoder
from ingest.encoder.model import Model
from ingest.progress import Progress
from ingest.recipe import Recipe, corpus_parts, versions
from ingest.report import DocumentReport
from ingest.told import ResultGroup

if TYPE_CHECKING:
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import EarlierBuild
    from ingest.stages.drafts import Draft, Drafter


def make_build(
    corpus: Corpus, builds: Path, recipe: Recipe, model: Model, digest: str, progress: Progress
) -> tuple[str, tuple[DocumentReport, ...]]:
    """Make a build of ``corpus`` in ``builds``; returns its id and how each document was read. It is not live yet.

    Raises:
        ModelError: the model cannot be loaded, or its light encoder strays from it.
        CatalogueError: nothing in the corpus could be read.
        NotWritten: a file changed while it was read.
    """
    told = ResultGroup(builds)  # before the new build is there
    earlier = _earlier_builds(builds, model)
    kept = Checkpoint(builds, model.identity)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            LightEncoder(model, earlier, Path(folder) / "encoder", progress) as encoder,
        ):
            made = _write(corpus, builds, recipe, encoder, earlier, kept, digest, progress)
    finally:
        kept.close()
        for one in earlier:
            one.close()
    forget_kept(builds)
    build, reports = made
    return build, tuple(told.compared(report) for report in reports)


def _earlier_builds(builds: Path, model: Model) -> "list[EarlierBuild]":
    if not finished_builds(builds):
        return []  # before what opens builds is loaded: the first build has its light encoder to begin
    from ingest.cache.build_cache import earlier_builds

    return earlier_builds(builds, model.identity)


def _write(
    corpus: Corpus,
    builds: Path,
    recipe: Recipe,
    encoder: LightEncoder,
    earlier: "Sequence[EarlierBuild]",
    kept: Checkpoint,
    digest: str,
    progress: Progress,
) -> tuple[str, tuple[DocumentReport, ...]]:
    # What reads, writes and opens builds takes longer to import than a run with nothing to do takes.
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import directions_of
    from ingest.stages.drafts import Drafter, noted_fingerprints
    from ingest.stages.embed import embedded

    reports: list[DocumentReport] = []
    embedder = AwaitingEmbedder(encoder)
    fingerprints = noted_fingerprints(builds, earlier)
    drafter = Drafter(recipe, corpus.wordings, embedder, earlier, kept, fingerprints, encoder.processors_left)
    with BuildWriter(builds, embedder.identity, recipe.geometry, directions_of(earlier)) as writer:
        with (
            closing(_drafts(corpus, drafter, writer, reports, progress)) as drafts,
            closing(embedded(drafts, embedder, (*earlier, kept), progress.embedded)) as readies,
        ):
            for ready in readies:
                if isinstance(ready, LeftOut):
                    _leave_out(ready, writer, reports)
                    continue
                kept.keep_vectors(ready)
                writer.add(ready)
        _check_any(reports)
        made_with = (encoder.folder(), encoder.mean_cosine())
        progress.stage("writing the build")
        build = writer.finish(corpus.lexicon, *made_with, versions(), digest, corpus_parts(corpus.folder))
    return build, tuple(reports)


def _drafts(
    corpus: Corpus, drafter: "Drafter", writer: "BuildWriter", reports: list[DocumentReport], progress: Progress
) -> "Generator[Draft, None, None]":
    total = len(corpus.entries)
    progress.document(0, total, corpus.entries[0].document.id if total else "")
    for number, (draft, report) in enumerate(drafter.drafts(corpus.entries), start=1):
        progress.document(number, total, report.document_id)
        reports.append(report)
        if isinstance(draft, LeftOut):
            writer.leave_out(draft)
        else:
            yield draft


def _leave_out(left: LeftOut, writer: "BuildWriter", reports: list[DocumentReport]) -> None:
    """Leave out what was split and could not be embedded; its report says so in place of what it said before."""
    writer.leave_out(left)
    place = next(place for place, report in enumerate(reports) if report.document_id == left.id)
    reports[place] = replace(reports[place], passages=0, reason=left.reason)


def _check_any(reports: Sequence[DocumentReport]) -> None:
    if not any(report.passages for report in reports):
        reasons = "; ".join(f"{report.document_id}: {report.reason}" for report in reports[:5])
        raise CatalogueError(
            f"Nothing in the corpus could be read, so there is nothing to search ({reasons or 'no document is held'})."
        )
