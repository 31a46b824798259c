"""Turn the weights of an ONNX graph into int8, one scale for each channel.

Comes in: a graph in full precision. Goes out: the same graph in int8, activations scaled as it runs. Refuses to judge what that loses.

The graph gives what that of ONNX Runtime's own quantiser gives, to the last bit. That one goes through 20,000 channels one by one and
holds the whole model several times over; here each array is taken by itself, so that a server of 1 GB makes its encoder too.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from index.encoders.graph_steps import bring_in_arrays, held_array

_GREATEST = 127  # of the numbers that weights become; as many below zero
_MOST = 255  # of the numbers that a table becomes
_LEAST_SCALE = float(np.finfo(np.float32).tiny)
_ROWS = 2048  # of weights at a time: little more than what comes out is in memory


class WeightedGraph:
    """A graph in a file, whose weights can be exchanged."""

    def __init__(self, path: Path) -> None:
        """Open the graph at ``path``; arrays that lie in a file beside it stay there until they are asked for."""
        self.model = onnx.load(path, load_external_data=False)
        self._beside = path.parent
        self._held = {tensor.name: tensor for tensor in self.model.graph.initializer}

    def weights(self, name: str) -> NDArray[np.float32] | None:
        """Return the weights ``name`` where they are a matrix of floats."""
        held = self._held.get(name)
        if held is None or len(held.dims) != 2 or held.data_type != TensorProto.FLOAT:
            return None
        return held_array(held, self._beside)

    def table(self, node: NodeProto) -> NDArray[np.float32] | None:
        """Return the weights of which ``node`` looks rows up, None where it looks for something else."""
        of_rows = not any(attribute.name == "axis" and attribute.i for attribute in node.attribute)
        return self.weights(node.input[0]) if of_rows else None

    def hold(self, name: str, array: NDArray[np.generic]) -> str:
        """Put an array into the graph, once; returns its name."""
        if name not in self._held:
            self._held[name] = numpy_helper.from_array(array, name)
        return name

    def holds(self, name: str) -> bool:
        """Tell whether an array of this name is in the graph."""
        return name in self._held

    def replace(self, kind: str, made: Callable[[NodeProto], Sequence[NodeProto]]) -> None:
        """Put what ``made`` returns in the place of each node of ``kind``."""
        nodes = [new for node in self.model.graph.node for new in (made(node) if node.op_type == kind else (node,))]
        del self.model.graph.node[:]
        self.model.graph.node.extend(nodes)

    def save(self, target: Path) -> None:
        """Write it to ``target`` in one file, without the arrays that nobody needs any more."""
        needed = {name for node in self.model.graph.node for name in node.input}
        del self.model.graph.initializer[:]
        self.model.graph.initializer.extend(tensor for name, tensor in self._held.items() if name in needed)
        self._held.clear()
        bring_in_arrays(self.model, self._beside)
        target.write_bytes(self.model.SerializeToString())


def quantise(source: Path, target: Path) -> None:
    """Write the graph ``source`` to ``target`` in int8."""
    graph = WeightedGraph(source)
    scaled: dict[str, list[str]] = {}
    graph.replace("MatMul", lambda node: _product(graph, node, scaled))
    graph.replace("Gather", lambda node: _look_up(graph, node))
    graph.save(target)


def _product(graph: WeightedGraph, node: NodeProto, scaled: dict[str, list[str]]) -> list[NodeProto]:
    rows, name, out = node.input[0], node.input[1], node.output[0]
    weights = graph.weights(name)
    if weights is None:
        return [node]
    before: list[NodeProto] = []
    if rows not in scaled:  # what several products share is scaled once
        scaled[rows] = [f"{rows}_{part}" for part in ("bytes", "scale", "zero")]
        before = [helper.make_node("DynamicQuantizeLinear", [rows], scaled[rows])]
    if not graph.holds(f"{name}_numbers"):
        numbers, scales = in_int8(weights, 1)
        graph.hold(f"{name}_numbers", numbers)
        graph.hold(f"{name}_scales", scales)
        graph.hold(f"{name}_zeros", np.zeros(len(scales), np.int8))
    whole, scale, zero = scaled[rows]
    return [
        *before,
        helper.make_node("MatMulInteger", [whole, f"{name}_numbers", zero, f"{name}_zeros"], [f"{out}_sums"]),
        helper.make_node("Cast", [f"{out}_sums"], [f"{out}_floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [scale, f"{name}_scales"], [f"{out}_scales"]),
        helper.make_node("Mul", [f"{out}_floats", f"{out}_scales"], [out]),
    ]


def _look_up(graph: WeightedGraph, node: NodeProto) -> list[NodeProto]:
    """Return the steps that look rows up in a table of bytes, all of one scale."""
    table = graph.table(node)
    if table is None:
        return [node]
    name, out = node.input[0], node.output[0]
    numbers, scale, zero = _in_uint8(table)
    held = [graph.hold(f"{name}_numbers", numbers), graph.hold(f"{name}_scale", scale), graph.hold(f"{name}_zero", zero)]
    return [
        helper.make_node("Gather", [held[0], node.input[1]], [f"{out}_row_bytes"]),
        helper.make_node("DequantizeLinear", [f"{out}_row_bytes", *held[1:]], [out]),
    ]


def in_int8(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return the matrix ``weights`` as int8 and the scale of each channel along ``axis``."""
    greatest = np.maximum(weights.max(axis=1 - axis, keepdims=True), -weights.min(axis=1 - axis, keepdims=True))
    scales = (2 * greatest.astype(np.float64) / (2 * _GREATEST)).astype(np.float32)
    scales[scales < _LEAST_SCALE] = 1.0  # a channel of zeros
    numbers = np.empty(weights.shape, np.int8)
    for start in range(0, len(weights), _ROWS):
        rows = slice(start, start + _ROWS)
        steps = weights[rows] / (scales if axis else scales[rows])
        numbers[rows] = np.clip(np.round(steps, out=steps), -128, _GREATEST, out=steps)
    return numbers, scales.reshape(-1)


def _in_uint8(table: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.uint8]]:
    """Return ``table`` as uint8, its one scale and the number that stands for zero, shapes () and ()."""
    least, greatest = min(float(table.min()), 0.0), max(float(table.max()), 0.0)
    scale = (greatest - least) / _MOST
    if scale < _LEAST_SCALE:  # a table of zeros
        return np.zeros(table.shape, np.uint8), np.ones((), np.float32), np.zeros((), np.uint8)
    zero = np.round(-least / scale)
    numbers = np.empty(table.shape, np.uint8)
    for start in range(0, len(table), _ROWS):
        steps = table[start : start + _ROWS] / np.float32(scale)
        numbers[start : start + _ROWS] = np.clip(np.round(steps, out=steps) + np.float32(zero), 0, _MOST)
    return numbers, np.asarray(scale, np.float32), np.asarray(zero, np.uint8)
