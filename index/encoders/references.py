"""Vectors that sentence-transformers gave for the sample texts, so that an encoder can be checked where it is not installed.

Comes in: which weights, and the texts. Goes out: vectors, where those of just these are kept. Refuses to make them:
``tools/reference_vectors.py`` does.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).with_name("references")


def reference_vectors(weights_sha256: str, texts: Sequence[str]) -> NDArray[np.float32] | None:
    """Return the kept unit vectors of ``texts``, shape (n, d), None where none of these weights and texts are kept."""
    path = reference_file(weights_sha256)
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        if str(kept["texts"]) != digest_of(texts):
            return None
        return np.asarray(kept["vectors"], np.float32)


def keep_vectors(weights_sha256: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> Path:
    """Write the file that ``reference_vectors`` reads, in half precision, and return it."""
    path = reference_file(weights_sha256)
    np.savez_compressed(path, vectors=vectors.astype(np.float16), texts=np.array(digest_of(texts)))
    return path


def reference_file(weights_sha256: str) -> Path:
    """Return where the vectors by these weights are kept, whether they are or not."""
    return FOLDER / f"{weights_sha256[:12]}.npz"


def digest_of(texts: Sequence[str]) -> str:
    """Return the SHA-256 of texts in their order, hex."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
