"""The light query encoder: a question in, its vector out, on one thread, without torch.

Comes in: one question. Goes out: a float32 vector of unit length. Refuses to know about passages and builds.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import DamagedBuild


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """Names of the files in an encoder's folder."""

    graph: str = "model.onnx"
    tokenizer: str = "tokenizer.json"
    settings: str = "encoder.json"


ENCODER_FILES = EncoderFiles()


class QueryEncoder:
    """Mean-pooled, normalised token vectors of an int8 ONNX graph."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, dimension: int) -> None:
        """Join an opened graph and its tokenizer; ``open`` is the usual way in."""
        self._session = session
        self._tokenizer = tokenizer
        self.dimension = dimension

    @classmethod
    def open(cls, folder: Path) -> "QueryEncoder":
        """Open the encoder that lies in ``folder``.

        Raises:
            DamagedBuild: a file is missing or cannot be read.
        """
        try:
            settings = json.loads((folder / ENCODER_FILES.settings).read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_file(str(folder / ENCODER_FILES.tokenizer))
            session = onnxruntime.InferenceSession(
                str(folder / ENCODER_FILES.graph), _one_thread(), providers=["CPUExecutionProvider"]
            )
            dimension, max_tokens = int(settings["dimension"]), int(settings["max_tokens"])
        except Exception as error:
            raise DamagedBuild(
                f"The query encoder of the build cannot be opened ({error}). Build the index again: localism-ingest build"
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)
        return cls(session, tokenizer, dimension)

    def encode(self, question: str) -> NDArray[np.float32]:
        """Return the unit vector of ``question``, shape (d,), float32.

        Questions are encoded one at a time: dynamic quantisation scales by batch, and alone the same question always gives
        the same vector.
        """
        ids = np.array([self._tokenizer.encode(question).ids], np.int64)
        tokens: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        pooled = tokens[0].mean(axis=0)
        return np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-12), np.float32)


def _one_thread() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # One question is too little work to share: a second thread costs more in waiting than it saves, and it would take the
    # core from another worker. The memory arena keeps the largest question's buffers for ever; without it memory stays flat.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options
