"""Write a build beside the live one.

Comes in: documents with their passages and vectors, one at a time. Goes out: a finished, synced, immutable folder.
Refuses to know where documents come from, how they are searched, and whether the build goes live.
"""

import json
import os
import shutil
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from index.abstention.scope import paraphrase_vectors
from index.arrays import unit
from index.build.history import finished_builds
from index.build.layout import MANIFEST_FILE, UNFINISHED, BuildLayout, sync_folder
from index.build.left_out import LeftOut, save_left_out
from index.build.manifest import Manifest
from index.build.passage_history import write_passage_history
from index.dense.faiss_reader import as_stored
from index.dense.faiss_writer import VectorsWriter
from index.digests import file_digest, tree_digests
from index.documents.store_writer import RecordsWriter
from index.encoders.full import ModelIdentity
from index.encoders.passage_vectors import PassageVectors
from index.encoders.query_encoder import QueryEncoder
from index.errors import UnreadableDocument
from index.late_interaction.token_writer import TokensWriter
from index.lexicon import Lexicon
from index.records import Document, Page, Passage
from index.sparse.bm25_writer import WordsWriter
from index.sparse.spelling import SpellingWriter
from index.text.analysis import pairs_of, words_of
from index.text.splitting import Geometry

_STAMP = "%Y%m%dT%H%M%S"
MEASURED_WITH = 200  # earlier questions that the recall of a large index is measured with


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """One document with all that a build keeps of it."""

    document: Document
    pages: Sequence[Page]
    passages: Sequence[Passage]
    vectors: Sequence[PassageVectors]  # of the passages, in order
    expansion_vectors: NDArray[np.float32]  # of all keys of all passages in order, shape (keys, d)
    boxes: Mapping[int, NDArray[np.uint16]]  # page number to the boxes of its characters
    report: Mapping[str, Any]  # how the document was read, as JSON
    original: Path | None = None  # the file that pages are drawn from
    reading: Mapping[str, Any] = field(default_factory=dict)  # for the next ingestion, as JSON; opaque here


class _Part(Protocol):
    def close(self) -> None: ...


class BuildWriter:
    """Writes one build. Use it as a context: on an error everything written is removed and the live build stays."""

    def __init__(
        self, builds: Path, model: ModelIdentity, geometry: Geometry, directions: NDArray[np.float32] | None = None
    ) -> None:
        """Begin a build beside the live one in ``builds``; ``directions`` are those of an earlier build's token vectors."""
        now = datetime.now(UTC)
        self.build = _next_id(builds, now)
        self._builds = builds
        self._created = now.isoformat(timespec="seconds")
        self._model = model
        self._geometry = geometry
        self._pages = 0
        self._document_vectors: list[NDArray[np.float32]] = []
        self._key_bounds = [0]
        self._readings: dict[str, Mapping[str, Any]] = {}
        self._left_out: list[LeftOut] = []
        self._spelling = SpellingWriter()
        self.layout = layout = BuildLayout(builds / f"{UNFINISHED}{self.build}")
        layout.originals.mkdir(parents=True)
        try:
            self._records = RecordsWriter(layout.records)
            self._vectors = VectorsWriter(layout.vectors, model.dimension)
            self._key_vectors = VectorsWriter(layout.keys, model.dimension, in_bytes=True)
            self._tokens = TokensWriter(layout.tokens, model.dimension, directions)
            self._words, self._key_words, self._pairs = map(WordsWriter, (layout.words, layout.expansion_words, layout.pairs))
        except BaseException:
            shutil.rmtree(layout.folder)
            raise

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was written when it was not finished."""
        if self.layout.folder.exists():
            parts: tuple[_Part, ...] = (self._records, self._tokens, self._vectors, self._key_vectors, *self._words_of_all)
            for part in parts:
                # A full disk fails here again, and what is closed twice complains; neither matters to what is thrown away.
                with suppress(OSError, sqlite3.Error):
                    part.close()
            shutil.rmtree(self.layout.folder)

    def add(self, ready: ReadyDocument) -> None:
        """Add one document.

        Raises:
            UnreadableDocument: its file is no longer what was read; nothing of it is in the build.
        """
        if ready.original is not None:
            self._keep_original(ready.original, ready.document)
        self._records.add(ready.document, ready.pages, ready.passages, dict(ready.boxes), dict(ready.report))
        self._pages += len(ready.pages)
        of_passages = as_stored(np.stack([one.passage for one in ready.vectors]))
        self._vectors.add(of_passages)
        self._key_vectors.add(ready.expansion_vectors)
        self._document_vectors.append(of_passages.mean(axis=0))
        for passage, vectors in zip(ready.passages, ready.vectors, strict=True):
            self._tokens.add(vectors)
            self._key_bounds.append(self._key_bounds[-1] + len(passage.keys))
            self._add_words(ready.document, passage)
        if ready.reading:
            self._readings[ready.document.id] = ready.reading

    def leave_out(self, document: LeftOut) -> None:
        """Note a document of the corpus that the build does not hold."""
        self._left_out.append(document)

    def finish(
        self,
        lexicon: Lexicon,
        encoder: Path,
        encoder_mean_cosine: float,
        readers: dict[str, str],
        corpus_digest: str,
        parts: Mapping[str, str] | None = None,
    ) -> str:
        """Write what is left, sync everything to disk, and give the build its name; returns its id. It is not live yet."""
        self._records.close()
        self._tokens.close()
        np.save(self.layout.expansion_bounds, np.array(self._key_bounds, np.int64))
        np.save(self.layout.document_vectors, self._all_documents())
        for words in self._words_of_all:
            words.save()
        self._spelling.save(self.layout.spelling)
        lexicon.save(self.layout.lexicon)
        self.layout.readings.write_text(json.dumps(self._readings, ensure_ascii=False), encoding="utf-8")
        save_left_out(self._left_out, self.layout.left_out)
        write_passage_history(self.layout, self._builds, self._created[:10])
        shutil.copytree(encoder, self.layout.encoder)
        questions = QueryEncoder.open(self.layout.encoder)
        out_of_scope = VectorsWriter(self.layout.out_of_scope, self._model.dimension, in_bytes=True)
        out_of_scope.add(paraphrase_vectors(lexicon.signposts, questions))
        asked = partial(questions.vectors, lexicon.suggestions[:MEASURED_WITH])
        written = {"passages": self._vectors, "keys": self._key_vectors, "signposts": out_of_scope}
        searches = {name: vectors.save(asked) for name, vectors in written.items()}
        Manifest(
            build=self.build,
            created=self._created,
            model=self._model,
            geometry=self._geometry,
            readers=readers,
            corpus_digest=corpus_digest,
            documents=self._records.documents,
            pages=self._pages,
            passages=self._records.passages,
            keys=self._key_bounds[-1],
            encoder_mean_cosine=round(encoder_mean_cosine, 5),
            files=tree_digests(self.layout.folder, besides=MANIFEST_FILE),
            parts=dict(parts or {}),
            searches={name: asdict(search) for name, search in searches.items()},
        ).save(self.layout.folder)
        _sync_tree(self.layout.folder)
        self.layout.folder.rename(self._builds / self.build)
        sync_folder(self._builds)
        return self.build

    def _keep_original(self, original: Path, document: Document) -> None:
        target = self.layout.originals / document.sha256
        if target.exists():
            return
        # The copy that an earlier build holds never changes, so both builds may share it on disk.
        earlier = next(self._builds.glob(f"[!.]*/{target.parent.name}/{target.name}"), None)
        if earlier is not None:
            try:
                os.link(earlier, target)
                return
            except OSError:
                original = earlier  # a file system without links
        try:
            shutil.copyfile(original, target)
        except FileNotFoundError as error:
            raise UnreadableDocument("the file went away after it was read") from error
        if file_digest(target) != document.sha256:
            target.unlink()
            raise UnreadableDocument("the file changed after it was read; run again when it is complete")

    def _add_words(self, document: Document, passage: Passage) -> None:
        searched = words_of("\n".join((document.title, *passage.section, passage.text)))
        of_keys = [word for key in passage.keys for word in words_of(key)]
        terms = [word.term for word in searched]
        self._words.add(terms)
        self._pairs.add(pairs_of(terms))
        self._key_words.add(word.term for word in of_keys)
        self._spelling.add(word.surface for word in (*searched, *of_keys))

    @property
    def _words_of_all(self) -> tuple[WordsWriter, ...]:
        return self._words, self._key_words, self._pairs

    def _all_documents(self) -> NDArray[np.float32]:
        means = np.array(self._document_vectors, np.float32).reshape(-1, self._model.dimension)
        return unit(means)


def _next_id(builds: Path, now: datetime) -> str:
    """Return an id that sorts after every build there is, whatever the clock says: the order of ids is the order of builds."""
    newest = max(finished_builds(builds), default="")
    if f"{now:{_STAMP}}" <= newest[: len(f"{now:{_STAMP}}")]:
        now = datetime.strptime(newest.split("-")[0], _STAMP).replace(tzinfo=UTC) + timedelta(seconds=1)
    return f"{now:{_STAMP}}-{uuid.uuid4().hex[:6]}"


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(folder)
