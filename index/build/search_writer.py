"""Write what a question searches in: vectors, words and tokens of passages and of what people ask instead of their words.

Comes in: documents with their passages and vectors, one at a time. Goes out: files of a build. Refuses to know what else a build
holds, and how it is searched.
"""

import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.abstention.scope import paraphrase_vectors
from index.arrays import as_stored, unit
from index.build.layout import BuildLayout
from index.build.ready_document import ReadyDocument
from index.dense.faiss_writer import VectorsWriter
from index.encoders.adapter_lessons import AdapterLessons
from index.encoders.query_encoder import QueryEncoder
from index.late_interaction.token_writer import WHOLE_UP_TO, TokensWriter
from index.lexicon import Lexicon
from index.sparse.bm25_writer import WordsWriter
from index.sparse.spelling import SpellingWriter
from index.text.analysis import pairs_of, words_of

MEASURED_WITH = 200  # earlier questions that the recall of a large index is measured with


class _Part(Protocol):
    def close(self) -> None: ...


class SearchWriter:
    """Writes the files of one build that are searched."""

    def __init__(
        self, layout: BuildLayout, dimension: int, directions: NDArray[np.float32] | None, to_be_joined: bool = False
    ) -> None:
        """Begin the files of ``layout``; ``directions`` are those of an earlier build's token vectors.

        What is ``to_be_joined`` keeps vectors as they were made, however many: the build of the whole shortens them once for all.
        """
        self._layout = layout
        self._dimension = dimension
        self._vectors = VectorsWriter(layout.vectors, dimension)
        self._key_vectors = VectorsWriter(layout.keys, dimension, in_bytes=not to_be_joined)
        self._tokens = TokensWriter(layout.tokens, dimension, directions, sys.maxsize if to_be_joined else WHOLE_UP_TO)
        self._words, self._expansion_words, self._pairs = map(
            WordsWriter, (layout.words, layout.expansion_words, layout.pairs)
        )
        self._spelling = SpellingWriter()
        self._document_vectors: list[NDArray[np.float32]] = []
        self._key_bounds = [0]
        self._lessons = AdapterLessons()

    @property
    def keys(self) -> int:
        """How many keys have a vector so far."""
        return self._key_bounds[-1]

    def add(self, ready: ReadyDocument) -> None:
        """Add one document."""
        of_passages = as_stored(np.stack([one.passage for one in ready.vectors]))
        self._vectors.add(of_passages)
        self._key_vectors.add(ready.expansion_vectors)
        # As they are stored: what is taken over from a shard then teaches the same.
        self._lessons.add(of_passages, as_stored(ready.expansion_vectors), [len(passage.keys) for passage in ready.passages])
        self._document_vectors.append(of_passages.mean(axis=0))
        for passage, vectors in zip(ready.passages, ready.vectors, strict=True):
            self._tokens.add(vectors)
            self._key_bounds.append(self._key_bounds[-1] + len(passage.keys))
            self._add_words((ready.document.title, *passage.section, passage.text), passage.keys)

    def save(self, lexicon: Lexicon) -> dict[str, dict[str, Any]]:
        """Write what is left, the encoder of the build being in its place; returns how each index of vectors is searched."""
        # What is learned takes one processor for seconds; what follows has the others, and Python while it does arithmetic.
        with ThreadPoolExecutor(1) as beside:
            learned = beside.submit(self._lessons.learned)
            searches = self._save_searched(lexicon)
            if adapter := learned.result():
                adapter.save(self._layout.adapter)
        return searches

    def _save_searched(self, lexicon: Lexicon) -> dict[str, dict[str, Any]]:
        layout = self._layout
        self._tokens.close()
        np.save(layout.expansion_bounds, np.array(self._key_bounds, np.int64))
        np.save(layout.document_vectors, self._all_documents())
        for words in self._words_of_all:
            words.save()
        self._spelling.save(layout.spelling)
        questions = QueryEncoder.open(layout.encoder)
        out_of_scope = VectorsWriter(layout.out_of_scope, self._dimension, in_bytes=True)
        out_of_scope.add(paraphrase_vectors(lexicon.signposts, questions))
        asked = partial(questions.vectors, lexicon.suggestions[:MEASURED_WITH])
        written = {"passages": self._vectors, "keys": self._key_vectors, "signposts": out_of_scope}
        return {name: asdict(vectors.save(asked)) for name, vectors in written.items()}

    def close(self) -> None:
        """Close what is open, of a build that is thrown away."""
        parts: tuple[_Part, ...] = (self._tokens, self._vectors, self._key_vectors, *self._words_of_all)
        for part in parts:
            # A full disk fails here again, and what is closed twice complains; neither matters to what is thrown away.
            with suppress(OSError, sqlite3.Error):
                part.close()

    def _add_words(self, texts: Sequence[str], keys: Sequence[str]) -> None:
        searched = words_of("\n".join(texts))
        of_keys = [word for key in keys for word in words_of(key)]
        terms = [word.term for word in searched]
        self._words.add(terms)
        self._pairs.add(pairs_of(terms))
        self._expansion_words.add(word.term for word in of_keys)
        self._spelling.add(word.surface for word in (*searched, *of_keys))

    @property
    def _words_of_all(self) -> tuple[WordsWriter, ...]:
        return self._words, self._expansion_words, self._pairs

    def _all_documents(self) -> NDArray[np.float32]:
        means = np.array(self._document_vectors, np.float32).reshape(-1, self._dimension)
        return unit(means)
