"""A stage takes one document after the other; what is left out goes by."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.records import Document, Kind
from ingest.catalogue.catalogue import Entry
from ingest.stages.on_the_way import LeftOutDocument, Listed, each


@dataclass(frozen=True)
class Parcel:
    """Something on its way."""

    listed: Listed


def listed(name):
    """An entry whose file is named ``name``."""
    return Listed(Entry(Document(name, "", Kind.ORIGINAL), Path(f"{name}.txt"), held=True), f"key of {name}")


def sent(log, *parcels: Parcel | LeftOutDocument) -> Generator[Parcel | LeftOutDocument, None, None]:
    """Yield ``parcels`` and note when each was asked for, and the end."""
    try:
        for parcel in parcels:
            log.append("asked for")
            yield parcel
    finally:
        log.append("closed")


def test_nothing_is_fetched_before_what_stands_before_it_has_passed():
    """A stage may look at what came of the document before."""
    log: list[str] = []
    stage = each(lambda parcel: log.append("passed") or parcel, sent(log, Parcel(listed("a")), Parcel(listed("b"))))
    next(stage)
    assert log == ["asked for", "passed"]
    assert len(list(stage)) == 1


def test_closing_a_stage_closes_those_before_it():
    """Workers stop when nobody wants more."""
    log: list[str] = []
    stage = each(lambda parcel: parcel, each(lambda parcel: parcel, sent(log, Parcel(listed("a")), Parcel(listed("b")))))
    next(stage)
    stage.close()
    assert log == ["asked for", "closed"]


def test_what_was_left_out_goes_by():
    """Its reason and its report stay as they are."""
    out = LeftOutDocument.of(listed("a"), "it is empty")
    assert list(each(lambda _: pytest.fail("it was looked at"), sent([], out))) == [out]


def test_a_stage_that_stumbles_leaves_the_document_out_and_goes_on():
    """The note names the document by its file where it has no title, and keeps the key of its reading."""

    def stage(parcel: Parcel) -> str:
        if parcel.listed.entry.document.id == "a":
            raise ValueError("an odd letter")
        return "made"

    out, made = each(stage, sent([], Parcel(listed("a")), Parcel(listed("b"))))
    assert isinstance(out, LeftOutDocument)
    assert (out.note.id, out.note.title, out.note.noted, made) == ("a", "a", {"key": "key of a"}, "made")
    assert "(ValueError: an odd letter)" in out.note.reason
    assert out.report.reason == out.note.reason


def test_what_is_of_the_run_ends_the_run():
    """A full disk is nobody's bad luck."""
    with pytest.raises(OSError, match="No space left"):
        list(each(lambda _: (_ for _ in ()).throw(OSError(28, "No space left")), sent([], Parcel(listed("a")))))
