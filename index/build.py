"""Open a build: everything that answering needs, mapped from disk, with its parts checked against each other.

Comes in: a folder. Goes out: an opened Build, or the reason why not. Refuses to know how it was written and how hits are scored.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedBuild
from index.layout import MANIFEST_FILE, BuildLayout, live_build
from index.lexicon import Lexicon
from index.manifest import Manifest
from index.query_encoder import QueryEncoder
from index.store import Records
from index.vectors import Vectors
from index.words import Words


@dataclass(frozen=True, slots=True)
class Build:
    """An opened build: everything that answering needs, mapped from disk."""

    folder: Path
    manifest: Manifest
    records: Records
    vectors: Vectors
    sentence_vectors: NDArray[np.float16]
    sentence_rows: NDArray[np.int64]
    body: Words
    headings: Words
    encoder: QueryEncoder
    lexicon: Lexicon

    @property
    def id(self) -> str:
        """The id of the build."""
        return self.manifest.build

    def close(self) -> None:
        """Close the files that are held open."""
        self.records.close()


def open_live_build(builds: Path) -> Build:
    """Open the live build of ``builds``.

    Raises:
        NoBuild: nothing has been published there.
        BuildError: it cannot be used; the message says why.
    """
    return open_build(live_build(builds))


def open_build(folder: Path) -> Build:
    """Open the build in ``folder`` and check that its parts fit together (not their hashes: see ``verify_build``).

    Raises:
        BuildError: it cannot be used; the message says why.
    """
    manifest = Manifest.open(folder)
    layout = BuildLayout(folder)
    try:
        sentence_vectors = np.load(layout.sentence_vectors, mmap_mode="r")
        sentence_rows = np.load(layout.sentence_rows)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedBuild(
            f"The sentence vectors of build {folder.name} cannot be opened ({error}). Build again: localism-ingest build"
        ) from error
    build = Build(
        folder=folder,
        manifest=manifest,
        records=Records(layout.records),
        vectors=Vectors.open(layout.vectors),
        sentence_vectors=sentence_vectors,
        sentence_rows=sentence_rows,
        body=Words.open(layout.body_words),
        headings=Words.open(layout.heading_words),
        encoder=QueryEncoder.open(layout.encoder),
        lexicon=Lexicon.open(layout.lexicon),
    )
    _check_fit(build)
    return build


def _check_fit(build: Build) -> None:
    wanted = build.manifest.passages
    found = {
        "passages": build.records.size,
        "passage vectors": build.vectors.size,
        "rows of the words index": build.body.size,
        "rows of the headings index": build.headings.size,
        "passages with sentences": len(build.sentence_rows) - 1,
    }
    wrong = [f"{count} {name}" for name, count in found.items() if count != wanted]
    if len(build.sentence_vectors) != build.manifest.sentences:
        wrong.append(f"{len(build.sentence_vectors)} sentence vectors instead of {build.manifest.sentences}")
    if wrong:
        raise DamagedBuild(
            f"Build {build.id} does not fit together: the manifest names {wanted} passages, found {', '.join(wrong)}. "
            "Build the index again: localism-ingest build"
        )
    if not build.vectors.dimension == build.encoder.dimension == build.manifest.model.dimension:
        raise DamagedBuild(
            f"Build {build.id} mixes models: vectors of length {build.vectors.dimension}, a query encoder of length "
            f"{build.encoder.dimension}, a manifest naming {build.manifest.model.dimension}. Build again: localism-ingest build"
        )


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
