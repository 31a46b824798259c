"""The graph of any transformer, traced as transformers runs it: word piece ids of one text in, its token vectors out.

Comes in: the transformer of a model. Goes out: an ONNX graph in full precision. Refuses nothing, but models that
``index.encoders.written_graph`` writes in fewer steps and without torch are better written.
"""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from index.encoders.written_graph import INPUT, OUTPUT


class AsItIs(nn.Module):
    """Any transformer. One text at a time has no padding, and a graph without a mask for it is a seventh quicker."""

    def __init__(self, transformer: nn.Module) -> None:
        """Run ``transformer``."""
        super().__init__()
        self.transformer = transformer

    def forward(self, ids: Tensor) -> Tensor:  # type: ignore[explicit-override]  # override: Python 3.12
        """Return the vectors of ``ids``."""
        vectors: Tensor = self.transformer(input_ids=ids).last_hidden_state
        return vectors


def trace(transformer: nn.Module, path: Path) -> None:
    """Write the graph of ``transformer`` to ``path``; it takes one text."""
    free = {1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor at every call
        torch.onnx.export(
            AsItIs(transformer.to("cpu")).eval(),
            (torch.full((1, 7), 5, dtype=torch.int64),),
            str(path),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: free},
            opset_version=17,
            dynamo=False,
        )
