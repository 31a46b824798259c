"""Turn the weights of an ONNX graph into int8, one scale for each channel.

Comes in: a graph in full precision. Goes out: the same graph in int8, activations scaled as it runs. Refuses to judge what that loses.

ONNX Runtime's quantiser does it, byte for byte. It goes through 20,000 channels one by one, though, which takes longer than all else
that it does; here that one step is done on whole arrays.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.onnx_quantizer import ONNXQuantizer
from onnxruntime.quantization.quant_utils import QuantizationMode, add_infer_metadata
from onnxruntime.quantization.registry import IntegerOpsRegistry

_GREATEST = 127  # of the numbers that weights become; as many below zero
_LEAST_SCALE = float(np.finfo(np.float32).tiny)


def quantise(source: Path, target: Path) -> None:
    """Write the graph ``source`` to ``target`` in int8."""
    model = onnx.load(source)
    add_infer_metadata(model)  # else it infers the shapes twice
    # As onnxruntime.quantization.quantize_dynamic calls it.
    quantiser = _ByArrays(
        model,
        per_channel=True,  # per-tensor weights lose three times as much
        reduce_range=False,
        mode=QuantizationMode.IntegerOps,
        static=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=None,
        nodes_to_quantize=[],
        nodes_to_exclude=[],
        op_types_to_quantize=list(IntegerOpsRegistry),
        extra_options={"MatMulConstBOnly": True},
    )
    quantiser.quantize_model()
    quantiser.model.save_model_to_file(str(target), False)


class _ByArrays(ONNXQuantizer):  # type: ignore[misc]  # it is not typed
    def quantize_weight_per_channel_impl(
        self, weight_name: str, weight_type: int, channel_axis: int, reduce_range: bool = True, keep_float_weight: bool = False
    ) -> tuple[str, str, str]:
        """Put the int8 form of a weight into the graph; returns the names of its numbers, zero points and scales."""
        weight = next(one for one in self.model.initializer() if one.name == weight_name)
        numbers, scales = in_int8(numpy_helper.to_array(weight), channel_axis)
        of_scales, of_zeros, of_numbers = (weight_name + ending for ending in ("_scale", "_zero_point", "_quantized"))
        tensors = (
            helper.make_tensor(of_scales, TensorProto.FLOAT, scales.shape, scales.tolist()),
            helper.make_tensor(of_zeros, TensorProto.INT8, scales.shape, [0] * len(scales)),
            numpy_helper.from_array(numbers, of_numbers),
        )
        self.model.initializer_extend(tensors)
        return of_numbers, of_zeros, of_scales


def in_int8(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return ``weights`` as int8 and the scale of each channel along ``axis``."""
    others = tuple(one for one in range(weights.ndim) if one != axis % weights.ndim)
    greatest = np.abs(weights).max(axis=others, keepdims=True).astype(np.float64)
    scales = (2 * greatest / (2 * _GREATEST)).astype(np.float32)
    scales[scales < _LEAST_SCALE] = 1.0  # a channel of zeros
    numbers = np.clip((weights / scales).round(), -128, _GREATEST).astype(np.int8)
    return numbers, scales.reshape(-1)
