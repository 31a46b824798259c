"""The quantiser by whole arrays, against the one of ONNX Runtime that goes channel by channel."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from index.encoders.quantiser import quantise


def test_it_writes_what_onnx_runtime_writes(tmp_path):
    """Byte for byte: a channel of zeros, a table that words are looked up in, and weights used twice included."""
    source = tmp_path / "full.onnx"
    onnx.save(_graph(), source)
    quantise(source, tmp_path / "ours.onnx")
    quantize_dynamic(source, tmp_path / "theirs.onnx", per_channel=True, weight_type=QuantType.QInt8)
    assert (tmp_path / "ours.onnx").read_bytes() == (tmp_path / "theirs.onnx").read_bytes()
    assert any(node.op_type == "MatMulInteger" for node in onnx.load(tmp_path / "ours.onnx").graph.node)


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
