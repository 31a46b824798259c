"""What an ingestion did, and how far it was let go.

Comes in: nothing. Goes out: an Outcome, as an object and as JSON. Refuses to know how a build is made.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from ingest.regression_gate.comparison import Comparison
from ingest.report import DocumentReport

Reports: TypeAlias = tuple[DocumentReport, ...]


class Step(Enum):
    """How far a new build may go by itself."""

    PUBLISH = "publish"  # live, where the gate lets it through
    REMOVE = "remove"  # live, however answers change: a document was taken out; but no other one is lost by it
    ACCEPT = "accept"  # live, whatever the gate says
    HOLD = "hold"  # finished, not live


class State(Enum):
    """What became of a build."""

    UNCHANGED = "unchanged"  # the live build was made from exactly this
    PUBLISHED = "published"
    REFUSED = "refused"  # by the gate
    HELD = "held"
    SHARD = "shard"  # of the corpus, to be joined with the others; never live
    RESTING = "resting"  # it was rolled back, and nothing has changed since


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingestion did."""

    build: str
    state: State
    reports: Reports = ()  # empty where nothing was built
    warnings: tuple[str, ...] = ()
    removed_builds: tuple[str, ...] = ()
    comparison: Comparison | None = None  # None where there was nothing to compare with

    @property
    def changed(self) -> bool:
        """Whether the live build is another one than before."""
        return self.state is State.PUBLISHED

    def json(self) -> dict[str, Any]:
        """Return the outcome as a JSON object."""
        return {
            "build": self.build,
            "state": self.state.value,
            "changed": self.changed,
            "documents": [report.json() | {"new": not report.told} for report in self.reports],
            "warnings": list(self.warnings),
            "removed_builds": list(self.removed_builds),
            "gate": None if self.comparison is None else self.comparison.json(),
        }
