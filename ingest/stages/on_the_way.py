"""What documents are on their way through the stages, and how one leaves it.

Comes in: entries of the catalogue, and a stage for one document. Goes out: the same stage for many, in order: what it gives, or which
document is left out, with the reason. Refuses to know what the stages do.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol, TypeVar

from index.build.left_out import LeftOut
from ingest.catalogue.catalogue import Entry
from ingest.readers.sound_letters import shown_name
from ingest.report import DocumentReport
from ingest.stages.faults import fault_of


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the catalogue, before its file is read."""

    entry: Entry
    key: str  # of its reading: the same bytes, readers and options have the same


@dataclass(frozen=True, slots=True)
class LeftOutDocument:
    """A document that goes no further: the note for the build, and the report."""

    note: LeftOut
    report: DocumentReport

    @classmethod
    def of(cls, listed: Listed, reason: str, copy_of: str = "", fingerprint: str = "") -> "LeftOutDocument":
        """Leave out ``listed`` for ``reason``; a copy's ``fingerprint`` spares the next ingestion to read it again."""
        document = listed.entry.document
        noted = {"key": listed.key, "fingerprint": fingerprint} if fingerprint else {"key": listed.key}
        note = LeftOut(document.id, document.title or shown_name(listed.entry.path.stem), reason, copy_of, noted)
        return cls(note, DocumentReport.without(document, reason, copy_of))


class OnTheWay(Protocol):
    """What a stage takes: it knows which entry it came from."""

    @property
    def listed(self) -> Listed:
        """The entry it came from."""
        ...


_Given = TypeVar("_Given", bound=OnTheWay)
_Made = TypeVar("_Made")


def each(
    stage: Callable[[_Given], _Made | LeftOutDocument], documents: Generator[_Given | LeftOutDocument, None, None]
) -> Generator[_Made | LeftOutDocument, None, None]:
    """Yield what ``stage`` makes of each document, in order; what was left out before goes by, and nothing is fetched ahead.

    A document on which the stage stumbles is left out with the fault as its reason. Closing it closes ``documents``.
    """
    with closing(documents):
        for document in documents:
            yield document if isinstance(document, LeftOutDocument) else _one(stage, document)


def _one(stage: Callable[[_Given], _Made | LeftOutDocument], document: _Given) -> _Made | LeftOutDocument:
    try:
        return stage(document)
    except Exception as error:  # noqa: BLE001  one document's bad luck must not end the run; what is of the run is raised again
        return LeftOutDocument.of(document.listed, fault_of(error, "described and split"))
