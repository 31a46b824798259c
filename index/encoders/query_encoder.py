"""The light query encoder: a question in, its vector and those of its tokens out, on one thread, without torch.

Comes in: one question. Goes out: float32 vectors of unit length. Refuses to know about passages and builds.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.arrays import unit
from index.encoders.model_folders import LIGHT_DIMENSION
from index.encoders.silent_runtime import onnxruntime
from index.errors import DamagedBuild


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """Names of the files in an encoder's folder."""

    graph: str = "model.onnx"
    tokenizer: str = "tokenizer.json"
    settings: str = "encoder.json"


ENCODER_FILES = EncoderFiles()
_PIECES_AT_ONCE = 256  # more gain nothing, and take memory
MOST_PIECES = 128  # of a question, special ones included: 600 characters of English; other scripts have one a character
# A reader with longer vectors costs several times as much a word piece; of 219 questions that people asked in public five have more.
MOST_PIECES_THOROUGH = 64


Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question as the encoder sees it."""

    vector: NDArray[np.float32]  # of the whole, unit length, shape (d,)
    tokens: NDArray[np.float32]  # of each word piece that holds a letter or digit, unit length, shape (tokens, d)
    pieces: NDArray[np.int64]  # ids of those word pieces, shape (tokens,)


@dataclass(frozen=True, slots=True)
class QueryAdapter:
    """What was learned of how people ask (``index.encoders.adapter_lessons``): a linear map for the vectors of questions."""

    down: Vectors  # shape (d, rank)
    up: Vectors  # shape (rank, d)

    def adapted(self, question: Vectors) -> Vectors:
        """Return the vector of a question, unit length, shape (..., d), half way to where it leads."""
        return unit(unit(self.moved(question)) + question)

    def moved(self, question: Vectors) -> Vectors:
        """Return where ``question`` leads, of any length."""
        return np.asarray(question + question @ self.down @ self.up, np.float32)

    def save(self, path: Path) -> None:
        """Write it to ``path``, in half precision."""
        np.savez(path, down=self.down.astype(np.float16), up=self.up.astype(np.float16))

    @classmethod
    def open(cls, path: Path, dimension: int) -> "QueryAdapter | None":
        """Return the adapter at ``path``; None where none was written.

        Raises:
            DamagedBuild: it cannot be read, or takes vectors of another length.
        """
        if not path.exists():
            return None
        try:
            with np.load(path) as stored:
                adapter = cls(stored["down"].astype(np.float32), stored["up"].astype(np.float32))
        except Exception as error:
            raise DamagedBuild(f"The query adapter cannot be opened ({error}). Build again: localism-ingest build") from error
        if adapter.down.shape[:1] != (dimension,) or adapter.up.shape != adapter.down.shape[::-1]:
            raise DamagedBuild(
                f"The query adapter is made for vectors of {len(adapter.down)} numbers, the build has {dimension}. "
                "Build again: localism-ingest build"
            )
        return adapter


class Pooling(Enum):
    """How token vectors, special ones at both ends, become the vector of a text."""

    MEAN = "mean"
    CLS = "cls"
    MAX = "max"

    def pooled(self, tokens: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vector of a text of unit length, shape (d,), from its token vectors, shape (pieces, d)."""
        if self is Pooling.CLS:
            return unit(tokens[0])
        return unit(tokens.max(axis=0) if self is Pooling.MAX else tokens.sum(axis=0))  # the sum has the mean's direction


class QueryEncoder:
    """Pooled, normalised token vectors of an ONNX graph."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        dimension: int,
        pooling: Pooling = Pooling.MEAN,
        several: bool = False,
    ) -> None:
        """Join an opened graph and its tokenizer; ``open`` is the usual way in. ``several``: as ``run_several`` wants it."""
        self._session = session
        self._tokenizer = tokenizer
        self.dimension = dimension
        self.pooling = pooling
        self.several = several
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
            # Encoders of older builds do not say it.
            pooling, several = Pooling(settings.get("pooling", Pooling.MEAN.value)), bool(settings.get("several"))
        except Exception as error:
            raise DamagedBuild(
                f"The query encoder of the build cannot be opened ({error}). Build the index again: localism-ingest build"
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)
        return cls(session, tokenizer, dimension, pooling, several)

    def encode(self, question: str) -> EncodedQuestion:
        """Return the vectors of ``question``, of both its ends where it has more word pieces than are read.

        It is encoded alone: see ``run_several``.
        """
        started = perf_counter()
        encoding = self.pieces(question)
        read = places_read(len(encoding.ids), pieces_read(self.dimension))
        ids = [encoding.ids[place] for place in read]
        tokens = self._vectors_of([ids])[0]
        self.seconds += perf_counter() - started
        inner = [encoding.tokens[place] for place in read[:-1]]  # without the special one at the end
        words = [place for place, piece in enumerate(inner) if place and any(map(str.isalnum, piece))]
        return EncodedQuestion(self.pooling.pooled(tokens), unit(tokens[words]), np.array(ids)[words])

    def vectors(self, questions: Sequence[str], threads: int = 1) -> NDArray[np.float32]:
        """Return the vectors of ``questions``, shape (n, d), n may be 0; they are the same however many ``threads`` make them."""
        encodings = [self.pieces(question) for question in questions]
        groups = of_one_length([len(one.ids) for one in encodings], self.pieces_at_once)

        def pooled(rows: Sequence[int]) -> list[NDArray[np.float32]]:
            return [self.pooling.pooled(one) for one in self.run_several([encodings[row] for row in rows])]

        vectors = np.empty((len(questions), self.dimension), np.float32)
        with ThreadPoolExecutor(threads) as pool:
            for rows, made in zip(groups, pool.map(pooled, groups), strict=True):
                vectors[rows] = made
        return vectors

    @property
    def pieces_at_once(self) -> int:
        """How many word pieces of short texts of one length are run together; 0 where each text is run alone."""
        return _PIECES_AT_ONCE if self.several else 0

    def run(self, text: str) -> tuple[Encoding, NDArray[np.float32]]:
        """Return the word pieces of ``text``, special ones at both ends, and their vectors, of any length, shape (pieces, d)."""
        encoding = self.pieces(text)
        return encoding, self.run_several([encoding])[0]

    def pieces(self, text: str) -> Encoding:
        """Return the word pieces of ``text``, special ones at both ends, cut at the longest that the model reads."""
        return self._tokenizer.encode(text)

    def run_several(self, texts: Sequence[Encoding]) -> NDArray[np.float32]:
        """Return the vectors of the word pieces of ``texts``, all of one length, shape (texts, pieces, d).

        More than one only where the graph takes ``several``: nothing is padded, and each word piece has its own scale, so that a
        text has the same vectors alone and beside others. A graph with one scale for all of them takes one text at a time.
        """
        return self._vectors_of([encoding.ids for encoding in texts])

    def _vectors_of(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        tokens: NDArray[np.float32] = self._session.run(None, {"input_ids": np.array(ids, np.int64)})[0]
        return tokens

    def knows(self, word: str) -> bool:
        """Tell whether ``word``, in lower case, is one piece of the encoder's own vocabulary."""
        return self._tokenizer.token_to_id(word) is not None


def pieces_read(dimension: int) -> int:
    """Return how many word pieces of a question are encoded, special ones included, by a reader of vectors of that length."""
    return MOST_PIECES if dimension <= LIGHT_DIMENSION else MOST_PIECES_THOROUGH


def places_read(length: int, most: int) -> list[int]:
    """Return the places of a text of ``length`` word pieces that are encoded: all, or ``most`` from both ends."""
    if length <= most:
        return list(range(length))
    return [*range(most // 2), *range(length - (most - most // 2), length)]


def of_one_length(lengths: Sequence[int], pieces_at_once: int) -> list[list[int]]:
    """Return the places of texts of one length together, the longest first, at most so many word pieces a group, at least one text."""
    groups: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        group = groups[-1] if groups else []
        if group and lengths[group[0]] == lengths[row] and (len(group) + 1) * lengths[row] <= pieces_at_once:
            group.append(row)
        else:
            groups.append([row])
    return groups


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
