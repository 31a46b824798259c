"""The quantiser by whole arrays, against the one of ONNX Runtime that goes channel by channel: what their graphs give."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from index.encoders.quantiser import quantise
from index.encoders.query_encoder import opened_graph


@pytest.mark.parametrize("beside", [False, True])
def test_it_gives_what_the_graph_of_onnx_runtime_gives(tmp_path, beside):
    """To the last bit: a channel of zeros, a table that words are looked up in, and weights used twice included."""
    source = tmp_path / "full.onnx"
    onnx.save(_graph(), source, save_as_external_data=beside, location="full.arrays", size_threshold=0)
    quantise(source, tmp_path / "ours.onnx")
    quantize_dynamic(source, tmp_path / "theirs.onnx", per_channel=True, weight_type=QuantType.QInt8)
    ids = np.arange(20)[None, ::-1].copy()
    ours, theirs = (opened_graph(tmp_path / name).run(None, {"ids": ids})[0] for name in ("ours.onnx", "theirs.onnx"))
    np.testing.assert_array_equal(ours, theirs)


def test_weights_are_kept_once_and_in_bytes(tmp_path):
    """Nothing of the full graph stays in it, or in a file beside it."""
    onnx.save(_graph(), tmp_path / "full.onnx")
    quantise(tmp_path / "full.onnx", tmp_path / "ours.onnx")
    held = onnx.load(tmp_path / "ours.onnx", load_external_data=False).graph.initializer
    assert not [one.name for one in held if one.data_type == TensorProto.FLOAT and len(one.dims) > 1]
    assert sum(one.name.startswith("first") and len(one.dims) > 1 for one in held) == 1


def test_a_table_of_zeros_stays_one(tmp_path):
    """Nothing is divided by nothing."""
    graph = _graph()
    table = next(one for one in graph.graph.initializer if one.name == "table")
    table.CopyFrom(numpy_helper.from_array(np.zeros((20, 8), np.float32), "table"))
    onnx.save(graph, tmp_path / "full.onnx")
    quantise(tmp_path / "full.onnx", tmp_path / "ours.onnx")
    assert not opened_graph(tmp_path / "ours.onnx").run(None, {"ids": [[3]]})[0].any()


def _graph() -> onnx.ModelProto:
    drawn = np.random.default_rng(5)
    table, first, second = (drawn.normal(size=shape).astype(np.float32) for shape in ((20, 8), (8, 8), (8, 6)))
    first[:, 3] = 0
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["words"]),
        helper.make_node("MatMul", ["words", "first"], ["once"]),
        helper.make_node("MatMul", ["once", "first"], ["twice"]),
        helper.make_node("Relu", ["twice"], ["positive"]),
        helper.make_node("MatMul", ["positive", "second"], ["vectors"]),
    ]
    held = [numpy_helper.from_array(array, name) for name, array in (("table", table), ("first", first), ("second", second))]
    taken = [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])]
    given = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "tokens", 6])]
    return helper.make_model(
        helper.make_graph(nodes, "small", taken, given, held), opset_imports=[helper.make_opsetid("", 17)]
    )
