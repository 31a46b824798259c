"""Turn the full model into the light query encoder that a build carries: an ONNX graph and its tokenizer.

Comes in: a sentence-transformers model. Goes out: a folder that index.encoders.query_encoder opens without torch.
Refuses to know where builds lie.

Precision is chosen by measured error, the cheapest first: models differ in how much of them is lost in int8. all-MiniLM-L6-v2
bears one scale for all word pieces, all-mpnet-base-v2 wants one for each (``index.encoders.row_quantiser``). What bears neither runs
in full.
"""

import gc
import json
import logging
import warnings
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.plain_transformer import PlainTransformer, is_plain, pooling_of
from index.encoders.query_encoder import ENCODER_FILES, QueryEncoder
from index.errors import ModelError
from index.text.language import SAMPLE_PASSAGES, SAMPLE_QUESTIONS

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

# Below these the light encoder would find other passages than the full model.
LEAST_MEAN_COSINE = 0.99
LEAST_COSINE = 0.97

SAMPLES = (*SAMPLE_QUESTIONS, *SAMPLE_PASSAGES)


class Arithmetic(Enum):
    """In what the products of the light encoder are, the cheapest first."""

    INT8 = "int8"
    INT8_ROWS = "int8, each word piece with its own scale"
    INT8_BLOCKS = "int8, each 32 numbers with their own scale"
    FULL = "full precision"


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near the light encoder is to the full model on the sample texts: cosines, 0 to 1."""

    mean: float
    least: float

    @property
    def enough(self) -> bool:
        """Whether it would find the same passages."""
        return self.mean >= LEAST_MEAN_COSINE and self.least >= LEAST_COSINE

    @override
    def __str__(self) -> str:
        """Return it as it is printed."""
        return f"mean cosine {self.mean:.4f}, least {self.least:.4f}"


def export_query_encoder(embedder: SentenceTransformerEmbedder, folder: Path) -> float:
    """Write the light query encoder of ``embedder`` to ``folder`` and return its mean cosine to the full model.

    Raises:
        ModelError: what is written strays from the model even in full precision, so that it is another model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    full_graph = folder / "full.onnx"
    wanted, several = _export_full_model(embedder, full_graph)
    gc.collect()  # a loaded model holds itself in circles, and the quantiser needs the room
    embedder.save_tokenizer(folder / ENCODER_FILES.tokenizer)
    settings: dict[str, object] = {"max_tokens": embedder.identity.max_tokens, "dimension": embedder.identity.dimension}
    settings["pooling"] = pooling_of(embedder.folder).value
    arithmetic, nearness = _cheapest_true(full_graph, folder, settings, wanted, several)
    full_graph.unlink(missing_ok=True)
    return _checked(nearness, arithmetic)


def _cheapest_true(
    full_graph: Path, folder: Path, settings: dict[str, object], wanted: NDArray[np.float32], several: bool
) -> tuple[Arithmetic, Nearness]:
    """Write the cheapest encoder that is true enough into ``folder``, else the one in full precision; returns what it is."""
    for arithmetic in Arithmetic:
        settings |= {"arithmetic": arithmetic.value, "several": several and arithmetic is not Arithmetic.INT8}
        (folder / ENCODER_FILES.settings).write_text(json.dumps(settings), encoding="utf-8")
        _write_light(full_graph, folder / ENCODER_FILES.graph, arithmetic)
        nearness = _nearness(wanted, QueryEncoder.open(folder))
        if nearness.enough or arithmetic is Arithmetic.FULL:
            return arithmetic, nearness
        log.info("light encoder in %s: %s; wanted %s and %s", arithmetic.value, nearness, LEAST_MEAN_COSINE, LEAST_COSINE)
    raise AssertionError("full precision is the last")


def _write_light(full_graph: Path, target: Path, arithmetic: Arithmetic) -> None:
    # They need onnx, which serving does not have.
    from index.encoders.quantiser import quantise
    from index.encoders.row_quantiser import quantise_by_blocks, quantise_by_rows

    write = {
        Arithmetic.INT8: quantise,
        Arithmetic.INT8_ROWS: quantise_by_rows,
        Arithmetic.INT8_BLOCKS: quantise_by_blocks,
        Arithmetic.FULL: Path.replace,
    }[arithmetic]
    write(full_graph, target)


def _checked(nearness: Nearness, arithmetic: Arithmetic) -> float:
    if not nearness.enough:
        raise ModelError(
            f"The graph of the model gives other vectors than the model, even in full precision: {nearness}; wanted at least "
            f"{LEAST_MEAN_COSINE} and {LEAST_COSINE}. It does more than to pool its token vectors. Choose another model."
        )
    if arithmetic is Arithmetic.FULL:
        log.warning(
            "the light encoder of this model runs in full precision, because int8 strays from it: "
            "about three times as slow as int8, and four times the size on disk and in memory"
        )
    log.info("light encoder in %s: %s to the full model", arithmetic.value, nearness)
    return nearness.mean


def _export_full_model(embedder: SentenceTransformerEmbedder, path: Path) -> tuple[NDArray[np.float32], bool]:
    """Write the graph of the full model to ``path``; return its vectors of the samples, and whether it takes several texts.

    Whatever of the model nobody else holds can go after that.
    """
    from index.encoders.traced import module_to_trace, takes_several

    full = PlainTransformer(embedder.folder) if is_plain(embedder.folder) else embedder
    wanted = full.embed(SAMPLES)
    module = module_to_trace(full.transformer.to("cpu"))
    several = takes_several(module)
    write_graph(module, path, several)
    return wanted, several


def write_graph(module: "torch.nn.Module", path: Path, several: bool = False) -> None:
    """Write the graph of ``module``, one of ``index.encoders.traced``, to ``path``; ``several``: for texts of one length at a time."""
    import torch

    free = {0: "texts", 1: "tokens"} if several else {1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor at every call
        torch.onnx.export(
            module,
            (torch.full((1 + several, 7), 5, dtype=torch.int64),),
            str(path),
            input_names=["input_ids"],
            output_names=["token_vectors"],
            dynamic_axes={"input_ids": free, "token_vectors": free},
            opset_version=17,
            dynamo=False,
        )


def _nearness(wanted: NDArray[np.float32], encoder: QueryEncoder) -> Nearness:
    cosines = np.sum(wanted * encoder.vectors(SAMPLES), axis=1)
    return Nearness(float(cosines.mean()), float(cosines.min()))
