"""Make a build: each document passes through the stages once, and all stages work at the same time as far as none waits for another.

Comes in: a corpus, a model, the folder of the builds. Goes out: a finished build. Refuses to bring it live.

The stages, in ``_split_documents`` and ``_write``: read, describe, deduplicate, split, embed, write.
"""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.build.history import finished_builds
from index.build.left_out import LeftOut
from index.errors import CatalogueError, UnreadableDocument
from ingest.cache.checkpoint import Checkpoint, forget_checkpoint
from ingest.catalogue.corpus import Corpus
from ingest.encoder.light_encoder import AwaitingEmbedder, LightEncoder
from ingest.encoder.model import Model
from ingest.progress import Progress
from ingest.recipe import Recipe, corpus_parts, versions
from ingest.report import DocumentReport, EarlierReports

if TYPE_CHECKING:
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import Earlier, EarlierBuild
    from ingest.stages.on_the_way import LeftOutDocument
    from ingest.stages.split import SplitDocument

Made = tuple[str, tuple[DocumentReport, ...]]
"""The id of a build, and what became of each document."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What all stages of one run work with."""

    corpus: Corpus
    builds: Path
    recipe: Recipe
    digest: str
    encoder: LightEncoder
    build_cache: "Sequence[EarlierBuild]"
    checkpoint: Checkpoint
    progress: Progress


def make_build(corpus: Corpus, builds: Path, recipe: Recipe, model: Model, digest: str, progress: Progress) -> Made:
    """Make a build of ``corpus`` in ``builds``; returns its id and how each document was read. It is not live yet.

    Raises:
        ModelError: the model cannot be loaded, or its light encoder strays from it.
        CatalogueError: nothing in the corpus could be read.
    """
    told = EarlierReports(builds)  # before the new build is there
    build_cache = _opened_build_cache(builds, model)
    checkpoint = Checkpoint(builds, model.identity)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            LightEncoder(model, build_cache, Path(folder) / "encoder", progress) as encoder,
        ):
            build, reports = _write(_Run(corpus, builds, recipe, digest, encoder, build_cache, checkpoint, progress))
    finally:
        checkpoint.close()
        for one in build_cache:
            one.close()
    forget_checkpoint(builds)
    return build, tuple(told.compared(report) for report in reports)


def _opened_build_cache(builds: Path, model: Model) -> "list[EarlierBuild]":
    if not finished_builds(builds):
        return []  # before what opens builds is loaded: the first build has its light encoder to begin
    from ingest.cache.build_cache import earlier_builds

    return earlier_builds(builds, model.identity)


def _split_documents(run: _Run, embedder: AwaitingEmbedder) -> "Generator[SplitDocument | LeftOutDocument, None, None]":
    """Yield each document of the corpus when it has passed the stages before embedding, or is left out by one of them."""
    from ingest.stages.deduplicate import Deduplicator, noted_fingerprints
    from ingest.stages.describe import describe
    from ingest.stages.on_the_way import LeftOutDocument, each
    from ingest.stages.read import DocumentReader
    from ingest.stages.split import Splitter

    copies = Deduplicator(noted_fingerprints(run.builds, [one.id for one in run.build_cache]))
    reader = DocumentReader(run.recipe.reading, run.build_cache, run.checkpoint, copies, run.encoder.processors_left)
    splitter = Splitter(run.recipe.geometry, embedder.count_tokens, run.build_cache)

    read = reader.read(run.corpus.entries)
    described = each(partial(describe, paraphrases=run.corpus.paraphrases), read)
    distinct = each(copies.deduplicate, described)
    with closing(each(splitter.split, distinct)) as split:
        for document in split:
            if not isinstance(document, LeftOutDocument):
                copies.hold(document.document, document.fingerprint)  # what comes later is compared with what is in the build
            yield document


def _write(run: _Run) -> Made:
    # What reads, writes and opens builds takes longer to import than a run with nothing to do takes.
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import directions_of
    from ingest.stages.embed import embed

    reports: list[DocumentReport] = []
    embedder = AwaitingEmbedder(run.encoder)
    made_before: Sequence[Earlier] = (*run.build_cache, run.checkpoint)
    with BuildWriter(run.builds, embedder.identity, run.recipe.geometry, directions_of(run.build_cache)) as writer:
        with (
            closing(_split_documents(run, embedder)) as split,
            closing(_reported(split, run, writer, reports)) as held,
            closing(embed(held, embedder, made_before, run.progress.embedded)) as embedded,
        ):
            for ready in embedded:
                if isinstance(ready, LeftOut):
                    _leave_out(ready, writer, reports)
                    continue
                run.checkpoint.keep_vectors(ready)
                try:
                    writer.add(ready)
                except UnreadableDocument as error:
                    _leave_out(LeftOut(ready.document.id, ready.document.title, str(error)), writer, reports)
        _check_any(reports)
        return _finished(run, writer), tuple(reports)


def _finished(run: _Run, writer: "BuildWriter") -> str:
    made_with = (run.encoder.folder(), run.encoder.mean_cosine())
    run.progress.stage("writing the build")
    return writer.finish(run.corpus.lexicon, *made_with, versions(), run.digest, corpus_parts(run.corpus.folder))


def _reported(
    documents: "Generator[SplitDocument | LeftOutDocument, None, None]",
    run: _Run,
    writer: "BuildWriter",
    reports: list[DocumentReport],
) -> "Generator[SplitDocument, None, None]":
    """Yield what the build will hold; what is left out is noted, and ``reports`` has a report of each."""
    from ingest.stages.on_the_way import LeftOutDocument

    entries = run.corpus.entries
    run.progress.document(0, len(entries), entries[0].document.id if entries else "")
    for number, document in enumerate(documents, start=1):
        run.progress.document(number, len(entries), document.report.document_id)
        reports.append(document.report)
        if isinstance(document, LeftOutDocument):
            writer.leave_out(document.note)
        else:
            yield document


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
