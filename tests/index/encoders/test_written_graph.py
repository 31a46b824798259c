"""The graph that is written of published weights, against the model as transformers runs it: real modules with drawn weights.

torch and transformers are imported where they are needed, so that to collect the tests does not load them.
"""

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import onnx
import pytest

from index.encoders.query_encoder import opened_graph
from index.encoders.written_graph import OUTPUT, can_be_written, groups_of, write_graph_of
from index.errors import ModelError

if TYPE_CHECKING:
    from transformers import BertModel, MPNetModel

SMALL: dict[str, Any] = {
    "vocab_size": 90,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
}
_Model = TypeVar("_Model", "BertModel", "MPNetModel")


def drawn(model: _Model) -> _Model:
    """Return ``model`` with weights as far apart as trained ones."""
    import torch

    torch.manual_seed(3)
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(std=0.3)
    model.eval()
    return model


def bert(**settings: object) -> "BertModel":
    """Return a small BERT."""
    from transformers import BertConfig, BertModel

    return drawn(BertModel(BertConfig(**{**SMALL, **settings})))


def mpnet(**settings: object) -> "MPNetModel":
    """Return a small MPNet; the weights of distances are drawn too."""
    from transformers import MPNetConfig, MPNetModel

    return drawn(MPNetModel(MPNetConfig(**{**SMALL, "max_position_embeddings": 514, **settings})))


def written(model, folder):
    """Save ``model`` as it would be published and write its graph; returns the graph's path and whether it takes several texts."""
    model.save_pretrained(folder)
    assert can_be_written(folder)
    return folder / "graph.onnx", write_graph_of(folder, folder / "graph.onnx")


@pytest.mark.parametrize(("model", "texts", "most"), [(bert, 1, 512), (mpnet, 3, 512)])
def test_it_gives_the_vectors_of_the_model(tmp_path, model, texts, most):
    """Of texts of any length that the model reads, the longest too: places and distances are counted as there."""
    import torch

    model = model()
    path, several = written(model, tmp_path)
    assert several is (texts > 1)
    session = opened_graph(path)
    for number, pieces in ((1, 1), (texts, 2), (texts, 19), (1, most)):
        ids = torch.randint(4, SMALL["vocab_size"], (number, pieces))
        with torch.no_grad():
            wanted = model(input_ids=ids).last_hidden_state.numpy()
        np.testing.assert_allclose(session.run([OUTPUT], {"input_ids": ids.numpy()})[0], wanted, atol=1e-4)


@pytest.mark.parametrize("model", [bert, mpnet])
def test_it_has_one_product_where_three_were(tmp_path, model):
    """Four with weights and two of attention, and shapes are not worked out again and again."""
    path, _ = written(model(), tmp_path)
    steps = [node.op_type for node in onnx.load(path).graph.node]
    assert steps.count("MatMul") == 6 * SMALL["num_hidden_layers"]
    assert steps.count("Shape") == 1
    assert steps.count("Gather") <= 2


def test_other_models_are_not_written(tmp_path):
    """A relative that counts its places otherwise, one that sees only what stands before, other groups, another activation."""
    from transformers import RobertaConfig, RobertaModel

    others = (
        RobertaModel(RobertaConfig(**SMALL)),
        bert(is_decoder=True),
        bert(hidden_act="relu"),
        mpnet(relative_attention_num_buckets=40),
    )
    for number, model in enumerate(others):
        model.save_pretrained(tmp_path / str(number))
        assert not can_be_written(tmp_path / str(number))
    assert not can_be_written(tmp_path / "not there")


def test_weights_that_are_not_those_of_the_settings_are_refused(tmp_path):
    """With a sentence, not with the library's error."""
    bert().save_pretrained(tmp_path)
    settings = (tmp_path / "config.json").read_text().replace('"num_hidden_layers": 3', '"num_hidden_layers": 4')
    (tmp_path / "config.json").write_text(settings)
    with pytest.raises(ModelError, match=r"are not those of the model that its settings tell .*layer\.3"):
        write_graph_of(tmp_path, tmp_path / "graph.onnx")


def test_distances_are_grouped_as_transformers_groups_them():
    """Every distance that two word pieces of the longest text can have."""
    import torch

    distances = torch.arange(-600, 601)
    wanted = mpnet().encoder.relative_position_bucket(distances, num_buckets=32)
    np.testing.assert_array_equal(groups_of(distances.numpy()), wanted.numpy())
