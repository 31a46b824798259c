"""Turn the full model into the light query encoder that a build carries: an ONNX graph and its tokenizer.

Comes in: a sentence-transformers model. Goes out: a folder that index.encoders.query_encoder opens. Refuses to know where builds lie.

Of a BERT or an MPNet the graph is written from the weights as they were published, without torch; any other model is traced. What was
made is compared with the model where sentence-transformers is installed, else with vectors that it once gave (``references``). A model
that only averages its token vectors is loaded without what sentence-transformers puts around it, which takes a second less.

Precision is chosen by measured error, the cheapest first: models differ in how much of them is lost in int8. all-MiniLM-L6-v2
bears one scale for all word pieces, all-mpnet-base-v2 wants one for each (``index.encoders.row_quantiser``). What bears neither runs
in full.
"""

import gc
import importlib.util
import json
import logging
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import unit
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.graph_steps import ARRAYS_SUFFIX, as_one_file
from index.encoders.model_folders import INSTALL_FULL
from index.encoders.nearness import LEAST_COSINE, LEAST_MEAN_COSINE, SAMPLES, Nearness, nearness
from index.encoders.query_encoder import ENCODER_FILES, Pooling, QueryEncoder
from index.encoders.references import reference_vectors
from index.encoders.written_graph import can_be_written, write_graph_of
from index.errors import ModelError

log = logging.getLogger(__name__)

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
        import torch

        # Of texts one by one threads mostly wait for each other, at full speed, while files are read beside this.
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return np.stack([self._vector(text) for text in texts])
        finally:
            torch.set_num_threads(before)

    def _vector(self, text: str) -> NDArray[np.float32]:
        import torch

        with torch.no_grad():
            pieces = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=self._most)
            tokens = self.transformer(**pieces).last_hidden_state[0]
        return unit(tokens.numpy().mean(axis=0))


def _json(path: Path) -> Any:  # noqa: ANN401  whatever the file holds
    return json.loads(path.read_text(encoding="utf-8"))


class Arithmetic(Enum):
    """In what the products of the light encoder are, the cheapest first."""

    INT8 = "int8"
    INT8_ROWS = "int8, each word piece with its own scale"
    INT8_BLOCKS = "int8, each 32 numbers with their own scale"
    FULL = "full precision"


def export_query_encoder(embedder: SentenceTransformerEmbedder, folder: Path) -> float:
    """Write the light query encoder of ``embedder`` to ``folder`` and return its mean cosine to the full model.

    Raises:
        ModelError: what is written strays from the model even in full precision, so that it is another model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    full_graph = folder / "full.onnx"
    wanted, several = _full_graph(embedder, full_graph)
    gc.collect()  # a loaded model holds itself in circles, and the quantiser needs the room
    embedder.save_tokenizer(folder / ENCODER_FILES.tokenizer)
    settings: dict[str, object] = {"max_tokens": embedder.identity.max_tokens, "dimension": embedder.identity.dimension}
    settings["pooling"] = pooling_of(embedder.folder).value
    settings["made_of"] = {"name": embedder.identity.name, "weights_sha256": embedder.identity.weights_sha256}
    arithmetic, near = _cheapest_true(full_graph, folder, settings, wanted, several)
    for made in (full_graph, full_graph.with_suffix(ARRAYS_SUFFIX)):
        made.unlink(missing_ok=True)
    return _checked(near, arithmetic)


def _cheapest_true(
    full_graph: Path, folder: Path, settings: dict[str, object], wanted: NDArray[np.float32], several: bool
) -> tuple[Arithmetic, Nearness]:
    """Write the cheapest encoder that is true enough into ``folder``, else the one in full precision; returns what it is."""
    for arithmetic in Arithmetic:
        settings |= {"arithmetic": arithmetic.value, "several": several and arithmetic is not Arithmetic.INT8}
        (folder / ENCODER_FILES.settings).write_text(json.dumps(settings), encoding="utf-8")
        _write_light(full_graph, folder / ENCODER_FILES.graph, arithmetic)
        near = nearness(wanted, QueryEncoder.open(folder))
        if near.enough or arithmetic is Arithmetic.FULL:
            return arithmetic, near
        log.info("light encoder in %s: %s; wanted %s and %s", arithmetic.value, near, LEAST_MEAN_COSINE, LEAST_COSINE)
    raise AssertionError("full precision is the last")


def _write_light(full_graph: Path, target: Path, arithmetic: Arithmetic) -> None:
    from index.encoders.quantiser import quantise
    from index.encoders.row_quantiser import quantise_by_blocks, quantise_by_rows

    write = {
        Arithmetic.INT8: quantise,
        Arithmetic.INT8_ROWS: quantise_by_rows,
        Arithmetic.INT8_BLOCKS: quantise_by_blocks,
        Arithmetic.FULL: as_one_file,
    }[arithmetic]
    write(full_graph, target)


def _checked(near: Nearness, arithmetic: Arithmetic) -> float:
    if not near.enough:
        raise ModelError(
            f"The graph of the model gives other vectors than the model, even in full precision: {near}; wanted at least "
            f"{LEAST_MEAN_COSINE} and {LEAST_COSINE}. It does more than to pool its token vectors. Choose another model."
        )
    if arithmetic is Arithmetic.FULL:
        log.warning(
            "the light encoder of this model runs in full precision, because int8 strays from it: "
            "about three times as slow as int8, and four times the size on disk and in memory"
        )
    log.info("light encoder in %s: %s to the full model", arithmetic.value, near)
    return near.mean


def _full_graph(embedder: SentenceTransformerEmbedder, path: Path) -> tuple[NDArray[np.float32], bool]:
    """Write the graph of the full model to ``path``; return its vectors of the samples, and whether it takes several texts.

    Whatever of the model nobody else holds can go after that.
    """
    if can_be_written(embedder.folder):
        return wanted_vectors(embedder), write_graph_of(embedder.folder, path)
    from index.encoders.traced import trace

    full = _loaded(embedder)
    wanted = full.embed(SAMPLES)
    trace(full.transformer, path)
    return wanted, False


def wanted_vectors(embedder: SentenceTransformerEmbedder) -> NDArray[np.float32]:
    """Return the vectors of the samples by the model itself where sentence-transformers is installed, else as it once gave them.

    Raises:
        ModelError: it is not installed, and no vectors of this model are kept.
    """
    if importlib.util.find_spec("sentence_transformers"):
        return _loaded(embedder).embed(SAMPLES)
    kept = reference_vectors(embedder.identity.weights_sha256, SAMPLES)
    if kept is None:
        raise ModelError(
            f"The light encoder of {embedder.identity.name!r} must be compared with the model itself, which needs "
            f"sentence-transformers. {INSTALL_FULL}"
        )
    return kept


def _loaded(embedder: SentenceTransformerEmbedder) -> PlainTransformer | SentenceTransformerEmbedder:
    return PlainTransformer(embedder.folder) if is_plain(embedder.folder) else embedder
