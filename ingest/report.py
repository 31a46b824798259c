"""What became of each document: what was read, what was not, and why.

Comes in: a document as it was read and its passages, and the folder of earlier builds. Goes out: a report for terminal, JSON and
build, which knows whether a run before said the same. Refuses to judge, and to open builds.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.build.history import finished_builds, live_id
from index.build.layout import BuildLayout
from index.build.left_out import read_left_out
from index.errors import DamagedBuild
from index.records import Document, Passage
from ingest.readers.read_document import NO_TEXT, PageOutcome, PageStatus, ReadDocument


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What became of one document."""

    document_id: str
    title: str
    pages: int  # of the file; sections where it has no pages
    passages: int
    outcomes: tuple[PageOutcome, ...]
    reason: str = ""  # why the build does not hold it, where it does not
    copy_of: str = ""  # id of the document that says the same and is held
    told: bool = False  # whether an earlier run said all of this

    @classmethod
    def without(cls, document: Document, reason: str, copy_of: str = "") -> "DocumentReport":
        """Return the report of a document that no reader could read, or that is a copy of another."""
        return cls(document.id, document.title, 0, 0, (), reason, copy_of)

    @property
    def is_unreadable(self) -> bool:
        """Tell whether it gave nothing to search though it is no copy."""
        return bool(self.reason) and not self.copy_of

    @property
    def reasons(self) -> set[str]:
        """All that is said against it: why the build does not hold it, or what of its pages was not read."""
        return {self.reason} if self.reason else {outcome.reason for outcome in self.outcomes if outcome.reason}

    @property
    def read(self) -> int:
        """How many pages gave text."""
        return sum(outcome.status in (PageStatus.READ, PageStatus.OCR) for outcome in self.outcomes)

    @property
    def coverage(self) -> float:
        """The share of pages that gave text, 0 to 1."""
        return self.read / self.pages if self.pages else 0.0

    def json(self) -> dict[str, Any]:
        """Return the report as a JSON object; pages that were read without ado are counted, the others listed."""
        counts = Counter(outcome.status.value for outcome in self.outcomes)
        return {
            "id": self.document_id,
            "title": self.title,
            "pages": self.pages,
            "pages_by_status": dict(counts),
            "coverage": round(self.coverage, 4),
            "passages": self.passages,
            "reason": self.reason,
            "copy_of": self.copy_of,
            "not_read": [
                {"page": outcome.number, "status": outcome.status.value, "reason": outcome.reason}
                for outcome in self.outcomes
                if outcome.reason or outcome.status in (PageStatus.EMPTY, PageStatus.UNREADABLE)
            ],
        }


def report_of(document: Document, read: ReadDocument, passages: Sequence[Passage]) -> DocumentReport:
    """Return the report of a document that was read."""
    reason = "" if passages else why_nothing(read.outcomes)
    return DocumentReport(document.id, document.title, read.page_count, len(passages), read.outcomes, reason)


def why_nothing(outcomes: Sequence[PageOutcome]) -> str:
    """Return why a file gave no text: one word for a file that was scanned from first to last, or what all pages say."""
    reasons = {outcome.reason for outcome in outcomes if outcome.status is PageStatus.UNREADABLE}
    scanned = {reason.removeprefix(f"{NO_TEXT}; ") for reason in reasons if reason.startswith(f"{NO_TEXT}; ")}
    if len(reasons) == len(scanned) == 1:
        return f"scanned: {scanned.pop()}"
    return f"no page gave any text: {reasons.pop()}" if len(reasons) == 1 else "no page gave any text"


class EarlierReports:
    """What the live build and the newest one said of the documents: a run that finds the same again has no news."""

    def __init__(self, builds: Path) -> None:
        """Look into the notes of both; one that cannot be read told nothing."""
        self._reasons: dict[str, set[str]] = {}
        newest = finished_builds(builds)[-1:]
        for build in {live_id(builds), *newest} - {None}:
            self._note(BuildLayout(builds / str(build)))

    def compared(self, report: DocumentReport) -> DocumentReport:
        """Return ``report`` with a note on whether it says anything that was not told before."""
        before = self._reasons.get(report.document_id)
        return replace(report, told=before is not None and report.reasons <= before)

    def _note(self, layout: BuildLayout) -> None:
        try:
            readings = json.loads(layout.readings.read_text(encoding="utf-8"))
            for document, noted in readings.items():
                self._of(document).update(reason for _, _, reason, *_ in noted["outcomes"] if reason)
            for left in read_left_out(layout.left_out):
                self._of(left.id).add(left.reason)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, DamagedBuild):
            return

    def _of(self, document: str) -> set[str]:
        return self._reasons.setdefault(document, set())
