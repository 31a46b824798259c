"""Turn the weights of an ONNX graph into int8 with a scale for every row of what runs through it: dearer than one scale, and truer.

Comes in: a graph in full precision. Goes out: the same graph in int8. Refuses to judge what that loses.

Some models give a few of their numbers a size that all others are far from. One scale for all word pieces together, as
``index.encoders.quantiser`` has it, then leaves most of them a handful of steps. Here each word piece is scaled by its own greatest
number ("per token": Yao and others, "ZeroQuant", 2022). That also makes what a text gets independent of the texts beside it.

Or by the greatest of each few numbers (``by_blocks``): nearly as true as full precision, and half as dear.
"""

from pathlib import Path

import numpy as np
from onnx import NodeProto, TensorProto, helper

from index.encoders.quantiser import WeightedGraph, in_int8

# Numbers run from 1 to 255 around this, so that they are unsigned: the kernels multiply unsigned with signed ones.
_MIDDLE = 128
_BLOCK = 32  # numbers that share a scale in ``by_blocks``
_SHARED = {
    "of_127": np.float32(1 / 127),
    "least": np.float32(1e-12),
    "middle": np.float32(_MIDDLE + 0.5),  # half a step more, because a cast cuts off
    "zero": np.uint8(_MIDDLE),
}


def quantise_by_rows(source: Path, target: Path) -> None:
    """Write the graph ``source`` to ``target`` with products in int8, one scale a row."""
    graph = WeightedGraph(source)
    for name, value in _SHARED.items():
        graph.hold(name, np.asarray(value))
    scaled: dict[str, tuple[str, str]] = {}
    graph.replace("MatMul", lambda node: _product_by_rows(graph, node, scaled))
    graph.replace("Gather", lambda node: _look_up(graph, node))
    graph.save(target)


def quantise_by_blocks(source: Path, target: Path) -> None:
    """Write the graph ``source`` to ``target`` with products in int8, one scale for each 32 numbers of a row."""
    graph = WeightedGraph(source)
    graph.replace("MatMul", lambda node: _product_by_blocks(graph, node))
    graph.replace("Gather", lambda node: _look_up(graph, node))
    graph.model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    graph.save(target)


def _product_by_rows(graph: WeightedGraph, node: NodeProto, scaled: dict[str, tuple[str, str]]) -> list[NodeProto]:
    weights = graph.weights(node.input[1])
    if weights is None:
        return [node]
    name, rows = node.input[1], node.input[0]
    before: list[NodeProto] = []
    if rows not in scaled:  # what several products share is scaled once
        before, scaled[rows] = _scaled_rows(rows)
    if not graph.holds(f"{name}_numbers"):
        numbers, scales = in_int8(weights, 1)
        graph.hold(f"{name}_numbers", numbers)
        graph.hold(f"{name}_scales", scales)
    whole, scale = scaled[rows]
    out = node.output[0]
    return [
        *before,
        helper.make_node("MatMulInteger", [whole, f"{name}_numbers", "zero"], [f"{out}_sums"]),
        helper.make_node("Cast", [f"{out}_sums"], [f"{out}_floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{out}_floats", scale], [f"{out}_rows"]),
        helper.make_node("Mul", [f"{out}_rows", f"{name}_scales"], [out]),
    ]


def _scaled_rows(rows: str) -> tuple[list[NodeProto], tuple[str, str]]:
    """Return the steps that turn ``rows`` into bytes, and the names of those and of their scales."""
    steps = [
        helper.make_node("Abs", [rows], [f"{rows}_sizes"]),
        helper.make_node("ReduceMax", [f"{rows}_sizes"], [f"{rows}_greatest"], axes=[-1], keepdims=1),
        helper.make_node("Max", [f"{rows}_greatest", "least"], [f"{rows}_above"]),
        helper.make_node("Mul", [f"{rows}_above", "of_127"], [f"{rows}_scale"]),
        helper.make_node("Div", [rows, f"{rows}_scale"], [f"{rows}_steps"]),
        helper.make_node("Add", [f"{rows}_steps", "middle"], [f"{rows}_up"]),
        helper.make_node("Cast", [f"{rows}_up"], [f"{rows}_bytes"], to=TensorProto.UINT8),
    ]
    return steps, (f"{rows}_bytes", f"{rows}_scale")


def _product_by_blocks(graph: WeightedGraph, node: NodeProto) -> list[NodeProto]:
    weights = graph.weights(node.input[1])
    if weights is None or len(weights) % _BLOCK:
        return [node]
    name, (inner, outer) = node.input[1], weights.shape
    numbers, scales = in_int8(weights.T.reshape(-1, _BLOCK), 0)
    up = (numbers.astype(np.int16) + _MIDDLE).astype(np.uint8).reshape(outer, inner // _BLOCK, _BLOCK)
    taken = [node.input[0], graph.hold(f"{name}_numbers", up), graph.hold(f"{name}_scales", scales)]
    settings = {"K": inner, "N": outer, "bits": 8, "block_size": _BLOCK, "accuracy_level": 4}  # 4: products in int8
    return [helper.make_node("MatMulNBits", taken, list(node.output), domain="com.microsoft", **settings)]


def _look_up(graph: WeightedGraph, node: NodeProto) -> list[NodeProto]:
    """Return the steps that look rows up in a table of bytes, each row with its own scale."""
    table = graph.table(node)
    if table is None:
        return [node]
    name, out = node.input[0], node.output[0]
    numbers, scales = in_int8(table, 0)
    graph.hold(f"{name}_numbers", numbers)
    graph.hold(f"{name}_scales", scales[:, None])
    return [
        helper.make_node("Gather", [f"{name}_numbers", node.input[1]], [f"{out}_row_bytes"]),
        helper.make_node("Gather", [f"{name}_scales", node.input[1]], [f"{out}_row_scale"]),
        helper.make_node("Cast", [f"{out}_row_bytes"], [f"{out}_row_floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{out}_row_floats", f"{out}_row_scale"], [out]),
    ]
