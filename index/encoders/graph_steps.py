"""The steps of an ONNX graph, put down one after the other.

Comes in: arrays, and what is done with them. Goes out: a graph in full precision in a file, and its arrays one by one. Refuses to
know models.

The arrays lie in a file beside the graph and never all at once in memory: a small server makes its encoder too.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnx.external_data_helper import ExternalDataInfo, load_external_data_for_model

Number = np.float32 | np.int64

OPSET, IR_VERSION = 17, 8
ARRAYS_SUFFIX = ".arrays"


class GraphSteps:
    """A graph that is being written to ``path``. Use it as a context, and ``finish`` it."""

    def __init__(self, path: Path) -> None:
        """Begin a graph without steps."""
        self._path = path
        self._arrays = path.with_suffix(ARRAYS_SUFFIX).open("wb")
        self._held: list[TensorProto] = []
        self._nodes: list[NodeProto] = []

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close its file."""
        self._arrays.close()

    def hold(self, array: NDArray[Number]) -> str:
        """Put an array into the graph; returns its name."""
        name = f"held_{len(self._held)}"
        if (
            array.dtype != np.float32 or array.ndim == 0
        ):  # shapes and places: the runtime wants to see them in the graph itself
            self._held.append(numpy_helper.from_array(array, name))
            return name
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=array.shape, data_location=TensorProto.EXTERNAL)
        place = {"location": Path(self._arrays.name).name, "offset": self._arrays.tell(), "length": array.nbytes}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self._arrays.write(np.ascontiguousarray(array).data)
        self._held.append(tensor)
        return name

    def whole(self, *numbers: int) -> str:
        """Put a row of whole numbers into the graph; returns its name."""
        return self.hold(np.array(numbers, np.int64))

    def step(self, kind: str, *taken: str, **settings: Any) -> str:  # noqa: ANN401  numbers and lists, as the kind wants
        """Add a step with one result; returns the name of that."""
        return self.split(kind, 1, *taken, **settings)[0]

    def split(self, kind: str, results: int, *taken: str, **settings: Any) -> Sequence[str]:  # noqa: ANN401  as above
        """Add a step with several results; returns their names."""
        given = [f"{kind}_{len(self._nodes)}_{number}" for number in range(results)]
        self._nodes.append(helper.make_node(kind, taken, given, **settings))
        return given

    def finish(self, taken: str, shape: Sequence[str | int], given: str, name: str, width: int) -> None:
        """Write the graph: whole numbers ``taken`` of ``shape`` in, ``given`` of that shape and ``width`` out as ``name``."""
        self._nodes.append(helper.make_node("Identity", [given], [name]))
        inner = [helper.make_tensor_value_info(taken, TensorProto.INT64, shape)]
        outer = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [*shape, width])]
        graph = helper.make_graph(self._nodes, "encoder", inner, outer, self._held)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        self._path.write_bytes(made.SerializeToString())


def held_array(tensor: TensorProto, beside: Path) -> NDArray[np.float32]:
    """Return an array of a graph: from the graph, or from the file in the folder ``beside`` without loading it whole."""
    if tensor.data_location != TensorProto.EXTERNAL:
        return np.asarray(numpy_helper.to_array(tensor))
    place: Any = ExternalDataInfo(tensor)  # its offset is typed as what it never is
    held: NDArray[np.float32] = np.memmap(beside / str(place.location), np.float32, "r", int(place.offset), tuple(tensor.dims))
    return held


def bring_in_arrays(model: onnx.ModelProto, beside: Path) -> None:
    """Put into the graph itself what it still has of arrays in a file in the folder ``beside``."""
    load_external_data_for_model(model, str(beside))


def as_one_file(source: Path, target: Path) -> None:
    """Write the graph ``source`` to ``target`` with all its arrays in it."""
    onnx.save(onnx.load(source), target)
