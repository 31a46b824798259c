"""Embed and write what has passed the stages before, and report what became of each document.

Comes in: what all stages of one run work with. Goes out: a finished build, and a report of each document. Refuses to bring it live.
It is the one place where writing meets what is left out: of a document that could not be embedded or copied nothing is in the
build.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from index.build.left_out import LeftOut
from index.errors import CatalogueError, UnreadableDocument
from ingest.encoder.light_encoder import AwaitingEmbedder
from ingest.recipe import corpus_parts, versions
from ingest.report import DocumentReport
from ingest.stages.sequence import Run, split_documents

if TYPE_CHECKING:
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import Earlier
    from ingest.stages.on_the_way import LeftOutDocument
    from ingest.stages.split import SplitDocument

Made = tuple[str, tuple[DocumentReport, ...]]
"""The id of a build, and what became of each document."""


def write(run: Run) -> Made:
    """Return the id of the build of ``run``, finished and not live, and how each document was read.

    Raises:
        ModelError: the model cannot be loaded, or its light encoder strays from it.
        CatalogueError: nothing in the corpus could be read.
    """
    # What reads, writes and opens builds takes longer to import than a run with nothing to do takes.
    from index.build.writer import BuildWriter
    from ingest.cache.build_cache import directions_of
    from ingest.stages.embed import embed

    reports: list[DocumentReport] = []
    embedder = AwaitingEmbedder(run.encoder)
    made_before: Sequence[Earlier] = (*run.build_cache, run.checkpoint)
    # The matrices are small: several threads of BLAS would mostly wait for each other, at full speed, where others need the cores.
    with (
        threadpool_limits(1, user_api="blas"),
        BuildWriter(run.builds, embedder.identity, run.recipe.geometry, directions_of(run.build_cache), run.shard) as writer,
    ):
        with (
            closing(split_documents(run, embedder)) as split,
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


def _finished(run: Run, writer: "BuildWriter") -> str:
    made_with = (run.encoder.folder(), run.encoder.mean_cosine())
    run.progress.stage("writing the build")
    return writer.finish(run.corpus.lexicon, *made_with, versions(), run.digest, corpus_parts(run.corpus.folder))


def _reported(
    documents: "Generator[SplitDocument | LeftOutDocument, None, None]",
    run: Run,
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
