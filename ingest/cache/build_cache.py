"""Take over from earlier builds what has not changed: what reading a file gave, passages, vectors of the same text, the query encoder.

Comes in: an opened build. Goes out: what need not be made again, found by content, never by name. Refuses to make anything.
"""

import hashlib
import json
import logging
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.build.engine_files import is_without
from index.build.history import finished_builds, live_id, shards_in
from index.build.layout import BuildLayout
from index.build.manifest import Manifest
from index.build.reader import Build, open_build
from index.build.verification import damaged_files
from index.documents.store import Records
from index.encoders.full import ModelIdentity, light_identity
from index.encoders.passage_vectors import PassageVectors, vectors_key
from index.errors import BuildError
from index.records import Document, Page, Passage
from ingest.readers.read_document import FileMetadata, PageOutcome, PageStatus, ReadDocument

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]
_WITHOUT_VECTORS = (
    "build %s is here without vectors, which were left to an engine: what was read is taken over from it, and passages are embedded "
    "anew where no other build here has them. To spare that, stop and fetch them: localism pull --whole URL|DIR"
)


class Earlier(Protocol):
    """What was made before, found by the content that it was made from."""

    def knows(self, key: str) -> bool:
        """Tell whether the same bytes were read with the same readers and options."""

    def reading(self, key: str) -> ReadDocument:
        """Return what reading gave, for a key that this ``knows``."""

    def passages(self, document: Document, pages: Sequence[Page], made_with: dict[str, str]) -> list[Passage] | None:
        """Return the passages of ``document`` where the same splitter made them of the same pages under the same title."""

    def passage_vectors(self, key: str) -> PassageVectors | None:
        """Return the vectors of the passage with this ``vectors_key``; None where it is new."""

    def key_vector(self, key: str) -> Vector | None:
        """Return the vector of a passage's key; None where it is new."""


class EarlierBuild:
    """What an earlier build holds, by the content that it was made from."""

    def __init__(self, folder: Path, manifest: Manifest, records: Records, vectors: "_Vectors | None") -> None:
        """Take over from the build in ``folder``, made with the model that is in use now; it may be here without ``vectors``."""
        self.folder, self.manifest = folder, manifest
        self.encoder = BuildLayout(folder).encoder  # the folder of its query encoder
        self.encoder_mean_cosine = manifest.encoder_mean_cosine  # how near that is to the full model
        self.directions = vectors.directions if vectors else None  # along which it keeps token vectors, where it does
        self._records, self._vectors = records, vectors
        self._readings = _readings(folder)
        self._by_key = {reading["key"]: document for document, reading in self._readings.items()}
        self._documents = {document.id: document for document in records.documents}

    @classmethod
    def open(cls, folder: Path) -> "EarlierBuild":
        """Open the build in ``folder``, whole or as far as it was not left to an engine.

        Raises:
            BuildError: it cannot be used.
        """
        if is_without(folder):
            return cls(folder, Manifest.open(folder), Records(BuildLayout(folder).records), None)
        build = open_build(folder)
        return cls(folder, build.manifest, build.records, _Vectors(build))

    def goes_with(self, first: "EarlierBuild", directions: NDArray[np.float32] | None) -> bool:
        """Tell whether its vectors stand for the same as those of ``first``, and its tokens are whole or kept along ``directions``."""
        ours, theirs = self.manifest, first.manifest
        light = ours.model == light_identity(ours.model)  # then the build's own encoder made the vectors of passages too
        mine = self.directions
        same = not light or ours.encoder_files == theirs.encoder_files
        return same and (mine is None or (directions is not None and np.array_equal(mine, directions)))

    def knows(self, key: str) -> bool:
        """Tell whether the same bytes were read with the same readers and options."""
        return key in self._by_key

    def reading(self, key: str) -> ReadDocument:
        """Return what reading gave for the same bytes, readers and options, which this build ``knows``."""
        document = self._by_key[key]
        records, noted = self._records, self._readings[document]
        pages = records.pages(document)
        boxes = {page.number: records.boxes(document, page.number) for page in pages}
        return ReadDocument(
            media_type=noted["media_type"],
            pages=tuple(pages),
            page_count=noted["page_count"],
            outcomes=tuple(PageOutcome(number, PageStatus(status), *rest) for number, status, *rest in noted["outcomes"]),
            metadata=FileMetadata(**noted["metadata"]),
            boxes={number: found for number, found in boxes.items() if found is not None},
            outline=records.outline(document),
        )

    def passages(self, document: Document, pages: Sequence[Page], made_with: dict[str, str]) -> list[Passage] | None:
        """Return the passages of ``document`` where the same splitter made them of the same pages under the same title."""
        same_code = self.manifest.readers == made_with
        held = self._documents.get(document.id)
        if held is None or not same_code or held.title != document.title or self._records.pages(held.id) != list(pages):
            return None
        rows = self._records.rows_of(held.id)
        return [one for start in range(0, len(rows), 500) for one in self._records.passages(rows[start : start + 500])]

    def passage_vectors(self, key: str) -> PassageVectors | None:
        """Return the vectors of the passage with this ``vectors_key``; None where it is new."""
        return self._vectors.of_passage(key) if self._vectors else None

    def key_vector(self, key: str) -> Vector | None:
        """Return the vector of a passage's key; None where it is new."""
        return self._vectors.of_key(key) if self._vectors else None

    def close(self) -> None:
        """Close the build."""
        (self._vectors or self._records).close()


class _Vectors:
    """The vectors of a build that is whole, by the texts that they stand for."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._texts: tuple[_Rows, _Rows] | None = None
        self.directions = build.files.tokens.directions
        self.close = build.close

    def of_passage(self, key: str) -> PassageVectors | None:
        row = self._rows()[0].find(key)
        if row is None:
            return None
        return self._build.files.tokens.stored(row, self._build.files.vectors.rows(np.array([row], np.int64))[0])

    def of_key(self, key: str) -> Vector | None:
        row = self._rows()[1].find(key)
        return None if row is None else self._build.files.keys.rows(np.array([row], np.int64))[0]

    def _rows(self) -> "tuple[_Rows, _Rows]":
        if self._texts is None:
            passages, keys = _Rows(), _Rows()
            documents = {document.id: document for document in self._build.records.documents}
            for row, passage in enumerate(self._build.records.all_passages()):
                passages.add(vectors_key(documents[passage.document_id], passage), row)
                for place, key in enumerate(passage.keys, start=int(self._build.expansion_bounds[row])):
                    keys.add(key, place)
            self._texts = (passages.sorted(), keys.sorted())
        return self._texts


class _Rows:
    """Texts to rows in 16 bytes a text: the texts themselves would fill the memory of a small machine."""

    def __init__(self) -> None:
        self._collected = (array("Q"), array("q"))
        self._keys = np.empty(0, np.uint64)
        self._places = np.empty(0, np.int64)

    def add(self, text: str, row: int) -> None:
        self._collected[0].append(_hash(text))
        self._collected[1].append(row)

    def sorted(self) -> "_Rows":
        keys = np.frombuffer(self._collected[0], np.uint64)
        order = np.argsort(keys, kind="stable")
        self._keys, self._places = keys[order], np.frombuffer(self._collected[1], np.int64)[order]
        self._collected = (array("Q"), array("q"))
        return self

    def find(self, text: str) -> int | None:
        key = np.uint64(_hash(text))
        place = int(np.searchsorted(self._keys, key))
        return int(self._places[place]) if place < len(self._keys) and self._keys[place] == key else None


def earlier_builds(builds: Path, model: ModelIdentity, joined: Sequence[Path] = ()) -> list[EarlierBuild]:
    """Return ``joined``, which are verified, the live build, the newest other one, and shards: as far as they go together.

    They do where the same model made them, they can be opened, and vectors of one stand for the same as those of the others.
    """
    live, shards = live_id(builds), shards_in(builds)
    newest = [build for build in finished_builds(builds) if build != live and build not in shards][-1:]
    own = [builds / build for build in (live, *newest, *reversed(shards)) if build]
    taken = {folder.resolve() for folder in joined}
    earlier = [one for folder in joined for one in _opened(folder, model, verified=True)]
    earlier += [one for folder in own if folder.resolve() not in taken for one in _opened(folder, model)]
    directions = directions_of(earlier)
    together = [one for one in earlier if one.goes_with(earlier[0], directions)]
    for one in earlier:
        if one not in together:
            one.close()
    return together


def directions_of(earlier: Sequence[EarlierBuild]) -> NDArray[np.float32] | None:
    """Return the directions along which token vectors must be kept so that those of ``earlier`` can be taken over."""
    return next((one.directions for one in earlier if one.directions is not None), None)


def _opened(folder: Path, model: ModelIdentity, verified: bool = False) -> list[EarlierBuild]:
    try:
        # What is taken over gets a new hash: damage would live on in every later build, and verify.
        if not verified and (changed := damaged_files(folder)):
            log.warning("nothing is taken over from build %s, which is damaged: %s", folder.name, ", ".join(changed))
            return []
        earlier = EarlierBuild.open(folder)
    except BuildError as error:
        log.info("nothing to take over: %s", error)
        return []
    if earlier.manifest.model != model:
        log.info("nothing to take over: build %s was made with %s", folder.name, earlier.manifest.model.name)
        earlier.close()
        return []
    if is_without(folder):
        log.warning(_WITHOUT_VECTORS, folder.name)
    return [earlier]


def _readings(folder: Path) -> dict[str, Any]:
    try:
        noted: dict[str, Any] = json.loads(BuildLayout(folder).readings.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.info("build %s tells nothing about its readings: %s", folder.name, error)
        return {}
    return noted


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
