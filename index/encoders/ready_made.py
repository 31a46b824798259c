"""A light encoder that was made beforehand and is kept without the weights that it was made of.

Comes in: the name of a reader of this project. Goes out: an encoder's folder, which model it is, and how many word pieces a text has.
Refuses to make one, and to embed: ``index.encoders.light`` does, with its graph.

It lies in the user's cache, where ``localism-ingest reader --keep`` puts it, or comes with the package.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.digests import shared_or_copied
from index.encoders.full import ModelIdentity, Progress, TokenVectors
from index.encoders.model_folders import INSTALL_FULL, PUBLISHED_WEIGHTS, kept_folder
from index.encoders.query_encoder import ENCODER_FILES
from index.errors import ModelError

SHIPPED = Path(__file__).with_name("shipped")  # in a wheel only, see tools/wheel.py
SUFFIX = ".light"


def ready_made_folder(model: str) -> Path:
    """Return where the ready-made light encoder of ``model`` is kept in the user's cache, whether it is there or not."""
    return kept_folder(model + SUFFIX)


def find_ready_made(model: str) -> "ReadyMadeEncoder | None":
    """Return the ready-made light encoder of ``model``, a reader of this project, where there is one that fits its weights."""
    for folder in (ready_made_folder(model), SHIPPED / model):
        if model in PUBLISHED_WEIGHTS and (folder / ENCODER_FILES.settings).is_file():
            return ReadyMadeEncoder(folder, model)
    return None


class ReadyMadeEncoder:
    """Stands in for the full model where only its light encoder embeds."""

    def __init__(self, folder: Path, model: str) -> None:
        """Open the encoder of ``model`` in ``folder``.

        Raises:
            ModelError: it was made of other weights than the published ones, or cannot be read.
        """
        self.folder = folder
        try:
            settings = json.loads((folder / ENCODER_FILES.settings).read_text(encoding="utf-8"))
            made_of = str(settings["made_of"]["weights_sha256"])
            self._tokenizer = Tokenizer.from_file(str(folder / ENCODER_FILES.tokenizer))
            self.identity = ModelIdentity(model, made_of, int(settings["dimension"]), int(settings["max_tokens"]))
        except Exception as error:
            raise ModelError(f"The light encoder in {folder} cannot be read ({error}). {_AGAIN}") from error
        if made_of != PUBLISHED_WEIGHTS[model]:
            raise ModelError(
                f"The light encoder in {folder} was made of other weights than those published of {model}. {_AGAIN}"
            )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of ``text``, special tokens not counted."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Refuse: raises ModelError."""
        raise ModelError(
            f"Embedding with the full model {self.identity.name} needs its weights and sentence-transformers. {INSTALL_FULL}"
        )

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Refuse, as ``embed`` does."""
        self.embed(texts, progress)
        return []

    def copy_to(self, folder: Path) -> None:
        """Copy its files to ``folder``, or share them with it on disk."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in (ENCODER_FILES.graph, ENCODER_FILES.tokenizer, ENCODER_FILES.settings):
            shared_or_copied(self.folder / name, folder / name)


_AGAIN = "Remove that folder and run localism-ingest reader --keep again."
