"""The transformer of a model without what sentence-transformers puts around it: a second less to load, where that adds nothing.

Comes in: the folder of a model. Goes out: its transformer, and the vectors that the model gives for texts, cut at its
longest input. Refuses models that do more than to average their token vectors; sentence-transformers knows those.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import unit
from index.encoders.query_encoder import Pooling
from index.errors import ModelError

if TYPE_CHECKING:
    import torch

_PARTS = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_MEAN = ([("pooling_mode_mean_tokens", True)], [("pooling_mode", "mean")])  # as older and newer models say it


def is_plain(folder: Path) -> bool:
    """Tell whether the model in ``folder`` is a transformer whose token vectors are averaged, and nothing else."""
    try:
        parts = _json(folder / "modules.json")
        kinds = [part["type"].rpartition(".")[2] for part in parts]
        if kinds not in _PARTS or parts[0]["path"]:
            return False
        pooling, around = _json(folder / parts[1]["path"] / "config.json"), _json(folder / "sentence_bert_config.json")
        prompts = _json(folder / "config_sentence_transformers.json")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
    modes = [(name, wanted) for name, wanted in pooling.items() if name.startswith("pooling_mode") and wanted]
    return modes in _MEAN and not around.get("do_lower_case") and not prompts.get("default_prompt_name")


def pooling_of(folder: Path) -> Pooling:
    """Return how the model in ``folder`` makes the vector of a text of token vectors; their mean where it does not tell."""
    try:
        of_part = {part["type"].rpartition(".")[2]: part["path"] for part in _json(folder / "modules.json")}
        settings = _json(folder / of_part["Pooling"] / "config.json")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Pooling.MEAN
    told = {settings.get("pooling_mode"), *(name for name, wanted in settings.items() if wanted is True)}
    return next(
        (one for one in Pooling if told & {one.value, f"pooling_mode_{one.value}_token", f"pooling_mode_{one.value}_tokens"}),
        Pooling.MEAN,
    )


class PlainTransformer:
    """A model that ``is_plain``, on the processor, in full precision."""

    def __init__(self, folder: Path) -> None:
        """Load the model in ``folder``.

        Raises:
            ModelError: it cannot be loaded.
        """
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]  # see SentenceTransformerEmbedder.model
        try:
            self.transformer: torch.nn.Module = AutoModel.from_pretrained(folder, local_files_only=True).float().eval()
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._most = int(_json(folder / "sentence_bert_config.json")["max_seq_length"])
        except (OSError, ValueError, LookupError) as error:
            raise ModelError(f"The model in {folder.name!r} could not be loaded: {error}. Name another model.") from error

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (n, d), float32."""
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        import torch

        with torch.no_grad():
            pieces = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=self._most)
            tokens = self.transformer(**pieces).last_hidden_state[0]
        return unit(tokens.numpy().mean(axis=0))


def _json(path: Path) -> Any:  # noqa: ANN401  whatever the file holds
    return json.loads(path.read_text(encoding="utf-8"))
