"""BERT with fewer steps against BERT as transformers runs it: real modules with drawn weights."""

from typing import Any

import onnx
import pytest
import torch
from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel

from index.encoders.export import write_graph
from index.encoders.traced import AsItIs, JoinedBert, module_to_trace

SMALL: dict[str, Any] = {
    "vocab_size": 90,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
}


def bert(**settings: Any) -> BertModel:
    """Return a small BERT with weights as far apart as trained ones."""
    torch.manual_seed(3)
    model = BertModel(BertConfig(**{**SMALL, **settings}))
    model.eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(std=0.3)
    return model


@pytest.mark.parametrize("pieces", [1, 2, 19, 200])
def test_it_gives_the_same_vectors(pieces):
    """Of a text of any length, its first word and its last."""
    model = bert()
    ids = torch.randint(0, SMALL["vocab_size"], (1, pieces))
    with torch.no_grad():
        assert torch.allclose(JoinedBert(model)(ids), model(input_ids=ids).last_hidden_state, atol=1e-4)


def test_another_kind_of_model_is_left_as_it_is():
    """A relative of BERT that counts its places otherwise, and a BERT that sees only what stands before a word."""
    torch.manual_seed(3)
    for model in (RobertaModel(RobertaConfig(**SMALL)).eval(), bert(is_decoder=True)):
        assert isinstance(module_to_trace(model), AsItIs)


def test_its_graph_has_one_product_where_three_were(tmp_path):
    """And nothing that works out shapes again and again."""
    write_graph(module_to_trace(bert()), tmp_path / "graph.onnx")
    steps = [node.op_type for node in onnx.load(tmp_path / "graph.onnx").graph.node]
    assert steps.count("MatMul") == 6 * SMALL["num_hidden_layers"]  # four with weights, two of attention
    assert steps.count("Shape") <= 1
