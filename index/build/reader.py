"""Open a build: everything that answering needs, mapped from disk, with its parts checked against each other.

Comes in: a folder. Goes out: an opened Build, or the reason why not. Refuses to know how it was written and how hits are scored.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.build.engine_files import check_searchable
from index.build.layout import MANIFEST_FILE, BuildLayout, live_build
from index.build.manifest import Manifest, check_whole
from index.dense.faiss_reader import Vectors
from index.documents.store import RecentPassages, Records
from index.encoders.query_encoder import QueryAdapter, QueryEncoder
from index.engines.embedded import EmbeddedSource
from index.engines.engine import Engine, digest_of
from index.engines.source import CandidateSource, LocalPart, Shape
from index.errors import DamagedBuild, NoBuild
from index.lexicon import Lexicon
from index.sparse.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Build:
    """An opened build: everything that answering needs, mapped from disk."""

    folder: Path
    manifest: Manifest
    records: Records
    source: CandidateSource  # where candidates come from
    expansion_bounds: NDArray[np.int64]  # where each passage's keys begin among all keys, shape (passages + 1,)
    document_vectors: NDArray[np.float32]  # unit length, shape (documents, d)
    document_ends: NDArray[np.int64]  # the row behind each document's last passage, shape (documents,)
    spelling: Spelling
    out_of_scope: Vectors  # ways in which people ask about what is not held, in the order of the signposts
    encoder: QueryEncoder
    adapter: QueryAdapter | None  # how people ask; None where nothing was learned
    lexicon: Lexicon

    @property
    def id(self) -> str:
        """The id of the build."""
        return self.manifest.build

    @property
    def files(self) -> EmbeddedSource:
        """The files that are searched.

        Raises:
            DamagedBuild: an engine is searched instead.
        """
        if not isinstance(self.source, EmbeddedSource):
            raise DamagedBuild(f"Build {self.id} is searched in an engine here, and this needs its own files.")
        return self.source

    def close(self) -> None:
        """Close the files that are held open."""
        self.source.close()
        self.records.close()
        self.spelling.close()


def open_live_build(builds: Path, engine: Engine | None = None) -> Build:
    """Open the live build of ``builds``, or of ``engine`` where there is one.

    Raises:
        NoBuild: nothing has been published there.
        BuildError: it cannot be used; the message says why.
    """
    return open_build(live_folder(builds, engine), engine=engine)


def live_folder(builds: Path, engine: Engine | None) -> Path:
    """Return the folder of the build that is live in ``builds``, or in ``engine`` where there is one.

    Raises:
        NoBuild: nothing has been published, or the folder of what an engine names is not here.
        NotWhole: somebody made a shard of a corpus the live one.
        BuildError: the engine does not answer.
    """
    folder = live_build(builds) if engine is None else _folder_of(builds, engine)
    check_whole(folder)
    return folder


def _folder_of(builds: Path, engine: Engine) -> Path:
    pointer = engine.pointer()
    if pointer is None:
        raise NoBuild(f"{engine.name} holds no live build yet. Publish one: localism-ingest engine")
    folder = builds / pointer.build
    if not folder.is_dir():
        raise NoBuild(
            f"{engine.name} names build {pointer.build} as live, and its folder is not in {builds}. Take it over from the machine "
            "that published it: localism pull"
        )
    return folder


def open_build(folder: Path, beside: Build | None = None, engine: Engine | None = None) -> Build:
    """Open the build in ``folder`` and check that its parts fit together (not their hashes: see ``verify_build``).

    A build that is open ``beside`` it lends its query encoder where both were written with equal files: opening one holds up other
    threads for longer than everything else here together. With an ``engine``, candidates come from there, and files that only
    they are found in are not opened.

    Raises:
        NotWhole: it was taken over for an engine, and none is given.
        BuildError: it cannot be used; the message says why.
    """
    manifest = Manifest.open(folder)
    if engine is None:
        check_searchable(folder)
    layout = BuildLayout(folder)
    try:
        expansion_bounds = np.load(layout.expansion_bounds)
        document_vectors = np.load(layout.document_vectors)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedBuild(
            f"The vectors of build {folder.name} cannot be opened ({error}). Build again: localism-ingest build"
        ) from error
    records, part = Records(layout.records), local_part(folder, manifest, expansion_bounds)
    build = Build(
        folder=folder,
        manifest=manifest,
        records=records,
        source=engine.source(part) if engine else EmbeddedSource.open(part, RecentPassages(records)),
        expansion_bounds=expansion_bounds,
        document_vectors=document_vectors,
        document_ends=np.array([records.rows_of(document.id).stop for document in records.documents], np.int64),
        spelling=Spelling(layout.spelling),
        out_of_scope=Vectors.open(layout.out_of_scope),
        encoder=_encoder(layout, manifest, beside),
        adapter=QueryAdapter.open(layout.adapter, manifest.model.dimension),
        lexicon=Lexicon.open(layout.lexicon),
    )
    _check_fit(build)
    return build


def local_part(folder: Path, manifest: Manifest, expansion_bounds: NDArray[np.int64]) -> LocalPart:
    """Return what of the build in ``folder`` a worker has itself, as an engine is told of it."""
    layout = BuildLayout(folder)
    shape = Shape(manifest.build, manifest.passages, manifest.keys, manifest.model.dimension, digest_of(manifest.files))
    searched = layout.vectors, layout.keys, layout.tokens, layout.words, layout.expansion_words, layout.pairs
    return LocalPart(shape, expansion_bounds, *searched)


def _encoder(layout: BuildLayout, manifest: Manifest, beside: Build | None) -> QueryEncoder:
    if beside is not None and beside.manifest.encoder_files == manifest.encoder_files:
        return beside.encoder
    return QueryEncoder.open(layout.encoder)


def _check_fit(build: Build) -> None:
    wanted = build.manifest.passages
    found = {"passages": build.records.size}
    if isinstance(build.source, EmbeddedSource):
        found |= _sizes(build.source)
    found["passages with keys"] = len(build.expansion_bounds) - 1
    wrong = [f"{count} {name}" for name, count in found.items() if count != wanted]
    if isinstance(build.source, EmbeddedSource) and build.source.keys.size != build.manifest.keys:
        wrong.append(f"{build.source.keys.size} vectors of keys instead of {build.manifest.keys}")
    if len(build.document_vectors) != build.manifest.documents:
        wrong.append(f"{len(build.document_vectors)} vectors of documents instead of {build.manifest.documents}")
    if wrong:
        raise DamagedBuild(
            f"Build {build.id} does not fit together: the manifest names {wanted} passages, found {', '.join(wrong)}. "
            "Build the index again: localism-ingest build"
        )
    vectors = build.document_vectors.shape[1]
    if isinstance(build.source, EmbeddedSource):
        vectors = build.source.vectors.dimension
    if not vectors == build.encoder.dimension == build.manifest.model.dimension:
        raise DamagedBuild(
            f"Build {build.id} mixes models: vectors of length {vectors}, a query encoder of length "
            f"{build.encoder.dimension}, a manifest naming {build.manifest.model.dimension}. Build again: localism-ingest build"
        )


def _sizes(files: EmbeddedSource) -> dict[str, int]:
    return {
        "passage vectors": files.vectors.size,
        "rows of the words index": files.words.size,
        "rows of the index of pairs": files.pairs.size,
        "rows of the index of keys": files.expansion_words.size,
        "passages with tokens": files.tokens.size,
    }


def stats(build: Build) -> dict[str, Any]:
    """Return what the build holds, as JSON: the manifest without file hashes, and counts for each document."""
    manifest: dict[str, Any] = json.loads((build.folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    manifest.pop("files")
    manifest["bytes"] = sum(path.stat().st_size for path in build.folder.rglob("*") if path.is_file())
    manifest["per_document"] = [
        {"id": document.id, "title": document.title, "passages": len(build.records.rows_of(document.id))}
        for document in build.records.documents
    ]
    return manifest
