"""A model without weights for tests and benchmarks: every piece of one or two letters has a fixed random vector.

Texts that share words are near each other, nothing has to be downloaded or loaded, and the query encoder that it writes is a real ONNX
graph with a real tokenizer, so that a build made with it opens and answers like any other.
"""

import json
import string
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from index.encoders.full import ModelIdentity, Progress, TokenVectors
from index.encoders.query_encoder import ENCODER_FILES
from ingest.encoder.model import Model

DIMENSION = 48
SPECIAL = ("[UNK]", "[CLS]", "[SEP]")


def fake_model(seed: int = 7) -> Model:
    """Return a model; another seed is another model."""
    embedder = FakeEmbedder(seed)
    return Model(embedder, embedder.begin_export)


class FakeEmbedder:
    """Embeds by looking pieces up in a table; counts what it was asked for."""

    def __init__(self, seed: int = 7) -> None:
        """Draw the table."""
        self._tokenizer = _tokenizer()
        generator = np.random.default_rng(seed)
        self._table = generator.normal(size=(self._tokenizer.get_vocab_size(), DIMENSION)).astype(np.float32)
        self._table[: len(SPECIAL)] = 0
        self.identity = ModelIdentity(f"fake-{seed}", f"{seed:064x}", DIMENSION, 256)
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text."""
        return np.stack([one.vector for one in self.embed_tokens(texts, progress)])

    def embed_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """Return the vectors of every text and of its tokens."""
        self.embedded.extend(texts)
        made = [self._vectors(text) for text in texts]
        if progress:
            progress(len(texts), len(texts))
        return made

    def count_tokens(self, text: str) -> int:
        """Return the number of pieces."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def export(self, folder: Path) -> float:
        """Write the query encoder into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(_graph(self._table), str(folder / ENCODER_FILES.graph))
        self._tokenizer.save(str(folder / ENCODER_FILES.tokenizer))
        settings = {"max_tokens": self.identity.max_tokens, "dimension": DIMENSION}
        (folder / ENCODER_FILES.settings).write_text(json.dumps(settings), encoding="utf-8")
        return 1.0

    def begin_export(self, folder: Path) -> "Written":
        """Write the query encoder at once: it takes no time."""
        return Written(self.export(folder))

    def _vectors(self, text: str) -> TokenVectors:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        pieces = np.array(encoding.ids, np.int32)
        tokens = self._table[pieces]
        return TokenVectors(
            _unit(tokens.mean(axis=0)), _unit(tokens), pieces, np.array([start for start, _ in encoding.offsets], np.int64)
        )


@dataclass(frozen=True, slots=True)
class Written:
    """An encoder that is there already."""

    nearness: float

    def mean_cosine(self) -> float:
        """Return how near it is to the model."""
        return self.nearness

    def stop(self) -> None:
        """Do nothing: there is nothing to give up."""


def _tokenizer() -> Tokenizer:
    letters = string.ascii_lowercase + string.digits
    short = [*letters, *("".join(pair) for pair in product(letters, repeat=2))]
    pieces = [*SPECIAL, *short, *(f"##{piece}" for piece in short), *string.punctuation, *"“”‘’–—…£"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL[0]))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    )
    return tokenizer


def _graph(table: NDArray[np.float32]) -> onnx.ModelProto:
    shape = ["questions", "tokens"]
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape)
    output = helper.make_tensor_value_info("token_vectors", TensorProto.FLOAT, [*shape, DIMENSION])
    node = helper.make_node("Gather", ["table", "input_ids"], ["token_vectors"])
    graph = helper.make_graph([node], "fake", [ids], [output], [numpy_helper.from_array(table, "table")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), np.float32)
