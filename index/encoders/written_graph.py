"""The graph of a BERT or an MPNet, written step by step from its published weights, without torch.

Comes in: the folder of a model. Goes out: an ONNX graph in full precision: word piece ids in, token vectors out. Refuses models of any
other build, which ``index.encoders.traced`` traces, and to judge what it wrote.

What transformers traces carries the generality of its code along: shapes worked out anew in every layer, three products where one
does, four transpositions where two do. For a question of twenty word pieces those small steps are a tenth of the time, and more where
several processes answer at once (``benchmarks.encoder_cost``). Nearly all small models are one of these two. The arithmetic is that of
Devlin and others, "BERT" (2019), and of Song and others, "MPNet" (2020).
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from index.encoders.graph_steps import GraphSteps
from index.errors import ModelError

Weights = Callable[[str], NDArray[np.float32]]
"""Gives the weights of a name."""

WEIGHTS_FILE = "model.safetensors"
INPUT, OUTPUT = "input_ids", "token_vectors"
# Whatever says otherwise of itself is another model.
_USUAL: Mapping[str, object] = {
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "relative_attention_num_buckets": 32,
    "is_decoder": False,
    "add_cross_attention": False,
}
# What MPNet adds to the weight of every pair of word pieces: a number that only their distance decides.
_GROUPS = 32  # half of them for what stands before, half for what stands behind
_FARTHEST = 128  # all that is farther away is in the last group


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of a layer are called in the file of the weights, behind the number of the layer."""

    queries_keys_values: tuple[str, str, str]
    attended: str
    attended_norm: str


_NAMES = {
    "bert": _Names(
        ("attention.self.query", "attention.self.key", "attention.self.value"),
        "attention.output.dense",
        "attention.output.LayerNorm",
    ),
    "mpnet": _Names(("attention.attn.q", "attention.attn.k", "attention.attn.v"), "attention.attn.o", "attention.LayerNorm"),
}


def can_be_written(folder: Path) -> bool:
    """Tell whether the model in ``folder`` is a BERT or an MPNet as it was published, its weights in one file."""
    try:
        settings = _settings(folder)
    except (OSError, ValueError):
        return False
    usual = all(settings.get(name, wanted) == wanted for name, wanted in _USUAL.items())
    return usual and settings.get("model_type") in _NAMES and (folder / WEIGHTS_FILE).is_file()


def write_graph_of(folder: Path, path: Path) -> bool:
    """Write the graph of the model in ``folder`` to ``path``; tell whether it takes several texts of one length at a time.

    Raises:
        ModelError: weights are missing or cannot be read.
    """
    settings = _settings(folder)
    try:
        with safe_open(folder / WEIGHTS_FILE, "numpy") as file, GraphSteps(path) as steps:
            _Transformer(settings, _weights_of(file), steps).write()
    except (SafetensorError, KeyError, OSError, ValueError) as error:
        raise ModelError(
            f"The weights in {folder.name!r} are not those of the model that its settings tell ({error}). Name another model."
        ) from error
    return bool(settings["model_type"] == "mpnet")


def _settings(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return read


def _weights_of(file: Any) -> Weights:  # noqa: ANN401  a file of safetensors, which is not typed
    return lambda name: np.asarray(file.get_tensor(name), np.float32)


class _Transformer:
    """BERT takes one text, ids of shape (1, pieces); MPNet several of one length, ids of shape (texts, pieces)."""

    def __init__(self, settings: Mapping[str, Any], weights: Weights, steps: GraphSteps) -> None:
        self._settings, self._weights, self._steps = settings, weights, steps
        self._is_mpnet = settings["model_type"] == "mpnet"
        self._names = _NAMES[settings["model_type"]]
        self._d, self._heads = int(settings["hidden_size"]), int(settings["num_attention_heads"])
        self._width = self._d // self._heads

    def write(self) -> None:
        steps, weights = self._steps, self._weights
        count = steps.step("Shape", INPUT, start=1, end=2)  # of word pieces, shape (1,)
        words = steps.step("Gather", steps.hold(weights("embeddings.word_embeddings.weight")), INPUT)
        places = steps.step("Slice", steps.hold(self._places()), steps.whole(0), count, steps.whole(0))
        vectors = self._normed(steps.step("Add", words, places), "embeddings.LayerNorm")
        nearness = self._nearness(count) if self._is_mpnet else ""
        for number in range(int(self._settings["num_hidden_layers"])):
            vectors = self._layer(vectors, f"encoder.layer.{number}.", nearness)
        steps.finish(INPUT, ["texts" if self._is_mpnet else 1, "tokens"], vectors, OUTPUT, self._d)

    def _places(self) -> NDArray[np.float32]:
        places = self._weights("embeddings.position_embeddings.weight")
        if self._is_mpnet:  # counted from the one behind that of the padding, which a text of its own does not have
            return places[int(self._settings.get("pad_token_id", 1)) + 1 :]
        # The pieces of one text are all of the first type, so that its vector belongs to the places.
        return np.asarray(places + self._weights("embeddings.token_type_embeddings.weight")[0], np.float32)

    def _nearness(self, count: str) -> str:
        """Look up how near all pairs of word pieces are, shape (heads, pieces, pieces): once, the same in all layers."""
        steps, most = self._steps, len(self._places())
        zero, one = steps.hold(np.array(0)), steps.hold(np.array(1))
        row = steps.step("Range", zero, steps.step("Squeeze", count), one)
        column = steps.step("Sub", steps.step("Unsqueeze", row, steps.whole(1)), steps.hold(np.array(most - 1)))
        table = nearness_table(self._weights("encoder.relative_attention_bias.weight"), most)
        return steps.step("Gather", steps.hold(table), steps.step("Sub", row, column), axis=1)

    def _layer(self, vectors: str, of: str, nearness: str) -> str:
        attended = self._product(self._attended(vectors, of, nearness), of + self._names.attended)
        vectors = self._normed(self._steps.step("Add", vectors, attended), of + self._names.attended_norm)
        widened = self._activated(self._product(vectors, of + "intermediate.dense"))
        narrowed = self._product(widened, of + "output.dense")
        return self._normed(self._steps.step("Add", vectors, narrowed), of + "output.LayerNorm")

    def _attended(self, vectors: str, of: str, nearness: str) -> str:
        """Add what each word piece takes from the others; the heads of queries, keys and values go through one product."""
        steps, heads = self._steps, self._heads
        texts, by_head, back = ([0], [0, 2, 1, 3], [0, 1, 3, 2]) if self._is_mpnet else ([], [1, 0, 2], [0, 2, 1])
        rows = steps.step("Reshape", self._joined_product(vectors, of), steps.whole(*texts, -1, 3 * heads, self._width))
        parts = steps.whole(heads, heads, heads)
        queries, keys, values = steps.split("Split", 3, steps.step("Transpose", rows, perm=by_head), parts, axis=len(texts))
        pairs = steps.step("MatMul", queries, steps.step("Transpose", keys, perm=back))
        shares = steps.step("Softmax", steps.step("Add", pairs, nearness) if nearness else pairs, axis=-1)
        together = steps.step("Transpose", steps.step("MatMul", shares, values), perm=by_head)
        return steps.step("Reshape", together, steps.whole(*(texts or [1]), -1, self._d))

    def _joined_product(self, vectors: str, of: str) -> str:
        scale = np.float32(self._width**-0.5)  # in the weights of the queries, so that it needs no step of its own
        parts = [of + name for name in self._names.queries_keys_values]
        scales = (scale, np.float32(1), np.float32(1))
        weights = np.concatenate([self._weights(f"{part}.weight") * by for part, by in zip(parts, scales, strict=True)])
        biases = np.concatenate([self._weights(f"{part}.bias") * by for part, by in zip(parts, scales, strict=True)])
        return self._product_with(vectors, weights, biases)

    def _product(self, vectors: str, name: str) -> str:
        return self._product_with(vectors, self._weights(f"{name}.weight"), self._weights(f"{name}.bias"))

    def _product_with(self, vectors: str, weights: NDArray[np.float32], biases: NDArray[np.float32]) -> str:
        made = self._steps.step("MatMul", vectors, self._steps.hold(weights.T))
        return self._steps.step("Add", self._steps.hold(biases), made)

    def _normed(self, vectors: str, name: str) -> str:
        scale, shift = (self._steps.hold(self._weights(f"{name}.{part}")) for part in ("weight", "bias"))
        epsilon = float(self._settings["layer_norm_eps"])
        return self._steps.step("LayerNormalization", vectors, scale, shift, axis=-1, epsilon=epsilon)

    def _activated(self, vectors: str) -> str:
        """Apply GELU, written out: the runtime joins these steps again, with the sum before them too."""
        steps = self._steps
        root, one, half = (steps.hold(np.array(number, np.float32)) for number in (np.sqrt(2), 1, 0.5))
        error = steps.step("Add", steps.step("Erf", steps.step("Div", vectors, root)), one)
        return steps.step("Mul", steps.step("Mul", vectors, error), half)


def nearness_table(biases: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return the number of each head for each distance from ``1 - most`` to ``most - 1``, shape (heads, 2 * most - 1).

    Args:
        biases: of each group of distances, shape (groups, heads).
        most: the most word pieces that a text has.
    """
    return np.ascontiguousarray(biases[groups_of(np.arange(1 - most, most))].T)


def groups_of(distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the group of each distance: near ones have their own, farther ones share one by the logarithm (Raffel, T5, 2020)."""
    half = _GROUPS // 2
    near = half // 2
    far = np.maximum(np.abs(distances), 1).astype(np.float32)
    by_logarithm = np.log(far / near) / np.float32(math.log(_FARTHEST / near)) * np.float32(half - near)
    shared = np.minimum(near + by_logarithm.astype(np.int64), half - 1)
    return np.where(distances > 0, half, 0) + np.where(np.abs(distances) < near, np.abs(distances), shared)
