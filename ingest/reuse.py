"""Take over from the live build what has not changed: vectors of the same text by the same model, and the query encoder.

Comes in: the folder of the builds and a model's identity. Goes out: vectors that need not be made again. Refuses to make any.
"""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.build import Build, open_live_build
from index.embedder import ModelIdentity
from index.errors import BuildError
from index.layout import BuildLayout
from index.splitting import embedding_text

log = logging.getLogger(__name__)


class EarlierVectors:
    """The vectors of an earlier build, by the text that they were made from."""

    def __init__(self, build: Build) -> None:
        """Take over from ``build``."""
        self._build = build
        self._rows: dict[str, int] = {}
        for document in build.records.documents:
            rows = build.records.rows_of(document.id)
            for row, passage in zip(rows, build.records.passages(rows), strict=True):
                self._rows.setdefault(embedding_text(document, passage), row)

    def find(self, text: str, sentences: int) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return the vector of ``text`` and those of its sentences, shapes (d,) and (sentences, d); None where it is new."""
        row = self._rows.get(text)
        if row is None:
            return None
        start, end = self._build.sentence_rows[row : row + 2]
        if end - start != sentences:
            return None
        vector = self._build.vectors.rows(np.array([row], np.int64))[0]
        return vector, self._build.sentence_vectors[start:end].astype(np.float32)

    @property
    def encoder(self) -> Path:
        """The folder of the earlier build's query encoder."""
        return BuildLayout(self._build.folder).encoder

    @property
    def encoder_mean_cosine(self) -> float:
        """How near that encoder is to the full model."""
        return self._build.manifest.encoder_mean_cosine


def earlier_vectors(builds: Path, model: ModelIdentity) -> EarlierVectors | None:
    """Return the vectors of the live build where the same model made them; None where there is nothing to take over."""
    try:
        build = open_live_build(builds)
    except BuildError as error:
        log.info("nothing to take over: %s", error)
        return None
    if build.manifest.model != model:
        log.info("nothing to take over: build %s was made with %s", build.id, build.manifest.model.name)
        build.close()
        return None
    return EarlierVectors(build)
