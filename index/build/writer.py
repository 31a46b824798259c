"""Write a build beside the live one.

Comes in: documents with their passages and vectors, one at a time. Goes out: a finished, synced, immutable folder.
Refuses to know where documents come from, how they are searched, and whether the build goes live.
"""

import json
import os
import shutil
import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.build.history import finished_builds
from index.build.layout import MANIFEST_FILE, UNFINISHED, BuildLayout, sync_folder
from index.build.left_out import LeftOut, save_left_out
from index.build.manifest import Manifest
from index.build.passage_history import write_passage_history
from index.build.ready_document import ReadyDocument
from index.build.search_writer import SearchWriter
from index.digests import copy_proved, shared_or_copied, tree_digests
from index.documents.store_writer import RecordsWriter
from index.encoders.full import ModelIdentity
from index.lexicon import Lexicon
from index.text.splitting import Geometry

_STAMP = "%Y%m%dT%H%M%S"


class BuildWriter:
    """Writes one build. Use it as a context: on an error everything written is removed and the live build stays."""

    def __init__(
        self,
        builds: Path,
        model: ModelIdentity,
        geometry: Geometry,
        directions: NDArray[np.float32] | None = None,
        shard: str = "",
    ) -> None:
        """Begin a build beside the live one in ``builds``; ``directions`` are those of an earlier build's token vectors.

        A ``shard`` of the corpus ("2/3") holds what joining needs, and nothing that only serving does.
        """
        now = datetime.now(UTC)
        self.build = _next_id(builds, now)
        self._builds = builds
        self._created = now.isoformat(timespec="seconds")
        self._model = model
        self._geometry = geometry
        self._shard = shard
        self._pages = 0
        self._readings: dict[str, Mapping[str, Any]] = {}
        self._left_out: list[LeftOut] = []
        self.layout = layout = BuildLayout(builds / f"{UNFINISHED}{self.build}")
        layout.originals.mkdir(parents=True)
        try:
            self._records = RecordsWriter(layout.records)
            self._searched = SearchWriter(layout, model.dimension, directions, to_be_joined=bool(shard))
        except BaseException:
            shutil.rmtree(layout.folder)
            raise

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was written when it was not finished."""
        if self.layout.folder.exists():
            self._searched.close()
            with suppress(OSError, sqlite3.Error):  # as SearchWriter.close says
                self._records.close()
            shutil.rmtree(self.layout.folder)

    def add(self, ready: ReadyDocument) -> None:
        """Add one document.

        Raises:
            UnreadableDocument: its file is no longer what was read; nothing of it is in the build.
        """
        if ready.original is not None and not self._shard:
            self._keep_original(ready.original, ready.document.sha256)
        self._records.add(ready.document, ready.pages, ready.passages, dict(ready.boxes), dict(ready.report), ready.outline)
        self._pages += len(ready.pages)
        self._searched.add(ready)
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
        lexicon.save(self.layout.lexicon)
        self.layout.readings.write_text(json.dumps(self._readings, ensure_ascii=False), encoding="utf-8")
        save_left_out(self._left_out, self.layout.left_out)
        if not self._shard:
            write_passage_history(self.layout, self._builds, self._created[:10])
        # An encoder is tens of megabytes and never changed: the builds and the user's cache share it on disk.
        shutil.copytree(encoder, self.layout.encoder, copy_function=shared_or_copied)
        searches = self._searched.save(lexicon)
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
            keys=self._searched.keys,
            encoder_mean_cosine=round(encoder_mean_cosine, 5),
            files=tree_digests(self.layout.folder, besides=MANIFEST_FILE),
            parts=dict(parts or {}),
            searches=searches,
            shard=self._shard,
        ).save(self.layout.folder)
        _sync_tree(self.layout.folder)
        self.layout.folder.rename(self._builds / self.build)
        sync_folder(self._builds)
        return self.build

    def _keep_original(self, original: Path, sha256: str) -> None:
        target = self.layout.originals / sha256
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
        copy_proved(original, target, sha256)


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
