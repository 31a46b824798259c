"""What became of the passages of earlier builds, so that a link to one of them still leads somewhere.

Comes in: the passages of a new build and the builds beside it. Goes out: for every passage that was there once and is not now, the
passage that took its place or the day it went. Refuses to keep any text: of what is gone only ids stay.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from index.build.history import finished_builds, shards_in
from index.build.layout import POINTER, BuildLayout
from index.documents.store import Records
from index.errors import BuildError, DamagedBuild, UnknownPassage
from index.records import Passage

_SCHEMA = "CREATE TABLE gone (id TEXT PRIMARY KEY, document TEXT NOT NULL, successor TEXT NOT NULL, day TEXT NOT NULL)"
_ENOUGH_SHARED = 0.4  # share of the words of either text that the other must hold too to count as the same passage, edited
_WINDOW = 150  # passages before and after the old place among which a successor is looked for

_Candidate = tuple[str, frozenset[str]]  # id and words of a passage that stands now


class Fate(Enum):
    """What became of a passage."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a passage id leads."""

    fate: Fate
    passage: str  # id of the passage that stands in the live build; empty where it was removed
    document: str  # id
    day: str = ""  # ISO date on which it was superseded or removed


@dataclass(frozen=True, slots=True)
class _Gone:
    id: str
    document: str
    successor: str  # empty where it was removed
    day: str


def resolve(folder: Path, records: Records, passage_id: str) -> Resolved:
    """Tell where ``passage_id`` leads in the build of ``folder``, whose records are ``records``.

    Raises:
        UnknownPassage: neither this build nor any before it held such a passage.
    """
    try:
        return Resolved(Fate.STANDS, passage_id, records.passage(passage_id).document_id)
    except UnknownPassage:
        gone = _gone_from(BuildLayout(folder).passage_history, passage_id) or _taken_back(folder, passage_id)
        if gone is None:
            raise
    fate = Fate.SUPERSEDED if gone.successor else Fate.REMOVED
    return Resolved(fate, gone.successor, gone.document, gone.day)


def write_passage_history(layout: BuildLayout, builds: Path, day: str) -> None:
    """Write into the build of ``layout`` what became of every passage that a build in ``builds`` held or remembered.

    Builds that cannot be opened are passed over: their links are lost with them.
    """
    new = Records(layout.records)
    try:
        gone = _all_gone(new, builds, day)
    finally:
        new.close()
    connection = sqlite3.connect(layout.passage_history)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute(_SCHEMA)
    connection.executemany(
        "INSERT INTO gone VALUES (?, ?, ?, ?)", [(one.id, one.document, one.successor, one.day) for one in gone]
    )
    connection.commit()
    connection.close()


def _taken_back(folder: Path, passage_id: str) -> _Gone | None:
    """Return the passage as gone where a build beside this one holds it: that build was live once and was rolled back."""
    for build in _whole(folder.parent):
        try:
            records = Records(BuildLayout(folder.parent / build).records)
        except BuildError:
            continue
        try:
            document = records.passage(passage_id).document_id
        except (UnknownPassage, DamagedBuild):
            continue
        finally:
            records.close()
        return _Gone(passage_id, document, "", _day_of_switch(folder.parent))
    return None


def _whole(builds: Path) -> list[str]:
    """Return the builds of a whole corpus: what a shard does not hold is not gone, and nobody ever had a link into it."""
    shards = shards_in(builds)
    return [build for build in finished_builds(builds) if build not in shards]


def _day_of_switch(builds: Path) -> str:
    try:
        return datetime.fromtimestamp((builds / POINTER).stat().st_mtime, UTC).date().isoformat()
    except OSError:
        return ""


def _all_gone(new: Records, builds: Path, day: str) -> list[_Gone]:
    standing = {passage.id for passage in new.all_passages()}
    gone: dict[str, _Gone] = {}
    for build in _whole(builds):
        layout = BuildLayout(builds / build)
        try:
            remembered, lost = list(_remembered(layout.passage_history)), _lost(layout.records, standing, new, day)
        except (BuildError, sqlite3.Error):
            continue
        for one in (*remembered, *lost):
            if one.id not in standing:
                gone.setdefault(one.id, one)
    return [_followed(one, gone, standing) for one in gone.values()]


def _lost(path: Path, standing: set[str], new: Records, day: str) -> list[_Gone]:
    old = Records(path)
    try:
        kept = {document.id for document in new.documents}
        return [
            _Gone(passage.id, document.id, _successor(passage, _near(candidates, place / len(passages))), day)
            for document in old.documents
            for passages in [_of(old, document.id)]
            for candidates in [[(one.id, _words(one)) for one in _of(new, document.id)] if document.id in kept else []]
            for place, passage in enumerate(passages)
            if passage.id not in standing
        ]
    finally:
        old.close()


def _of(records: Records, document: str) -> list[Passage]:
    rows = records.rows_of(document)
    return [passage for start in range(0, len(rows), 500) for passage in records.passages(rows[start : start + 500])]


def _near(candidates: list[_Candidate], share: float) -> list[_Candidate]:
    """Return the candidates that stand about as far into the document: an edit moves a passage, but not across the book."""
    middle = int(share * len(candidates))
    return candidates[max(0, middle - _WINDOW) : middle + _WINDOW]


def _successor(passage: Passage, candidates: Iterable[_Candidate]) -> str:
    """Return the id of the candidate that shares the most words with ``passage``, empty where none shares enough."""
    words = _words(passage)
    scored = ((len(words & others) / max(1, len(words | others)), identifier) for identifier, others in candidates)
    share, identifier = max(scored, default=(0.0, ""))
    return identifier if share >= _ENOUGH_SHARED else ""


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(passage.text.lower().split())


def _followed(one: _Gone, gone: dict[str, _Gone], standing: set[str]) -> _Gone:
    """Follow a chain of successors to the passage that stands now; a chain that ends nowhere was removed when its end was."""
    seen, last = {one.id}, one
    while last.successor and last.successor not in standing:
        following = gone.get(last.successor)
        if following is None or following.id in seen:
            return _Gone(one.id, one.document, "", last.day)
        seen.add(following.id)
        last = following
    return _Gone(one.id, one.document, last.successor, one.day if last.successor else last.day)


def _remembered(path: Path) -> Iterator[_Gone]:
    if path.is_file():
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        try:
            yield from (_Gone(*row) for row in connection.execute("SELECT id, document, successor, day FROM gone"))
        finally:
            connection.close()


def _gone_from(path: Path, passage_id: str) -> _Gone | None:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        try:
            row = connection.execute("SELECT id, document, successor, day FROM gone WHERE id = ?", (passage_id,)).fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DamagedBuild(
            f"The passage history of the build cannot be read ({error}). Build again: localism-ingest build"
        ) from error
    return _Gone(*row) if row else None
