"""Make a build from a corpus: read, split, embed, write, verify, publish.

Comes in: a corpus, a model, the folder of the builds. Goes out: a published build and what is to be said about it.
Refuses to know how progress and results are shown.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, SentenceTransformerEmbedder
from index.encoder_export import export_query_encoder
from index.errors import CatalogueError, NoBuild, UnreadableDocument
from index.history import publish, set_aside_old_builds, sweep_unfinished
from index.layout import live_build
from index.manifest import FORMAT_VERSION, Manifest
from index.passage_vectors import passage_vectors
from index.records import Document, Passage
from index.splitting import Geometry, embedding_text, split_pages
from index.writer import BuildWriter, ReadyDocument
from ingest.catalogue import Entry
from ingest.corpus import Corpus, digest_of
from ingest.progress import Progress
from ingest.reading import ReadDocument, ReadingOptions, read_file
from ingest.report import DocumentReport, report_of
from ingest.reuse import EarlierVectors, earlier_vectors

READER_LIBRARIES = ("markdown-it-py", "pypdf", "pypdfium2")
PICTURED = {"application/pdf"}  # media types whose pages can be drawn later


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingestion did."""

    build: str
    changed: bool  # False where the live build was already made from exactly this
    reports: tuple[DocumentReport, ...]
    warnings: tuple[str, ...]
    removed_builds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a corpus becomes a build."""

    model: str
    geometry: Geometry
    reading: ReadingOptions
    keep_builds: int = 3


def up_to_date(corpus: Corpus, builds: Path, recipe: Recipe) -> str | None:
    """Return the id of the live build where it was made from exactly this corpus by exactly this recipe, else None.

    Raises:
        BuildError: there is a live build, and it cannot be used.
    """
    try:
        manifest = Manifest.open(live_build(builds))
    except NoBuild:
        return None
    return manifest.build if manifest.corpus_digest == _digest(corpus, recipe) else None


def build_index(corpus: Corpus, builds: Path, recipe: Recipe, progress: Progress) -> Outcome:
    """Make and publish a build of ``corpus`` in ``builds``; on any error the live build stays as it is.

    Raises:
        ModelError: the model is missing or not the pinned one.
        CatalogueError: nothing in the corpus could be read.
    """
    builds.mkdir(parents=True, exist_ok=True)
    sweep_unfinished(builds)
    embedder = SentenceTransformerEmbedder(recipe.model)
    earlier = earlier_vectors(builds, embedder.identity)
    reports = []
    with BuildWriter(builds, embedder.identity, recipe.geometry) as writer, tempfile.TemporaryDirectory() as folder:
        for number, entry in enumerate(corpus.entries):
            progress.document(number, len(corpus.entries), entry.document.id)
            ready, report = _ready(entry, embedder, earlier, recipe, progress)
            reports.append(report)
            if ready:
                writer.add(ready)
        if not any(report.passages for report in reports):
            raise CatalogueError(
                "Nothing in the corpus could be read, so there is nothing to search. Look at the reasons above."
            )
        encoder, cosine = _query_encoder(embedder, earlier, Path(folder))
        progress.stage("writing and verifying the build")
        build = writer.finish(corpus.lexicon, encoder, cosine, reader_versions(), _digest(corpus, recipe))
    publish(builds, build)
    removed = set_aside_old_builds(builds, recipe.keep_builds)
    return Outcome(build, True, tuple(reports), corpus.warnings, tuple(removed))


def reader_versions() -> dict[str, str]:
    """Return the versions of the libraries that read documents: another version may read another text."""
    return {name: version(name) for name in READER_LIBRARIES}


def _digest(corpus: Corpus, recipe: Recipe) -> str:
    versions = (f"{name} {number}" for name, number in reader_versions().items())
    return digest_of(
        corpus, (f"format {FORMAT_VERSION}", recipe.model, repr(recipe.geometry), repr(recipe.reading), *versions)
    )


def _ready(
    entry: Entry, embedder: Embedder, earlier: EarlierVectors | None, recipe: Recipe, progress: Progress
) -> tuple[ReadyDocument | None, DocumentReport]:
    try:
        read = read_file(entry.path, recipe.reading)
    except (UnreadableDocument, CatalogueError) as error:
        return None, DocumentReport.unreadable(entry.document, str(error))
    document = _described(entry, read)
    passages = split_pages(document, read.pages, recipe.geometry, embedder.count_tokens)
    report = report_of(document, read, passages)
    if not passages:
        return None, report
    vectors, sentence_vectors = _vectors(document, passages, embedder, earlier, progress)
    original = entry.path if read.media_type in PICTURED else None
    return ReadyDocument(
        document, read.pages, passages, vectors, sentence_vectors, read.boxes, report.json(), original
    ), report


def _described(entry: Entry, read: ReadDocument) -> Document:
    """Return the entry's document with what only the file knows; the catalogue goes before the file."""
    said, listed = read.metadata, entry.document
    return replace(
        listed,
        title=listed.title or said.title or entry.path.stem,
        authors=listed.authors or said.authors,
        published=listed.published or said.published,
        jurisdiction=listed.jurisdiction or said.jurisdiction,
        as_of=said.as_of,
        notice=said.notice,
        media_type=read.media_type,
    )


def _vectors(
    document: Document,
    passages: Sequence[Passage],
    embedder: Embedder,
    earlier: EarlierVectors | None,
    progress: Progress,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found = [
        earlier.find(embedding_text(document, passage), len(passage.sentences)) if earlier else None for passage in passages
    ]
    new = [place for place, vectors in enumerate(found) if vectors is None]
    if new:
        made, made_sentences = passage_vectors([(document, passages[place]) for place in new], embedder, progress.embedded)
        ends = np.cumsum([len(passages[place].sentences) for place in new])
        for place, vector, sentences in zip(new, made, np.split(made_sentences, ends[:-1]), strict=True):
            found[place] = (vector, sentences)
    whole = [vectors for vectors in found if vectors is not None]
    return np.stack([vector for vector, _ in whole]), np.concatenate([sentences for _, sentences in whole])


def _query_encoder(embedder: SentenceTransformerEmbedder, earlier: EarlierVectors | None, folder: Path) -> tuple[Path, float]:
    if earlier:
        return earlier.encoder, earlier.encoder_mean_cosine
    encoder = folder / "encoder"
    return encoder, export_query_encoder(embedder, encoder)


def json_of(outcome: Outcome) -> dict[str, Any]:
    """Return ``outcome`` as a JSON object."""
    return {
        "build": outcome.build,
        "changed": outcome.changed,
        "documents": [report.json() for report in outcome.reports],
        "warnings": list(outcome.warnings),
        "removed_builds": list(outcome.removed_builds),
    }
