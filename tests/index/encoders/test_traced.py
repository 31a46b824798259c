"""Any transformer traced as it is: a relative of BERT that is not written anew, with drawn weights."""

from typing import Any

import numpy as np

from index.encoders.query_encoder import opened_graph

SMALL: dict[str, Any] = {
    "vocab_size": 90,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 40,
}


def test_its_graph_gives_the_same_vectors_for_a_text_of_any_length(tmp_path):
    """Traced with seven pieces, run with others."""
    import torch  # here, so that to collect the tests does not load it
    from transformers import RobertaConfig, RobertaModel

    from index.encoders.traced import trace

    torch.manual_seed(3)
    model = RobertaModel(RobertaConfig(**SMALL)).eval()
    trace(model, tmp_path / "graph.onnx")
    session = opened_graph(tmp_path / "graph.onnx")
    for pieces in (1, 7, 40):
        ids = torch.randint(4, SMALL["vocab_size"], (1, pieces))
        with torch.no_grad():
            wanted = model(input_ids=ids).last_hidden_state.numpy()
        np.testing.assert_allclose(session.run(None, {"input_ids": ids.numpy()})[0], wanted, atol=1e-4)
