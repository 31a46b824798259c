"""Products of stored int8 vectors with a question's against numpy's own, at the edges of their ranges too."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from index.arrays import moved_down, moved_up
from index.late_interaction.max_sim import GRAPH, inner_products


def test_products_are_those_of_numpy():
    """Every stored number from -128 to 127 stands somewhere."""
    generator = np.random.default_rng(5)
    stored = generator.integers(-128, 128, (500, 384), np.int8)
    asked = generator.normal(size=(7, 384)).astype(np.float32)
    found = inner_products(moved_up(stored), asked)
    assert found.shape == (500, 7)
    assert np.abs(found - stored.astype(np.float32) @ asked.T).max() < 384 * 128 * np.abs(asked).max() / 8000
    assert np.corrcoef(found.ravel(), (stored.astype(np.float32) @ asked.T).ravel())[0, 1] > 0.999999


@pytest.mark.parametrize("number", [-128, 127])
def test_nothing_overflows_where_every_number_is_the_greatest(number):
    """Kernels that add two products in 16 bits would."""
    stored = moved_up(np.full((3, 384), number, np.int8))
    assert inner_products(stored, np.ones((2, 384), np.float32)) == pytest.approx(np.full((3, 2), number * 384.0), rel=1e-4)


def test_no_passage_and_a_question_of_zeros_are_no_error():
    """An empty candidate list, an empty question."""
    assert inner_products(np.empty((0, 384), np.uint8), np.ones((2, 384), np.float32)).shape == (0, 2)
    assert not inner_products(np.ones((2, 384), np.uint8), np.zeros((1, 384), np.float32)).any()


def test_numbers_are_stored_so_that_they_come_back():
    """Every one there is."""
    numbers = np.arange(-128, 128, dtype=np.int8)
    np.testing.assert_array_equal(moved_up(numbers), np.arange(256))
    np.testing.assert_array_equal(moved_down(moved_up(numbers)), numbers)


def test_the_graph_is_one_product():
    """The file that is shipped, made again from what it says it is."""
    shapes = [("stored", TensorProto.UINT8, ["n", "d"]), ("asked", TensorProto.INT8, ["d", "m"])]
    node = helper.make_node("MatMulInteger", ["stored", "asked", "zero"], ["products"])
    product = helper.make_tensor_value_info("products", TensorProto.INT32, ["n", "m"])
    zero = numpy_helper.from_array(np.array(128, np.uint8), "zero")
    inputs = [helper.make_tensor_value_info(*shape) for shape in shapes]
    graph = helper.make_graph([node], "int8_product", inputs, [product], [zero])
    assert onnx.load(GRAPH) == helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
