"""MPNet with fewer steps against MPNet as transformers runs it: real modules with drawn weights."""

from typing import Any

import onnx
import pytest
import torch
from transformers import MPNetConfig, MPNetModel

from index.encoders.export import write_graph
from index.encoders.query_encoder import opened_graph
from index.encoders.traced import AsItIs, module_to_trace, takes_several
from index.encoders.traced_mpnet import JoinedMpnet

SMALL: dict[str, Any] = {
    "vocab_size": 90,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
}


def mpnet(**settings: Any) -> MPNetModel:
    """Return a small MPNet with weights as far apart as trained ones, those of distances too."""
    torch.manual_seed(3)
    model = MPNetModel(MPNetConfig(**{**SMALL, "max_position_embeddings": 514, **settings}))
    model.eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(std=0.3)
    return model


@pytest.mark.parametrize("pieces", [1, 2, 19, 200, 512])
def test_it_gives_the_same_vectors(pieces):
    """Of texts of any length that the model reads, the longest too: places and distances are counted as there."""
    model = mpnet()
    ids = torch.randint(4, SMALL["vocab_size"], (2, pieces))
    with torch.no_grad():
        assert torch.allclose(JoinedMpnet(model)(ids), model(input_ids=ids).last_hidden_state, atol=1e-4)


def test_another_number_of_groups_of_distances_is_left_as_it_is():
    """Transformers looks distances up as if there were always 32 groups; what differs from it is not taken."""
    model = mpnet(relative_attention_num_buckets=40)
    assert isinstance(module_to_trace(model), AsItIs)


def test_its_graph_takes_several_texts_and_any_length(tmp_path):
    """Traced with two texts of seven pieces, run with others."""
    model = mpnet()
    module = module_to_trace(model)
    assert takes_several(module)
    write_graph(module, tmp_path / "graph.onnx", several=True)
    session = opened_graph(tmp_path / "graph.onnx")
    for texts, pieces in ((1, 3), (5, 11), (1, 512)):
        ids = torch.randint(4, SMALL["vocab_size"], (texts, pieces))
        with torch.no_grad():
            wanted = model(input_ids=ids).last_hidden_state.numpy()
        assert abs(session.run(None, {"input_ids": ids.numpy()})[0] - wanted).max() < 1e-4


def test_its_graph_has_one_product_where_three_were(tmp_path):
    """And looks distances up once for all layers."""
    write_graph(module_to_trace(mpnet()), tmp_path / "graph.onnx", several=True)
    steps = [node.op_type for node in onnx.load(tmp_path / "graph.onnx").graph.node]
    assert steps.count("MatMul") == 6 * SMALL["num_hidden_layers"]
    assert steps.count("Gather") <= 2 + 3 * SMALL["num_hidden_layers"]
