"""Turn the full model into the light query encoder that a build carries: an int8 ONNX graph and its tokenizer.

Comes in: a sentence-transformers model. Goes out: a folder that index.query_encoder opens without torch.
Refuses to know where builds lie.
"""

import gc
import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedder import SentenceTransformerEmbedder
from index.errors import ModelError
from index.plain_transformer import PlainTransformer, is_plain
from index.query_encoder import ENCODER_FILES, QueryEncoder

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

# Below these the int8 encoder would find other passages than the full model; per-channel weights stay well above.
LEAST_MEAN_COSINE = 0.99
LEAST_COSINE = 0.97

SAMPLE_QUESTIONS = (
    "How long does the council have to decide whether our pub goes on the list?",
    "Can a parish council take over the library?",
    "what is an asset of community value",
    "who do i complain to about a councillor",
    "Does the law force our council to pay the living wage?",
    "community right to challenge expression of interest",
    "section 95",
    "six months moratorium",
    "How many people do you need to start a neighbourhood forum?",
    "The council wants to outsource our park keepers, what can we do?",
    "what is co-production",
    "outcomes framework social value act",
    "Who holds the power in an invited space?",
    "hidden and invisible power",
    "Is localism good for trade unions?",
    "pay policy statement chief officers",
    "can the council put council tax up 10% without asking us",
    "predetermination closed mind",
    "councillor interests register 28 days",
    "general power of competence eligible parish council",
    "my colleague drives me mad, we just think differently",
    "neighbourhood plan referendum threshold",
    "What happens in Wales?",
    "TUPE staff transfer",
    "flexible tenancy minimum length",
    "working with parish and town councils",
    "why did the guide say localism failed",
    "chief executives confident survey",
    "how do I run a workshop on power",
    "ACV",
)


def export_query_encoder(embedder: SentenceTransformerEmbedder, folder: Path) -> float:
    """Write the int8 query encoder of ``embedder`` to ``folder`` and return its mean cosine to the full model.

    Raises:
        ModelError: the quantised encoder strays too far from the full model on the sample questions.
    """
    from index.quantiser import quantise  # needs onnx, which serving does not have

    folder.mkdir(parents=True, exist_ok=True)
    full_graph = folder / "full.onnx"
    wanted = _export_full_model(embedder, full_graph)
    gc.collect()  # a loaded model holds itself in circles, and the quantiser needs the room
    quantise(full_graph, folder / ENCODER_FILES.graph)
    full_graph.unlink()
    embedder.save_tokenizer(folder / ENCODER_FILES.tokenizer)
    settings = {"max_tokens": embedder.identity.max_tokens, "dimension": embedder.identity.dimension}
    (folder / ENCODER_FILES.settings).write_text(json.dumps(settings), encoding="utf-8")
    return _check_against_full_model(wanted, QueryEncoder.open(folder))


def _export_full_model(embedder: SentenceTransformerEmbedder, path: Path) -> NDArray[np.float32]:
    """Write the graph of the full model to ``path`` and return the vectors that it gives for the sample questions.

    Whatever of the model nobody else holds can go after that.
    """
    from index.traced import module_to_trace

    full = PlainTransformer(embedder.folder) if is_plain(embedder.folder) else embedder
    wanted = full.embed(SAMPLE_QUESTIONS)
    write_graph(module_to_trace(full.transformer.to("cpu")), path)
    return wanted


def write_graph(module: "torch.nn.Module", path: Path) -> None:
    """Write the graph of ``module``, one of ``index.traced``, to ``path``."""
    import torch

    tokens = {1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor at every call
        torch.onnx.export(
            module,
            (torch.ones((1, 7), dtype=torch.int64),),
            str(path),
            input_names=["input_ids"],
            output_names=["token_vectors"],
            dynamic_axes={"input_ids": tokens, "token_vectors": tokens},
            opset_version=17,
            dynamo=False,
        )


def _check_against_full_model(wanted: NDArray[np.float32], encoder: QueryEncoder) -> float:
    light = np.stack([encoder.encode(question).vector for question in SAMPLE_QUESTIONS])
    cosines = np.sum(wanted * light, axis=1)
    mean, least = float(cosines.mean()), float(cosines.min())
    if mean < LEAST_MEAN_COSINE or least < LEAST_COSINE:
        raise ModelError(
            f"The light query encoder strays from the full model: mean cosine {mean:.3f}, least {least:.3f}; wanted at least "
            f"{LEAST_MEAN_COSINE} and {LEAST_COSINE}. Choose another model."
        )
    log.info("query encoder: mean cosine %.4f, least %.4f to the full model", mean, least)
    return mean
