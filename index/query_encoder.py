"""The light query encoder: a question in, its vector and those of its tokens out, on one thread, without torch.

Comes in: one question. Goes out: float32 vectors of unit length. Refuses to know about passages and builds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import DamagedBuild
from index.question_bounds import MOST_PIECES
from index.unit_vectors import unit


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
    """Mean-pooled, normalised token vectors of an int8 ONNX graph; the sum of them has the mean's direction."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, dimension: int) -> None:
        """Join an opened graph and its tokenizer; ``open`` is the usual way in."""
        self._session = session
        self._tokenizer = tokenizer
        self.dimension = dimension
        self.seconds = 0.0  # spent on encoding questions since it was opened

    @classmethod
    def open(cls, folder: Path) -> "QueryEncoder":
        """Open the encoder that lies in ``folder``.

        Raises:
            DamagedBuild: a file is missing or cannot be read.
        """
        try:
            settings = json.loads((folder / ENCODER_FILES.settings).read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_file(str(folder / ENCODER_FILES.tokenizer))
            session = opened_graph(folder / ENCODER_FILES.graph)
            dimension, max_tokens = int(settings["dimension"]), int(settings["max_tokens"])
        except Exception as error:
            raise DamagedBuild(
                f"The query encoder of the build cannot be opened ({error}). Build the index again: localism-ingest build"
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)
        return cls(session, tokenizer, dimension)

    def encode(self, question: str) -> EncodedQuestion:
        """Return the vectors of ``question``, of its first ``MOST_PIECES`` word pieces where it has more.

        Questions are encoded one at a time: dynamic quantisation scales by batch, and alone the same question always gives
        the same vector.
        """
        started = perf_counter()
        encoding = self._tokenizer.encode(question)
        ids = encoding.ids if len(encoding.ids) <= MOST_PIECES else [*encoding.ids[: MOST_PIECES - 1], encoding.ids[-1]]
        tokens = self._vectors_of(ids)
        self.seconds += perf_counter() - started
        inner = encoding.tokens[: len(ids) - 1]  # without the special one at the end
        words = [place for place, piece in enumerate(inner) if place and any(map(str.isalnum, piece))]
        return EncodedQuestion(unit(tokens.sum(axis=0)), unit(tokens[words]), np.array(ids)[words])

    def vectors(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of ``questions``, shape (n, d), n may be 0."""
        return np.array([self.encode(question).vector for question in questions], np.float32).reshape(-1, self.dimension)

    def run(self, text: str) -> tuple[Encoding, NDArray[np.float32]]:
        """Return the word pieces of ``text``, special ones at both ends, and their vectors, of any length, shape (pieces, d)."""
        encoding = self._tokenizer.encode(text)
        return encoding, self._vectors_of(encoding.ids)

    def _vectors_of(self, ids: Sequence[int]) -> NDArray[np.float32]:
        tokens: NDArray[np.float32] = self._session.run(None, {"input_ids": np.array([ids], np.int64)})[0][0]
        return tokens

    def knows(self, word: str) -> bool:
        """Tell whether ``word``, in lower case, is one piece of the encoder's own vocabulary."""
        return self._tokenizer.token_to_id(word) is not None


def opened_graph(path: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX graph as it is run here: on one thread, holding no memory between two questions.

    Raises:
        Exception: ONNX Runtime's own, where the file is missing or cannot be read.
    """
    options = onnxruntime.SessionOptions()
    # One question is too little work to share: a second thread costs more in waiting than it saves, and it would take the
    # core from another worker. The memory arena keeps the largest question's buffers for ever; without it memory stays flat.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    # Joined into one step, a sum and its normalisation take several times as long as one after the other: benchmarks.encoder_cost.
    slower = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)
