"""The full embedding model: passages in, vectors out. The only door to sentence-transformers; serving never opens it.

Comes in: texts. Goes out: float32 vectors of unit length. Refuses to know what a passage, a build or a question is.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.arrays import unit
from index.digests import file_digest
from index.encoders.model_folders import INSTALL_FULL, LIGHT_READER, PUBLISHED_WEIGHTS, check_published, model_folder
from index.errors import ModelError
from index.processors import usable_processors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

PACKAGED_MODEL = LIGHT_READER
PACKAGED_WEIGHTS_SHA256 = PUBLISHED_WEIGHTS[PACKAGED_MODEL]

Progress = Callable[[int, int], None]
"""Called with (done, total) as long work goes on."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model made the vectors."""

    name: str
    weights_sha256: str  # hex
    dimension: int
    max_tokens: int  # special tokens included
    precision: str = "float32"  # of the arithmetic; "int8" for the light encoder


def light_identity(full: ModelIdentity) -> ModelIdentity:
    """Return the identity of the light int8 form of the model ``full``."""
    return replace(full, precision="int8")


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """What one pass of the model over a text gives; special tokens are left out."""

    vector: NDArray[np.float32]  # of the whole text, unit length, shape (d,)
    tokens: NDArray[np.float32]  # of each word piece in context, unit length, shape (tokens, d)
    pieces: NDArray[np.int32]  # ids of the word pieces, shape (tokens,)
    starts: NDArray[np.int64]  # where each begins in the text, in characters, shape (tokens,)


class Embedder(Protocol):
    """What ingestion needs of a model."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""
        ...

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (n, d)."""
        ...

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens, in order."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of ``text``, special tokens not counted."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model in full precision, on a GPU where it finds one.

    Opening it reads the tokenizer and hashes the weights; torch and the model itself are loaded with the first text, so that a
    run with nothing new to embed never loads them.
    """

    def __init__(self, model: str = PACKAGED_MODEL) -> None:
        """Find ``model``: a reader of this project by its name, a folder, or the name of a model on the hub.

        Raises:
            ModelError: there is no such model here, or the weights of a reader of this project are not the published ones.
        """
        self.folder = model_folder(model)
        try:
            self._tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
            self.identity = _read_identity(model, self.folder)
        except Exception as error:
            raise ModelError(
                f"The folder {self.folder.name!r} does not hold a sentence-transformers model with a fast tokenizer ({error}). "
                "Name another model."
            ) from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        check_published(model, self.identity.weights_sha256)

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model itself."""
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise ModelError(f"Embedding needs sentence-transformers. {INSTALL_FULL}") from error
        disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for 100 tensors, gone in a blink, only spoils what the commands print
        try:
            model = SentenceTransformer(str(self.folder))
        except (OSError, ValueError) as error:
            raise ModelError(f"The model {self.identity.name!r} could not be loaded: {error}. Name another model.") from error
        if model.get_embedding_dimension() != self.identity.dimension:
            raise ModelError(
                f"The model {self.identity.name!r} gives vectors of length {model.get_embedding_dimension()}, its files say "
                f"{self.identity.dimension}. Name a model without a dense layer on top."
            )
        _keep_to_processors()
        return model

    @property
    def transformer(self) -> "torch.nn.Module":
        """The model's own transformer, without pooling."""
        transformer: torch.nn.Module = self.model[0].auto_model  # type: ignore[assignment]  # typed as tensor or module
        return transformer

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (n, d), float32."""
        vectors = np.empty((len(texts), self.identity.dimension), np.float32)
        for rows in _batches(texts, progress):
            vectors[rows] = self.model.encode(
                [texts[row] for row in rows], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return vectors

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens, in order; a text is cut at the model's longest input."""
        made: dict[int, TokenVectors] = {}
        for rows in _batches(texts, progress):
            outputs: list[Mapping[str, Tensor]] = self.model.encode(  # type: ignore[assignment]  # typed for vectors
                [texts[row] for row in rows], batch_size=_BATCH, output_value=None, show_progress_bar=False
            )
            for row, output in zip(rows, outputs, strict=True):
                made[row] = self._token_vectors(texts[row], output)
        return [made[row] for row in range(len(texts))]

    def _token_vectors(self, text: str, output: "Mapping[str, Tensor]") -> TokenVectors:
        encoding = self._tokenizer.encode(text)
        kept = min(len(encoding.ids), self.identity.max_tokens) - 1  # without [CLS] at the start and [SEP] at the end
        tokens = output["token_embeddings"][1:kept].cpu().numpy()
        return TokenVectors(
            vector=unit(output["sentence_embedding"].cpu().numpy()),
            tokens=unit(tokens),
            pieces=np.array(encoding.ids[1:kept], np.int32),
            starts=np.array([start for start, _ in encoding.offsets[1:kept]], np.int64),
        )

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of ``text``, special tokens not counted."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer to ``path`` as the tokenizers library reads it."""
        self._tokenizer.save(str(path))


def _keep_to_processors() -> None:
    """Have torch leave alone the processors that are not to be used; it takes all by itself."""
    import torch

    torch.set_num_threads(min(torch.get_num_threads(), usable_processors()))


_BATCH = 32


def _batches(texts: Sequence[str], progress: Progress | None) -> Iterator[list[int]]:
    """Yield the places of texts of similar length, the longest first, so that a batch holds little padding."""
    order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]
        if progress:
            progress(min(start + _BATCH, len(order)), len(order))


_WEIGHTS_FILES = ("model.safetensors", "pytorch_model.bin")


def _read_identity(model: str, folder: Path) -> ModelIdentity:
    weights = next((folder / name for name in _WEIGHTS_FILES if (folder / name).is_file()), None)
    if weights is None:
        raise FileNotFoundError(f"no {' or '.join(_WEIGHTS_FILES)}")
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    return ModelIdentity(model, file_digest(weights), int(settings["hidden_size"]), int(shape["max_seq_length"]))
