"""Passages that are not read again."""

import pytest

from index.build.reader import open_live_build
from index.documents.store import RecentPassages


@pytest.fixture
def records(small_build):
    """Those of the small build."""
    build = open_live_build(small_build)
    yield build.records
    build.close()


def test_passages_come_in_the_order_asked_for_and_are_read_once(records, monkeypatch):
    """Whatever part of them was read before."""
    wanted = records.passages([3, 1, 2, 0])
    read, passages = [], records.passages
    monkeypatch.setattr(records, "passages", lambda rows: read.extend(rows) or passages(rows))
    recent = RecentPassages(records)
    assert recent.of([1, 2]) == [wanted[1], wanted[2]]
    assert recent.of([3, 1, 2, 0]) == wanted
    assert recent.of([0, 3]) == [wanted[3], wanted[0]]
    assert read == [1, 2, 3, 0]


def test_those_not_asked_for_lately_go_first(records, monkeypatch):
    """Memory does not grow with the corpus."""
    recent = RecentPassages(records, most=3)
    for rows in ([0, 1, 2], [0, 3]):
        recent.of(rows)
    read, passages = [], records.passages
    monkeypatch.setattr(records, "passages", lambda rows: read.extend(rows) or passages(rows))
    recent.of([0, 3, 1])
    assert read == [1]
