"""Write a build beside the live one.

Comes in: documents with their passages and vectors, one at a time. Goes out: a finished, synced, immutable folder.
Refuses to know where documents come from, how they are searched, and whether the build goes live.
"""

import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.analysis import terms_of
from index.digests import tree_digests
from index.embedder import ModelIdentity
from index.layout import UNFINISHED, BuildLayout, sync_folder
from index.lexicon import Lexicon
from index.manifest import Manifest
from index.records import Document, Page, Passage
from index.splitting import Geometry
from index.store_writer import RecordsWriter
from index.vectors import VectorsWriter
from index.words import WordsWriter


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """One document with all that a build keeps of it."""

    document: Document
    pages: Sequence[Page]
    passages: Sequence[Passage]
    vectors: NDArray[np.float32]  # of the passages, shape (passages, d)
    sentence_vectors: NDArray[np.float32]  # of all sentences of all passages in order, shape (sentences, d)
    boxes: Mapping[int, NDArray[np.uint16]]  # page number to the boxes of its characters
    report: Mapping[str, Any]  # how the document was read, as JSON
    original: Path | None = None  # the file that pages are drawn from


class BuildWriter:
    """Writes one build. Use it as a context: on an error everything written is removed and the live build stays."""

    def __init__(self, builds: Path, model: ModelIdentity, geometry: Geometry) -> None:
        """Begin a build beside the live one in ``builds``."""
        now = datetime.now(UTC)
        self.build = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        self._builds = builds
        self._created = now.isoformat(timespec="seconds")
        self._model = model
        self._geometry = geometry
        self._pages = 0
        self._sentences: list[NDArray[np.float16]] = []
        self._sentence_rows = [0]
        self._body, self._headings = WordsWriter(), WordsWriter()
        self._vectors = VectorsWriter(model.dimension)
        self.layout = BuildLayout(builds / f"{UNFINISHED}{self.build}")
        self.layout.originals.mkdir(parents=True)
        self._records = RecordsWriter(self.layout.records)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was written when it was not finished."""
        if self.layout.folder.exists():
            shutil.rmtree(self.layout.folder)

    def add(self, ready: ReadyDocument) -> None:
        """Add one document."""
        self._records.add(ready.document, ready.pages, ready.passages, dict(ready.boxes), dict(ready.report))
        self._pages += len(ready.pages)
        self._vectors.add(ready.vectors)
        self._sentences.append(ready.sentence_vectors.astype(np.float16))
        for passage in ready.passages:
            self._sentence_rows.append(self._sentence_rows[-1] + len(passage.sentences))
            self._body.add(terms_of(passage.text))
            self._headings.add(terms_of(" ".join((ready.document.title, *passage.section))))
        if ready.original is not None:
            shutil.copyfile(ready.original, self.layout.originals / ready.document.sha256)

    def finish(
        self, lexicon: Lexicon, encoder: Path, encoder_mean_cosine: float, readers: dict[str, str], corpus_digest: str
    ) -> str:
        """Write what is left, sync everything to disk, and give the build its name; returns its id. It is not live yet."""
        self._records.close()
        self._vectors.save(self.layout.vectors)
        np.save(self.layout.sentence_vectors, self._all_sentences())
        np.save(self.layout.sentence_rows, np.array(self._sentence_rows, np.int64))
        self._body.save(self.layout.body_words)
        self._headings.save(self.layout.heading_words)
        lexicon.save(self.layout.lexicon)
        shutil.copytree(encoder, self.layout.encoder)
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
            sentences=self._sentence_rows[-1],
            encoder_mean_cosine=round(encoder_mean_cosine, 5),
            files=tree_digests(self.layout.folder),
        ).save(self.layout.folder)
        _sync_tree(self.layout.folder)
        self.layout.folder.rename(self._builds / self.build)
        sync_folder(self._builds)
        return self.build

    def _all_sentences(self) -> NDArray[np.float16]:
        empty = np.empty((0, self._model.dimension), np.float16)
        return np.concatenate([empty, *self._sentences])


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(folder)
