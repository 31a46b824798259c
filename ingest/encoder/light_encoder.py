"""The light encoder of a run: taken over from an earlier build, or made while files are read.

Comes in: a model, and the builds that there are. Goes out: the encoder's folder and how near it is to the model, to whoever asks and
waits; an embedder that waits too. Refuses to know how and where an encoder is made.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from index.encoders.full import Embedder, Progress, TokenVectors
from index.processors import usable_processors
from ingest.encoder.model import EncoderExport, Model
from ingest.progress import Progress as Steps

if TYPE_CHECKING:
    from ingest.cache.build_cache import EarlierBuild


class LightEncoder:
    """What a build's light encoder is and will be. Use it as a context: one that is still being made is given up at its end."""

    def __init__(self, model: Model, earlier: "Sequence[EarlierBuild]", folder: Path, progress: Steps) -> None:
        """Take the encoder over from the first of ``earlier``, or begin to write it into ``folder``."""
        self.model = model
        self._progress = progress
        self._waiting = Lock()
        self._export: EncoderExport | None = None
        if earlier:
            self._folder, self._mean_cosine = earlier[0].encoder, earlier[0].encoder_mean_cosine
        else:
            self._folder, self._export = folder, model.export_encoder(folder)

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give up what is not made yet."""
        if self._export:
            self._export.stop()

    def processors_left(self) -> int:
        """Return how many processors may read files, at least 1: one is taken until somebody has waited for the encoder."""
        return max(1, usable_processors() - (self._export is not None))

    def folder(self) -> Path:
        """Return the folder that it lies in, once it is written and checked against the model.

        Raises:
            ModelError: it strays from the model, or could not be made.
        """
        self._wait()
        return self._folder

    def mean_cosine(self) -> float:
        """Return how near it is to the model, 0 to 1; raises as ``folder`` does."""
        self._wait()
        return self._mean_cosine

    def _wait(self) -> None:
        with self._waiting:
            if self._export:
                self._progress.stage("making the light encoder of the model")
                self._mean_cosine = self._export.mean_cosine()
                self._export = None


class AwaitingEmbedder:
    """Counts tokens at once, and embeds as soon as the light encoder is there."""

    def __init__(self, encoder: LightEncoder) -> None:
        """Embed as the model of ``encoder`` does."""
        self._encoder = encoder
        self.identity = encoder.model.identity
        self.count_tokens = encoder.model.full.count_tokens

    @cached_property
    def _embedder(self) -> Embedder:
        return self._encoder.model.embedder(self._encoder.folder())

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (n, d)."""
        return self._embedder.embed(texts, progress)

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens, in order."""
        return self._embedder.embed_tokens(texts, progress)
