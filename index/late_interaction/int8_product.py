"""Multiply stored int8 vectors with the vectors of a question, without unfolding them into floats first.

Comes in: the bytes of vectors as they lie on disk, and float vectors. Goes out: their inner products. Refuses to know what the vectors
stand for.

numpy multiplies only floats fast, and unfolding a few thousand stored vectors costs more than all else that a question needs.
ONNX Runtime, which is here for the encoder, has kernels for int8 on every processor; the graph beside this file is one
``MatMulInteger``. They multiply unsigned with signed numbers, so numbers are stored moved up by 128. A question's numbers are
written in two digits of base 126, each from -63 to 63: thirteen bits in all, and the kernels of processors without VNNI, which add two
products in 16 bits, never overflow (2 * 255 * 63 < 32768).
"""

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.encoders.query_encoder import opened_graph

GRAPH = Path(__file__).with_suffix(".onnx")
_DIGIT = 63
_BASE = 2 * _DIGIT


def inner_products(stored: NDArray[np.uint8], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inner product of every stored vector with every vector of the question.

    Args:
        stored: as ``unit_vectors.moved_up`` gives them, shape (n, d).
        asked: shape (m, d); right to one part in 8,000 of its greatest number.

    Returns:
        shape (n, m).
    """
    greatest = max(float(np.abs(asked).max(initial=0.0)), 1e-12)
    scaled = asked * np.float32(_DIGIT / greatest)
    high = np.rint(scaled)
    digits = np.concatenate([high, np.rint((scaled - high) * _BASE)]).astype(np.int8)
    products: NDArray[np.int32] = _session().run(None, {"stored": stored, "asked": np.ascontiguousarray(digits.T)})[0]
    count = len(asked)
    joined = products[:, :count] * np.int32(_BASE) + products[:, count:]
    return joined * np.float32(greatest / (_DIGIT * _BASE))


@cache
def _session() -> onnxruntime.InferenceSession:
    return opened_graph(GRAPH)
