"""What the builds before said of the documents: a run that finds the same again has no news.

Comes in: the folder of the builds. Goes out: reports that know whether all they say was said before. Refuses to open
builds.
"""

import json
from dataclasses import replace
from pathlib import Path

from index.build.history import finished_builds, live_id
from index.build.layout import BuildLayout
from index.build.left_out import read_left_out
from index.errors import DamagedBuild
from ingest.report import DocumentReport


class ResultGroup:
    """What was told with the live build and with the newest one."""

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
