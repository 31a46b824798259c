"""Weights in int8 with a scale for each row or block, against the graph in full precision."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from index.encoders.quantiser import quantise
from index.encoders.query_encoder import opened_graph
from index.encoders.row_quantiser import quantise_by_blocks, quantise_by_rows

WIDTH = 64
BOTH = pytest.mark.parametrize("way", [quantise_by_rows, quantise_by_blocks])


@pytest.fixture
def full(tmp_path):
    """A graph: words are looked up, some far greater than others, and go through three products, one of them twice."""
    drawn = np.random.default_rng(5)
    first, second, third = (drawn.normal(size=shape) for shape in ((WIDTH, WIDTH), (WIDTH, WIDTH), (WIDTH, 6)))
    table = drawn.normal(size=(20, WIDTH)) * np.where(np.arange(20) < 2, 60, 1)[:, None]
    first[:, 3] = 0
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["words"]),
        helper.make_node("MatMul", ["words", "first"], ["one"]),
        helper.make_node("MatMul", ["words", "second"], ["other"]),
        helper.make_node("Add", ["one", "other"], ["sum"]),
        helper.make_node("MatMul", ["sum", "first"], ["again"]),
        helper.make_node("MatMul", ["again", "third"], ["vectors"]),
    ]
    arrays = {"table": table, "first": first, "second": second, "third": third}
    held = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()]
    taken = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])]
    given = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", "tokens", 6])]
    graph = helper.make_graph(nodes, "small", taken, given, held)
    path = tmp_path / "full.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def run(path, ids):
    """Return what the graph at ``path`` gives for ``ids``."""
    return opened_graph(path).run(None, {"ids": np.array(ids, np.int64)})[0]


def least_cosine(found, wanted):
    """Return the least cosine between the rows of two arrays."""
    lengths = np.maximum(np.linalg.norm(found, axis=-1) * np.linalg.norm(wanted, axis=-1), 1e-12)
    return float((np.sum(found * wanted, axis=-1) / lengths).min())


@BOTH
def test_a_great_word_takes_nothing_from_the_small_ones(full, tmp_path, way):
    """Which one scale for all of them does, and that is what it is for."""
    way(full, tmp_path / "ours.onnx")
    quantise(full, tmp_path / "one_scale.onnx")
    ids = [[0, 1, *range(5, 15)]]
    wanted = run(full, ids)
    assert least_cosine(run(tmp_path / "ours.onnx", ids), wanted) > 0.99
    assert least_cosine(run(tmp_path / "one_scale.onnx", ids), wanted) < 0.9


@BOTH
def test_a_text_has_the_same_vectors_beside_others(full, tmp_path, way):
    """To the last bit, so that what is embedded together does not matter."""
    way(full, tmp_path / "ours.onnx")
    together = run(tmp_path / "ours.onnx", [[5, 6, 7, 8], [0, 1, 0, 1], [9, 5, 5, 2]])
    np.testing.assert_array_equal(together[0], run(tmp_path / "ours.onnx", [[5, 6, 7, 8]])[0])
    np.testing.assert_array_equal(together[2], run(tmp_path / "ours.onnx", [[9, 5, 5, 2]])[0])


@BOTH
def test_nothing_is_left_in_full_but_scales(full, tmp_path, way):
    """Weights that two products share are kept once, and what nobody needs is gone."""
    way(full, tmp_path / "ours.onnx")
    held = onnx.load(tmp_path / "ours.onnx").graph.initializer
    assert all(min(one.dims, default=1) == 1 or len(one.dims) < 2 for one in held if one.data_type == TensorProto.FLOAT)
    assert sum(one.name.startswith("first") and one.data_type != TensorProto.FLOAT for one in held) == 1


def test_a_row_of_zeros_stays_one(full, tmp_path):
    """Nothing is divided by nothing."""
    model = onnx.load(full)
    table = next(one for one in model.graph.initializer if one.name == "table")
    numbers = numpy_helper.to_array(table).copy()
    numbers[4] = 0
    table.CopyFrom(numpy_helper.from_array(numbers, "table"))
    onnx.save(model, full)
    quantise_by_rows(full, tmp_path / "ours.onnx")
    np.testing.assert_array_equal(run(tmp_path / "ours.onnx", [[4]]), np.zeros((1, 1, 6), np.float32))
