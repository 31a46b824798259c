"""MPNet in few steps, as ``index.encoders.traced`` has BERT, for several texts of one length at a time.

Comes in: an MPNet of transformers. Goes out: a module that does what it does for texts without padding. Refuses to write graphs.

MPNet adds to the weight of every pair of word pieces a number that only their distance decides, the same in all layers. It is
looked up once, in a table of distances made here. The arithmetic is that of Song and others, "MPNet" (2020).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class JoinedMpnet(nn.Module):
    """MPNet in few steps: ids of shape (texts, pieces) in, vectors of shape (texts, pieces, d) out."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401  an MPNetModel, whose parts are not typed
        """Take the weights of ``model``; its pooler is left out."""
        super().__init__()
        embeddings, encoder = model.embeddings, model.encoder
        self.words: nn.Module = embeddings.word_embeddings
        # Places are counted from the one behind that of the padding, which a text of its own does not have.
        self.places = nn.Parameter(embeddings.position_embeddings.weight[embeddings.padding_idx + 1 :].clone())
        self.norm: nn.Module = embeddings.LayerNorm
        self._most = len(self.places)
        distances = torch.arange(1 - self._most, self._most)
        groups = encoder.relative_position_bucket(distances, num_buckets=model.config.relative_attention_num_buckets)
        self.nearness = nn.Parameter(encoder.relative_attention_bias(groups).T.clone())  # shape (heads, distances)
        self.layers = nn.ModuleList(_Layer(layer, model.config.num_attention_heads) for layer in encoder.layer)

    def forward(self, ids: Tensor) -> Tensor:  # type: ignore[explicit-override]  # override: Python 3.12
        """Return the vectors of ``ids``."""
        vectors: Tensor = self.norm(self.words(ids) + self.places[: ids.shape[1]])
        at = torch.arange(ids.shape[1])
        nearness = self.nearness[:, at[None, :] - at[:, None] + (self._most - 1)]
        for layer in self.layers:
            vectors = layer(vectors, nearness)
        return vectors


class _Layer(nn.Module):
    def __init__(self, layer: Any, heads: int) -> None:  # noqa: ANN401  an MPNetLayer
        super().__init__()
        own = layer.attention.attn
        self._heads, self._d = heads, own.q.in_features
        self._width = self._d // heads
        scale = self._width**-0.5  # in the weights of the queries, so that it needs no step of its own
        self.weights = nn.Parameter(torch.cat([own.q.weight * scale, own.k.weight, own.v.weight]))
        self.biases = nn.Parameter(torch.cat([own.q.bias * scale, own.k.bias, own.v.bias]))
        self.attended: nn.Module = own.o
        self.attended_norm: nn.Module = layer.attention.LayerNorm
        self.widened: nn.Module = layer.intermediate.dense
        self.activation: nn.Module = layer.intermediate.intermediate_act_fn
        self.narrowed: nn.Module = layer.output.dense
        self.norm: nn.Module = layer.output.LayerNorm

    def forward(self, vectors: Tensor, nearness: Tensor) -> Tensor:  # type: ignore[explicit-override]  # as above
        # The heads of queries, keys and values one after the other, shape (texts, 3 * heads, pieces, width).
        together = functional.linear(vectors, self.weights, self.biases)
        together = together.reshape(vectors.shape[0], -1, 3 * self._heads, self._width).transpose(1, 2)
        queries, keys, values = torch.split(together, self._heads, 1)
        attended = (queries @ keys.transpose(2, 3) + nearness).softmax(-1) @ values
        attended = attended.transpose(1, 2).reshape(vectors.shape[0], -1, self._d)
        vectors = self.attended_norm(vectors + self.attended(attended))
        normed: Tensor = self.norm(vectors + self.narrowed(self.activation(self.widened(vectors))))
        return normed
