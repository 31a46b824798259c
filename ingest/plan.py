"""What an ingestion would do and why, without doing it.

Comes in: a corpus, the live build, a recipe. Goes out: a Plan. Refuses to read documents, and to change anything.
"""

import json
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from index.embedder import ModelIdentity
from index.errors import BuildError, NoBuild
from index.layout import BuildLayout, live_build
from index.manifest import Manifest
from ingest.corpus import Corpus
from ingest.recipe import READER_LIBRARIES, READERS, Recipe, corpus_digest, corpus_parts, entry_digest, reading_key, versions


class Work(Enum):
    """What is to be done about a document."""

    NEW = "new"
    CHANGED = "changed"  # its file
    DESCRIBED = "described anew"  # what the catalogue says about it
    READ_AGAIN = "read again"  # the readers or their options are others
    GONE = "gone"  # it is in the live build and no longer in the corpus
    UNCHANGED = "unchanged"
    NOT_HELD = "not held"  # listed, and its file is not there


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

    def json(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "live": self.live,
            "up_to_date": self.up_to_date,
            "reasons": list(self.reasons),
            "documents": [{"id": one.document, "work": one.work.value, "why": one.why} for one in self.documents],
        }


def plan_of(corpus: Corpus, builds: Path, recipe: Recipe, model: ModelIdentity) -> Plan:
    """Return what a build of ``corpus`` would do to what lies in ``builds``."""
    try:
        folder = live_build(builds)
        manifest = Manifest.open(folder)
    except NoBuild:
        return _from_nothing(corpus, "", "there is no build yet")
    except BuildError as error:
        return _from_nothing(corpus, live_build(builds).name, f"the live build cannot be used: {error}")
    noted = _noted(folder)
    reasons = _reasons(manifest, corpus, recipe, model)
    documents = (*_planned(corpus, noted, recipe), *_gone(corpus, noted))
    up_to_date = manifest.corpus_digest == corpus_digest(corpus, recipe, model)
    if not up_to_date and not reasons and all(one.work in (Work.UNCHANGED, Work.NOT_HELD) for one in documents):
        reasons = ("what the catalogue says of documents that are not held, its order, or the format of builds has changed",)
    return Plan(manifest.build, up_to_date, reasons, documents)


def _from_nothing(corpus: Corpus, live: str, why: str) -> Plan:
    new = tuple(Planned(entry.document.id, Work.NEW) for entry in corpus.entries)
    return Plan(live, False, (why,), (*new, *_missing(corpus)))


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
                if name in (*READER_LIBRARIES, READERS)
                else "every document is split and indexed again"
            )
            reasons.append(f"{name} was {before or 'not noted'} and is now {now}: {work}")
    for name, now in corpus_parts(corpus.folder).items():
        if manifest.parts.get(name, "") != now:
            reasons.append(f"{name} has changed")
    return tuple(reasons)


def _planned(corpus: Corpus, noted: dict[str, Any], recipe: Recipe) -> tuple[Planned, ...]:
    known = {reading["key"]: document for document, reading in noted.items()}
    planned = []
    for entry in corpus.entries:
        document = entry.document
        key, before = reading_key(document, recipe.reading), noted.get(document.id)
        if before is None:
            same = known.get(key)
            planned.append(Planned(document.id, Work.NEW, f"the same file as {same!r} in the live build" if same else ""))
        elif before["entry"] != entry_digest(document):
            work = Work.DESCRIBED if before["key"] == key else Work.CHANGED
            planned.append(
                Planned(
                    document.id, work, "the catalogue says other things" if work is Work.DESCRIBED else "the file is another"
                )
            )
        elif before["key"] != key:
            planned.append(Planned(document.id, Work.READ_AGAIN, "the readers or their options are others"))
        else:
            planned.append(Planned(document.id, Work.UNCHANGED))
    return (*planned, *_missing(corpus))


def _missing(corpus: Corpus) -> tuple[Planned, ...]:
    return tuple(Planned(entry.document.id, Work.NOT_HELD, f"{entry.path.name} is not there") for entry in corpus.missing)


def _gone(corpus: Corpus, noted: dict[str, Any]) -> tuple[Planned, ...]:
    held = {entry.document.id for entry in corpus.entries}
    return tuple(Planned(document, Work.GONE, "it is no longer in the corpus") for document in noted if document not in held)


def _noted(folder: Path) -> dict[str, Any]:
    try:
        noted: dict[str, Any] = json.loads(BuildLayout(folder).readings.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted


def _model(model: ModelIdentity) -> str:
    return f"{model.name} ({model.weights_sha256[:8]})"
