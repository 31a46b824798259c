"""The light query encoder: a question in, its vector and those of its tokens out, on one thread, without torch.

Comes in: one question. Goes out: float32 vectors of unit length. Refuses to know about passages and builds.
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


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question as the encoder sees it."""

    vector: NDArray[np.float32]  # of the whole, unit length, shape (d,)
    tokens: NDArray[np.float32]  # of each word piece that holds a letter or digit, unit length, shape (tokens, d)
    pieces: NDArray[np.int64]  # ids of those word pieces, shape (tokens,)


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

    def encode(self, question: str) -> EncodedQuestion:
        """Return the vectors of ``question``.

        Questions are encoded one at a time: dynamic quantisation scales by batch, and alone the same question always gives
        the same vector.
        """
        encoding = self._tokenizer.encode(question)
        ids = np.array([encoding.ids], np.int64)
        tokens: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        words = [place for place, piece in enumerate(encoding.tokens[:-1]) if place and any(map(str.isalnum, piece))]
        return EncodedQuestion(_unit(tokens.mean(axis=0)), _unit(tokens[words]), ids[0, words])

    def knows(self, word: str) -> bool:
        """Tell whether ``word``, in lower case, is one piece of the encoder's own vocabulary."""
        return self._tokenizer.token_to_id(word) is not None


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), np.float32)


def _one_thread() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # One question is too little work to share: a second thread costs more in waiting than it saves, and it would take the
    # core from another worker. The memory arena keeps the largest question's buffers for ever; without it memory stays flat.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options
