"""What is traced into the graph of the light encoder: word piece ids of a text in, its token vectors out.

Comes in: the transformer of a model. Goes out: a module that does what it does for one text at a time. Refuses to write graphs.

What transformers traces carries the generality of its code along: shapes worked out anew in every layer, three products where one
does, four transpositions where two do. For a question of twenty word pieces those small steps are a tenth of the time, and more where
several processes answer at once (``benchmarks.encoder_cost``), so that BERT, which nearly all small models are, is written anew here
without them, and MPNet in ``index.encoders.traced_mpnet``. The arithmetic is that of Devlin and others, "BERT" (2019).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel, MPNetModel

from index.encoders.traced_mpnet import JoinedMpnet

SAME = 1e-3  # the most that a number of a token vector may differ; they are of the order of 1


def module_to_trace(transformer: nn.Module) -> nn.Module:
    """Return what is traced of ``transformer``: one of few steps where that gives the same vectors, else the whole as it is."""
    whole = AsItIs(transformer).eval()
    few = _in_few_steps(transformer)
    if few is None:
        return whole
    ids = torch.arange(4, 21)[None, :]  # the ids below are those of padding and other marks, which a text does not hold inside
    with torch.no_grad():
        return few if torch.allclose(few(ids), whole(ids), rtol=0, atol=SAME) else whole


def takes_several(module: nn.Module) -> bool:
    """Tell whether ``module`` takes several texts of one length at a time."""
    return isinstance(module, JoinedMpnet)


def _in_few_steps(transformer: nn.Module) -> nn.Module | None:
    if isinstance(transformer, BertModel):
        return JoinedBert(transformer).eval()
    return JoinedMpnet(transformer).eval() if isinstance(transformer, MPNetModel) else None


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


class JoinedBert(nn.Module):
    """BERT in few steps: ids of shape (1, pieces) in, vectors of shape (1, pieces, d) out."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401  a BertModel, whose parts are not typed
        """Take the weights of ``model``; its pooler and its other token types are left out."""
        super().__init__()
        embeddings = model.embeddings
        self.words: nn.Module = embeddings.word_embeddings
        # The pieces of one text are all of the first type, so that its vector belongs to the places.
        self.places = nn.Parameter(embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])
        self.norm: nn.Module = embeddings.LayerNorm
        self.layers = nn.ModuleList(_Layer(layer, model.config.num_attention_heads) for layer in model.encoder.layer)

    def forward(self, ids: Tensor) -> Tensor:  # type: ignore[explicit-override]  # as above
        """Return the vectors of ``ids``."""
        vectors: Tensor = self.norm(self.words(ids) + self.places[: ids.shape[1]])
        for layer in self.layers:
            vectors = layer(vectors)
        return vectors


class _Layer(nn.Module):
    def __init__(self, layer: Any, heads: int) -> None:  # noqa: ANN401  a BertLayer
        super().__init__()
        own, attended = layer.attention.self, layer.attention.output
        self._heads, self._d = heads, own.query.in_features
        width = self._d // heads
        scale = width**-0.5  # in the weights of the queries, so that it needs no step of its own
        self.weights = nn.Parameter(torch.cat([own.query.weight * scale, own.key.weight, own.value.weight]))
        self.biases = nn.Parameter(torch.cat([own.query.bias * scale, own.key.bias, own.value.bias]))
        self._by_head = (-1, 3 * heads, width)
        self.attended: nn.Module = attended.dense
        self.attended_norm: nn.Module = attended.LayerNorm
        self.widened: nn.Module = layer.intermediate.dense
        self.activation: nn.Module = layer.intermediate.intermediate_act_fn
        self.narrowed: nn.Module = layer.output.dense
        self.norm: nn.Module = layer.output.LayerNorm

    def forward(self, vectors: Tensor) -> Tensor:  # type: ignore[explicit-override]  # as above
        # The heads of queries, keys and values one after the other, shape (3 * heads, pieces, width).
        together = functional.linear(vectors, self.weights, self.biases).reshape(self._by_head).transpose(0, 1)
        queries, keys, values = torch.split(together, self._heads)
        attended = (queries @ keys.transpose(1, 2)).softmax(-1) @ values
        attended = attended.transpose(0, 1).reshape(1, -1, self._d)
        vectors = self.attended_norm(vectors + self.attended(attended))
        normed: Tensor = self.norm(vectors + self.narrowed(self.activation(self.widened(vectors))))
        return normed
