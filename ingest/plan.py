"""What an ingestion would do and why, without doing it.

Comes in: a corpus, the live build, a recipe. Goes out: a Plan. Refuses to read documents, and to change anything.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from index.build.history import shards_in
from index.build.layout import BuildLayout, live_build
from index.build.left_out import LeftOut, read_left_out
from index.build.manifest import Manifest
from index.encoders.full import ModelIdentity
from index.errors import BuildError, NoBuild
from index.records import Document, Kind
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import Corpus
from ingest.recipe import (
    OCR,
    READER_LIBRARIES,
    READERS,
    Recipe,
    corpus_digest,
    corpus_parts,
    entry_digest,
    reading_key,
    versions,
)
from ingest.stages.copies import Alike, Copy, left_out_by_choice


class Work(Enum):
    """What is to be done about a document."""

    NEW = "new"
    CHANGED = "changed"  # its file
    DESCRIBED = "described anew"  # what the catalogue says about it
    READ_AGAIN = "read again"  # the readers or their options are others
    GONE = "gone"  # it is in the live build and no longer in the corpus
    UNCHANGED = "unchanged"
    NOT_HELD = "not held"  # listed, and its file is not there
    LEFT_OUT = "left out"  # a copy of another, or it could not be read


_NO_WORK = (Work.UNCHANGED, Work.NOT_HELD, Work.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be done about one document, and why."""

    document: str
    work: Work
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingestion would do."""

    live: str  # id of the live build, empty where there is none
    up_to_date: bool
    reasons: tuple[str, ...]  # that touch the whole build
    documents: tuple[Planned, ...]
    hints: tuple[str, ...] = ()  # what a person may want to decide; nothing depends on it
    shards: Mapping[str, str] = field(default_factory=dict)  # builds that are a shard of a corpus: id to "2/3"

    def json(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "live": self.live,
            "up_to_date": self.up_to_date,
            "reasons": list(self.reasons),
            "hints": list(self.hints),
            "shards": dict(self.shards),
            "documents": [{"id": one.document, "work": one.work.value, "why": one.why} for one in self.documents],
        }


def plan_of(corpus: Corpus, builds: Path, recipe: Recipe, model: ModelIdentity) -> Plan:
    """Return what a build of ``corpus`` would do to what lies in ``builds``."""
    return replace(_plan_of(corpus, builds, recipe, model), shards=shards_in(builds))


def _plan_of(corpus: Corpus, builds: Path, recipe: Recipe, model: ModelIdentity) -> Plan:
    try:
        folder = live_build(builds)
        manifest = Manifest.open(folder)
    except NoBuild:
        return _from_nothing(corpus, recipe, "", "there is no build yet")
    except BuildError as error:
        return _from_nothing(corpus, recipe, live_build(builds).name, f"the live build cannot be used: {error}")
    noted, left_out = noted_readings(folder), {one.id: one for one in read_left_out(BuildLayout(folder).left_out)}
    reasons = _reasons(manifest, corpus, recipe, model)
    documents = (*_Planner(noted, left_out, recipe).planned(corpus), *_missing(corpus), *_gone(corpus, noted))
    up_to_date = manifest.corpus_digest == corpus_digest(corpus, recipe, model)
    if not up_to_date and not reasons and all(one.work in _NO_WORK for one in documents):
        reasons = ("what the catalogue says of documents that are not held, its order, or the format of builds has changed",)
    return Plan(manifest.build, up_to_date, reasons, documents, tuple(_hints(corpus, noted)))


def _from_nothing(corpus: Corpus, recipe: Recipe, live: str, why: str) -> Plan:
    return Plan(live, False, (why,), (*_Planner({}, {}, recipe).planned(corpus), *_missing(corpus)))


def _reasons(manifest: Manifest, corpus: Corpus, recipe: Recipe, model: ModelIdentity) -> tuple[str, ...]:
    reasons = []
    if manifest.model != model:
        reasons.append(f"the model was {_model(manifest.model)} and is now {_model(model)}: every vector is made again")
    if manifest.geometry != recipe.geometry:
        reasons.append(f"the splitter's geometry was {asdict(manifest.geometry)} and is now {asdict(recipe.geometry)}")
    for name, now in versions().items():
        before = manifest.readers.get(name)
        if before != now:
            work = (
                "every document is read again"
                if name in (OCR, *READER_LIBRARIES, READERS)
                else "every document is split and indexed again"
            )
            reasons.append(f"{name} was {before or 'not noted'} and is now {now}: {work}")
    for name, now in corpus_parts(corpus.folder).items():
        if manifest.parts.get(name, "") != now:
            reasons.append(f"{name} has changed")
    return tuple(reasons)


class _Planner:
    """Goes through the corpus as an ingestion would, without reading a file."""

    def __init__(self, noted: dict[str, Any], left_out: dict[str, LeftOut], recipe: Recipe) -> None:
        self._noted = noted
        self._left_out = left_out
        self._recipe = recipe
        self._known = {reading["key"]: document for document, reading in noted.items()}
        self._kept: dict[tuple[Kind, str], str] = {}  # files, and the documents that keep them

    def planned(self, corpus: Corpus) -> Iterator[Planned]:
        """Yield what is to be done about each document that is there."""
        for entry in sorted(corpus.entries, key=lambda one: bool(one.copy_of)):  # as they are read
            planned = self._left_out_by_choice(entry) or self._again_left_out(entry.document) or self._work(entry.document)
            if planned.work is not Work.LEFT_OUT:
                self._kept[entry.document.kind, entry.document.sha256] = entry.document.id
            yield planned

    def _left_out_by_choice(self, entry: Entry) -> Planned | None:
        if entry.copy_of not in self._kept.values():
            return None
        return Planned(entry.document.id, Work.LEFT_OUT, left_out_by_choice(entry.copy_of))

    def _again_left_out(self, document: Document) -> Planned | None:
        original = self._kept.get((document.kind, document.sha256))
        if original:
            return Planned(document.id, Work.LEFT_OUT, Copy(original, same_file=True).reason)
        left = self._left_out.get(document.id)
        if left is None or left.noted.get("key") != self._key(document) or left.reason == left_out_by_choice(left.copy_of):
            return None
        if left.copy_of and left.copy_of not in self._kept.values():
            return Planned(
                document.id, Work.NEW, f"{left.copy_of!r}, of which it was a copy, does not stand before it any more"
            )
        return Planned(document.id, Work.LEFT_OUT, left.reason)

    def _work(self, document: Document) -> Planned:
        key, before = self._key(document), self._noted.get(document.id)
        if before is None:
            same = self._known.get(key)
            return Planned(document.id, Work.NEW, f"the same file as {same!r} in the live build" if same else "")
        if before["key"] != key and before["entry"] == entry_digest(document):
            return Planned(document.id, Work.READ_AGAIN, "the readers or their options are others")
        if before["key"] != key:
            return Planned(document.id, Work.CHANGED, "the file is another")
        if before["entry"] != entry_digest(document):
            return Planned(document.id, Work.DESCRIBED, "the catalogue says other things")
        return Planned(document.id, Work.UNCHANGED)

    def _key(self, document: Document) -> str:
        return reading_key(document, self._recipe.reading)


def _missing(corpus: Corpus) -> tuple[Planned, ...]:
    return tuple(Planned(entry.document.id, Work.NOT_HELD, f"{entry.path.name} is not there") for entry in corpus.missing)


def _gone(corpus: Corpus, noted: dict[str, Any]) -> tuple[Planned, ...]:
    held = {entry.document.id for entry in corpus.entries}
    return tuple(Planned(document, Work.GONE, "it is no longer in the corpus") for document in noted if document not in held)


def _hints(corpus: Corpus, noted: dict[str, Any]) -> Iterator[str]:
    """Yield which documents of the live build look like another; a catalogue that keeps one of them, or both, has decided."""
    kept = {entry.document.id for entry in corpus.entries if not entry.copy_of}
    different = {frozenset((entry.document.id, other)) for entry in corpus.entries for other in entry.differs_from}
    for document, reading in noted.items():
        alike = reading.get("alike")
        pair = frozenset((document, alike["other"])) if alike else frozenset()
        if alike and pair <= kept and pair not in different:
            yield Alike(**alike).hint(document)


def noted_readings(folder: Path) -> dict[str, Any]:
    """Return what a build noted of the file of each document, by the document's id; nothing where it cannot be read."""
    try:
        noted: dict[str, Any] = json.loads(BuildLayout(folder).readings.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted


def _model(model: ModelIdentity) -> str:
    return f"{model.name} ({model.weights_sha256[:8]}, {model.precision})"
