"""How near a light encoder is to the model that it was made of, on texts of our own.

Comes in: an encoder, and the vectors that the model gives for the sample texts. Goes out: cosines. Refuses to make either.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from index.encoders.query_encoder import QueryEncoder
from index.encoders.references import reference_vectors
from index.errors import ModelError
from index.text.language import SAMPLE_PASSAGES, SAMPLE_QUESTIONS

# Below these the light encoder would find other passages than the full model.
LEAST_MEAN_COSINE = 0.99
LEAST_COSINE = 0.97

SAMPLES = (*SAMPLE_QUESTIONS, *SAMPLE_PASSAGES)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near the light encoder is to the full model on the sample texts: cosines, 0 to 1."""

    mean: float
    least: float

    @property
    def enough(self) -> bool:
        """Whether it would find the same passages."""
        return self.mean >= LEAST_MEAN_COSINE and self.least >= LEAST_COSINE

    @override
    def __str__(self) -> str:
        """Return it as it is printed."""
        return f"mean cosine {self.mean:.4f}, least {self.least:.4f}"


def nearness(wanted: NDArray[np.float32], encoder: QueryEncoder) -> Nearness:
    """Return how near the vectors of the samples by ``encoder`` are to ``wanted``, unit vectors, shape (samples, d)."""
    cosines = np.sum(wanted * encoder.vectors(SAMPLES), axis=1)
    return Nearness(float(cosines.mean()), float(cosines.min()))


def checked_nearness(folder: Path, weights_sha256: str) -> float:
    """Return the mean cosine of the encoder in ``folder`` to the kept vectors of the model with these weights.

    Raises:
        ModelError: it strays from them, or none are kept.
    """
    wanted = reference_vectors(weights_sha256, SAMPLES)
    near = Nearness(0.0, 0.0) if wanted is None else nearness(wanted, QueryEncoder.open(folder))
    if not near.enough:
        raise ModelError(
            f"The light encoder that was made beforehand strays from its model: {near}; wanted at least {LEAST_MEAN_COSINE} and "
            f"{LEAST_COSINE}. Make it again: localism-ingest reader --keep"
        )
    return near.mean
